import type { StoreOperation } from '../../worker/store/memory';
import { Simulation, type SimulationOptions } from './simulation';

export type Strike = 'fail-before' | 'fail-after' | 'crash-before' | 'crash-after' | 'overtake';
export const strikes: readonly Strike[] = ['fail-before', 'fail-after', 'crash-before', 'crash-after', 'overtake'];

/** What befalls the n-th store operation. */
export type StrikeAt = (operation: number, name: StoreOperation) => Strike | undefined;

/** A hub that is struck at given store operations, and opened again after each crash. */
export class StruckSimulation extends Simulation {
  operations = 0;
  #isCalm = false;
  #reopening: Promise<unknown> = Promise.resolve();

  constructor(options: SimulationOptions, strikeAt: StrikeAt) {
    super({
      ...options,
      // So many crashes look as if something that runs were the cause.
      hasLeft: true,
      faults: (name) => {
        const strike = this.#isCalm ? undefined : strikeAt(this.operations++, name);
        if (strike === undefined) return 'ok';
        if (strike === 'fail-before' || strike === 'fail-after') return strike;
        if (strike === 'overtake') {
          // Another hub takes over, and this one does not know it yet.
          if (this.hub?.tail) this.#reopen(false);
          return 'ok';
        }
        if (this.hub?.tail) this.#reopen(true);
        return strike === 'crash-before' ? 'fail-before' : 'fail-after';
      },
    });
  }

  /** Nothing strikes any more, and the hub is open. */
  async calm(): Promise<void> {
    this.#isCalm = true;
    await this.#reopening;
    await this.until(() => (this.hub?.tail ? true : undefined));
  }

  #reopen(crash: boolean): void {
    if (crash) this.crash();
    this.hub = undefined;
    this.#reopening = this.#reopening.then(() => this.open());
  }

  /** Tries a command until it was carried out, or `isDone` says so. */
  async insist(isDone: () => Promise<boolean>, command: () => Promise<unknown>): Promise<void> {
    for (let tries = 0; tries < 500; tries++) {
      await this.#reopening;
      if (await isDone()) return;
      const { hub } = this;
      let isSettled = false;
      command()
        // Refused or lost: `isDone` tells which.
        .catch(() => {})
        .finally(() => {
          isSettled = true;
        });
      await this.until(() => isSettled || hub !== this.hub || !hub || undefined);
      await this.quiet(4);
    }
    throw new Error('the hub did not take it');
  }
}
