/**
 * `setTimeout` within an orchestrator: a durable timer whose callback runs within the turn in which it fires. What the
 * callback throws, nobody can catch, so it fails the orchestration, as it would end a program.
 */
import type { Execution } from './execution';
import type { DurableTask } from './task';

export class Timeouts {
  readonly #execution: Execution;
  readonly #timers = new Map<number, DurableTask>();
  #last = 0;

  constructor(execution: Execution) {
    this.#execution = execution;
  }

  /** @returns a number above 0 */
  set(callback: () => void, ms: number): number {
    this.#execution.assertRunning('setTimeout');
    const timer = this.#execution.calls.startTimer(this.#execution.now + ms);
    const id = ++this.#last;
    this.#timers.set(id, timer);
    timer.listen(() => {
      this.#timers.delete(id);
      if (timer.isCanceled) return;
      // Whatever promise the callback resolves has continuations to wait for.
      this.#execution.wake();
      try {
        callback();
      } catch (error) {
        this.#execution.fail(error);
      }
    });
    return id;
  }

  clear(id: number): void {
    if (this.#execution.isRunning) this.#timers.get(id)?.cancel();
  }
}
