/**
 * Chance that can be repeated: all delays of a run are drawn from its seed. What the browser does between them is its own
 * affair, so a seed makes a failure likely again, not certain.
 */

/** Of this run; `PERDURE_FAULT_SEED` sets it. */
export const seed = Number(process.env.PERDURE_FAULT_SEED ?? Date.now() % 1_000_000);

/** How often what depends on luck is tried; `PERDURE_FAULT_RUNS` sets it. */
export const runs = (byDefault: number): number => Number(process.env.PERDURE_FAULT_RUNS ?? byDefault);

export class Chance {
  #state: number;

  constructor(start = seed) {
    this.#state = start;
  }

  /** From 0 to 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number below this one. */
  below(end: number): number {
    return Math.floor(this.next() * end);
  }

  one<T>(of: readonly T[]): T {
    return of[this.below(of.length)] as T;
  }

  /** A random moment. */
  async moment(mostMs: number): Promise<void> {
    await pause(this.next() * mostMs);
  }
}

export const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
