/** Milliseconds, or a number with its unit: `'500ms'`, `'30s'`, `'10m'`, `'2h'`, `'3d'`. */
export type Duration = number | `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`;

const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * A duration in milliseconds.
 * @throws TypeError when it is neither a finite number of milliseconds, 0 or more, nor a number with a unit.
 */
export function durationMs(duration: Duration): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(String(duration));
  const ms = match ? Number(match[1]) * unitMs[match[2] as keyof typeof unitMs] : duration;
  if (typeof ms === 'number' && Number.isFinite(ms) && ms >= 0) return ms;
  throw new TypeError(
    `${JSON.stringify(duration)} is no duration: give milliseconds (0 or more) or a number with its unit, such as '500ms', '30s', '10m', '2h', '3d'`,
  );
}
