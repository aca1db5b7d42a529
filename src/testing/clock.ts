/**
 * A clock that stands still until it is moved, so that a timer of sixty days takes no time and a test sees the same
 * times whenever it runs. Moving it fires nothing by itself: as after a machine has slept, whatever has become due
 * meanwhile is fired together, in the order in which it was due.
 */
import type { HubClock } from '../../worker/hub/surroundings';

interface Timer {
  at: number;
  callback: () => void;
}

export class VirtualClock implements HubClock {
  #now: number;
  readonly #start: number;
  readonly #timers = new Set<Timer>();

  /** @param start milliseconds since 1970 */
  constructor(start: number) {
    this.#start = start;
    this.#now = start;
  }

  readonly now = (): number => this.#now;

  readonly monotonicNow = (): number => this.#now - this.#start;

  readonly setTimer = (callback: () => void, ms: number): unknown => {
    const timer = { at: this.#now + Math.max(ms, 0), callback };
    this.#timers.add(timer);
    return timer;
  };

  readonly clearTimer = (timer: unknown): void => {
    this.#timers.delete(timer as Timer);
  };

  /** Moves on to a time; never back. */
  moveTo(time: number): void {
    this.#now = Math.max(this.#now, time);
  }

  /** Fires what is due. What is set meanwhile is for the next time. @returns whether there was anything */
  fireDue(): boolean {
    const due = [...this.#timers].filter(({ at }) => at <= this.#now).sort((a, b) => a.at - b.at);
    for (const timer of due) if (this.#timers.delete(timer)) timer.callback();
    return due.length > 0;
  }

  /** When the next timer is due; undefined if there is none. */
  get nextTimer(): number | undefined {
    let next: number | undefined;
    for (const { at } of this.#timers) next = Math.min(next ?? at, at);
    return next;
  }
}
