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
/** The first calls of an activity are slow, since its code is cold: among so many, the quickest tells most. */
const coldCalls = 8;

export class Estimates {
  readonly #measured = new Map<string, { average: number; calls: number }>();

  /** In milliseconds. */
  of(name: string): number {
    return Math.max(this.#measured.get(name)?.average ?? unknownMs, leastMs);
  }

  measured(name: string, ms: number): void {
    const known = this.#measured.get(name);
    if (!known) {
      this.#measured.set(name, { average: ms, calls: 1 });
      return;
    }
    known.calls++;
    if (known.calls <= coldCalls) known.average = Math.min(known.average, ms);
    else known.average += weight * (ms - known.average);
  }
}
