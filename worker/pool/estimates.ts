/**
 * How long activities take, by name, as measured, and how much of that they keep the thread for themselves. Tasks are
 * sent ahead to a busy worker only if they are known to be quick: then they travel in large batches, and a slow task
 * holds nobody up behind it. Those that wait run together in one worker; those that compute do not.
 */

/** What is known of an activity. */
export interface Estimate {
  /** From its begin to its end, in milliseconds. */
  ms: number;
  /** How much of that it keeps the thread for itself: 0 to 1. */
  share: number;
}

/** Less work than this does not keep a thread, in milliseconds. */
export const quickMs = 4;

/** What has not been measured is taken for slow, and for one that computes. */
const unknown: Estimate = { ms: 50, share: 1 };
/** So that not even what takes no time is sent ahead without bound. */
const leastMs = 1 / 128;
/** The weight of the newest measurement. */
const weight = 0.2;
/** The first calls of an activity are slow, since its code is cold: among so many, the quickest tells most. */
const coldCalls = 8;

export class Estimates {
  readonly #measured = new Map<string, { ms: number; busyMs: number; calls: number; told?: Estimate | undefined }>();

  of(name: string): Estimate {
    const known = this.#measured.get(name);
    if (!known) return unknown;
    // The same for all that is asked for between two measurements: there are many.
    if (!known.told) {
      const ms = Math.max(known.ms, leastMs);
      known.told = { ms, share: Math.min(known.busyMs / ms, 1) };
    }
    return known.told;
  }

  /** One has begun, has kept the thread for so long, and goes on. All that is known of it: it waits. */
  began(name: string, busyMs: number): void {
    if (!this.#measured.has(name)) this.#measured.set(name, { ms: Math.max(unknown.ms, busyMs), busyMs, calls: 0 });
  }

  measured(name: string, ms: number, busyMs: number): void {
    const known = this.#measured.get(name);
    if (!known || known.calls === 0) {
      this.#measured.set(name, { ms, busyMs, calls: 1 });
      return;
    }
    known.calls++;
    known.told = undefined;
    if (known.calls <= coldCalls) {
      known.ms = Math.min(known.ms, ms);
      known.busyMs = Math.min(known.busyMs, busyMs);
    } else {
      known.ms += weight * (ms - known.ms);
      known.busyMs += weight * (busyMs - known.busyMs);
    }
  }
}
