/**
 * Notices that the owner is frozen. A frozen tab keeps its lock and does nothing, and no event tells: so the owner is
 * asked, and its page is asked too, which answers while its worker is in a long turn, as the worker answers while the
 * page is held by a dialog.
 *
 * Time is counted in ticks of this worker's own timer: one that was stopped itself, or is late, has not listened either.
 */
import type { HubClock } from './surroundings';

export interface OwnerWatchOptions {
  clock: HubClock;
  /** From 0 to 1. */
  random(): number;
  /** Whether this tab may take the hub from a frozen owner now. */
  mayTake(): boolean;
  probe(): void;
  /** Neither the owner nor its page has answered for so long that it must be frozen. */
  onFrozen(): void;
}

const tickMs = 1_000;
/** So many probes in a row without an answer are enough: the owner has been silent for 5 to 6 seconds. */
const mostMissed = 5;

export class OwnerWatch {
  readonly #options: OwnerWatchOptions;
  #timer: unknown;
  #missed = 0;

  constructor(options: OwnerWatchOptions) {
    this.#options = options;
  }

  start(): void {
    this.stop();
    this.#options.probe();
    // Two tabs that notice at once would take the hub from each other.
    this.#tickIn(tickMs * (1 + this.#options.random()));
  }

  stop(): void {
    this.#options.clock.clearTimer(this.#timer);
    this.#timer = undefined;
    this.#missed = 0;
  }

  /** The owner or its page has said something. */
  heard(): void {
    this.#missed = 0;
  }

  #tickIn(ms: number): void {
    this.#timer = this.#options.clock.setTimer(() => this.#tick(), ms);
  }

  #tick(): void {
    const { mayTake, probe, onFrozen } = this.#options;
    if (!mayTake()) {
      this.#missed = 0;
    } else if (++this.#missed > mostMissed) {
      this.stop();
      onFrozen();
      return;
    } else {
      probe();
    }
    this.#tickIn(tickMs);
  }
}
