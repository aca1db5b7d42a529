/**
 * Chance that can be repeated: all delays of a run are drawn from its seed. What the browser does between them is its own
 * affair, so a seed makes a failure likely again, not certain.
 */
import { Chance } from '../../support/chance';

/** Of this run; `PERDURE_FAULT_SEED` sets it. */
export const seed = Number(process.env.PERDURE_FAULT_SEED ?? Date.now() % 1_000_000);

/** How often what depends on luck is tried; `PERDURE_FAULT_RUNS` sets it. */
export const runs = (byDefault: number): number => Number(process.env.PERDURE_FAULT_RUNS ?? byDefault);

export class Delays extends Chance {
  constructor(start = seed) {
    super(start);
  }

  /** A random moment. */
  async moment(mostMs: number): Promise<void> {
    await pause(this.next() * mostMs);
  }
}

export const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
