/** Why the hub does nothing for a while: there is nothing to do, or it waits to try again what failed. One at a time. */
import type { TimerClock } from './timers';

export class Pause {
  readonly #clock: TimerClock;
  #current: { timer: unknown; kind: 'idle' | 'retry' } | undefined;

  constructor(clock: TimerClock) {
    this.#clock = clock;
  }

  get kind(): 'idle' | 'retry' | undefined {
    return this.#current?.kind;
  }

  start(kind: 'idle' | 'retry', ms: number, then: () => void): void {
    const timer = this.#clock.setTimer(() => {
      this.#current = undefined;
      then();
    }, ms);
    this.#current = { timer, kind };
  }

  end(): void {
    if (this.#current) this.#clock.clearTimer(this.#current.timer);
    this.#current = undefined;
  }
}
