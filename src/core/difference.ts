/** Where two values begin to differ: for a message that a person can act on. */
export interface Difference {
  /** As in `input.items[2].price`; empty if they differ as a whole. */
  path: string;
  recorded: unknown;
  actual: unknown;
}

/**
 * The first difference in depth.
 * @param equal how values are compared
 */
export function firstDifference(
  recorded: unknown,
  actual: unknown,
  equal: (recorded: unknown, actual: unknown) => boolean,
): Difference {
  let difference: Difference = { path: '', recorded, actual };
  for (;;) {
    const key = firstKey(difference.recorded, difference.actual, equal);
    if (key === undefined) return difference;
    const { path } = difference;
    const isIndex = Array.isArray(difference.recorded);
    difference = {
      path: isIndex ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`,
      recorded: (difference.recorded as Record<string, unknown>)[key],
      actual: (difference.actual as Record<string, unknown>)[key],
    };
  }
}

function firstKey(
  recorded: unknown,
  actual: unknown,
  equal: (recorded: unknown, actual: unknown) => boolean,
): string | undefined {
  if (!isPlain(recorded) || !isPlain(actual) || Array.isArray(recorded) !== Array.isArray(actual)) return undefined;
  const keys = new Set([...Object.keys(recorded), ...Object.keys(actual)]);
  for (const key of keys) if (!equal(recorded[key], actual[key])) return key;
  return undefined;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const proto: unknown = Object.getPrototypeOf(value);
  return Array.isArray(value) || proto === null || Object.getPrototypeOf(proto) === null;
}
