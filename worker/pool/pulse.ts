/**
 * Tells which activities keep the thread for themselves. Of a synchronous one that is plain; of an asynchronous one, the
 * work between its awaits shows only in that everything else is late. So while some run, a timer ticks, and whatever
 * keeps it is put down to them.
 */
import { clearTimer, setTimer, type Timer } from '../platform';
import type { HeldTask } from './held';

const tickMs = 10;

export class Pulse {
  readonly #now: () => number;
  readonly #running: ReadonlySet<HeldTask>;
  #timer: Timer | undefined;
  /** When the thread was last seen free. */
  #freeAt = 0;

  /** @param running the tasks that run: it ticks while there are any */
  constructor(now: () => number, running: ReadonlySet<HeldTask>) {
    this.#now = now;
    this.#running = running;
  }

  start(): void {
    if (this.#timer !== undefined) return;
    this.#freeAt = this.#now();
    this.#tick();
  }

  /** The thread gets here, perhaps after it was kept. */
  look(): void {
    if (this.#timer === undefined) return;
    const at = this.#now();
    const keptMs = at - this.#freeAt - tickMs;
    this.#freeAt = at;
    // A timer may be a little late by itself.
    if (keptMs < tickMs / 2) return;
    for (const held of this.#running) held.busyMs += keptMs / this.#running.size;
  }

  #tick(): void {
    this.#timer = setTimer(() => {
      this.look();
      clearTimer(this.#timer);
      this.#timer = undefined;
      if (this.#running.size > 0) this.#tick();
    }, tickMs);
    // Node keeps a process alive for a timer.
    (this.#timer as { unref?(): void }).unref?.();
  }
}
