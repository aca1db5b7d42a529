/** Checks what `serve` is given about its activities and their workers, and gives it in milliseconds. */
import { closest, type Duration, durationMs } from '../src/core';
import type { Limit } from './pool';
import type { ActivityLimit, PoolOptions } from './types';

/** @throws TypeError, RangeError when a limit makes no sense, or is for an activity that there is not */
export function limitsOf(
  given: Readonly<Record<string, ActivityLimit | undefined>>,
  activities: Readonly<Record<string, unknown>>,
): ReadonlyMap<string, Limit> {
  const limits = new Map<string, Limit>();
  for (const [name, limit] of Object.entries(given)) {
    if (!limit) continue;
    if (typeof activities[name] !== 'function') {
      const meant = closest(name, Object.keys(activities));
      throw new TypeError(`limits: there is no activity '${name}'${meant ? `; did you mean '${meant}'?` : ''}`);
    }
    const { concurrency, rate } = limit;
    if (concurrency !== undefined) checkCount(concurrency, `limits.${name}.concurrency`);
    if (rate) checkCount(rate.count, `limits.${name}.rate.count`);
    limits.set(name, {
      ...(concurrency !== undefined && { concurrency }),
      ...(rate && { rate: { count: rate.count, perMs: milliseconds(rate.per, `limits.${name}.rate.per`) } }),
    });
  }
  return limits;
}

/** @throws TypeError, RangeError when an option makes no sense */
export function poolOptions({ size, concurrency, grace, recycleAfter }: PoolOptions, cores: number) {
  for (const [name, count] of Object.entries({ size, concurrency, recycleAfter })) {
    if (count !== undefined) checkCount(count, `pool.${name}`);
  }
  return {
    size: size ?? Math.min(cores, 8),
    concurrency: concurrency ?? 16,
    ...(grace !== undefined && { graceMs: milliseconds(grace, 'pool.grace', 0) }),
    ...(recycleAfter !== undefined && { recycleAfter }),
  };
}

function milliseconds(duration: Duration, what: string, least = 1): number {
  let ms: number;
  try {
    ms = durationMs(duration);
  } catch (error) {
    throw new TypeError(`${what}: ${(error as Error).message}`);
  }
  if (ms < least) throw new RangeError(`${what} must be at least ${least} ms, not ${ms}`);
  return ms;
}

function checkCount(count: number, what: string): void {
  if (!Number.isInteger(count) || count < 1)
    throw new RangeError(`${what} must be a whole number above 0, not ${count}`);
}
