/**
 * How long activities take, by name, as measured. Tasks are sent ahead to a busy worker only if they are known to be
 * quick: then they travel in large batches, and a slow task holds nobody up behind it.
 */

/** What has not been measured is taken for slow. */
const unknownMs = 50;
/** So that not even what takes no time is sent ahead without bound. */
const leastMs = 1 / 128;
/** The weight of the newest measurement. */
const weight = 0.2;

export class Estimates {
  readonly #averages = new Map<string, number>();

  /** In milliseconds. */
  of(name: string): number {
    return Math.max(this.#averages.get(name) ?? unknownMs, leastMs);
  }

  measured(name: string, ms: number): void {
    const average = this.#averages.get(name);
    this.#averages.set(name, average === undefined ? ms : average + weight * (ms - average));
  }
}
