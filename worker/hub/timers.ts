/**
 * Durable timers that are due soon enough to be watched. A due time is a wall-clock time, and the wall clock alone says
 * whether it has come: the clock may be moved and the machine may sleep, so the event loop's timer is only a hint to
 * look, and is never set far ahead.
 */
import { Heap } from '../heap';
import { taskKey } from './task-key';

export interface DueTimer {
  id: string;
  execution: number;
  taskId: number;
  fireAt: number;
}

/** Stands for the task id in the timer of an instance that is to begin later. */
export const startTimer = -1;

/** The longest time without a look at the wall clock, in milliseconds. */
const lookEveryMs = 10_000;

export interface TimerClock {
  now(): number;
  setTimer(callback: () => void, ms: number): unknown;
  clearTimer(timer: unknown): void;
}

export class Timers {
  /** The earliest first; of those due together, the first task of the first execution. */
  readonly #heap = new Heap<DueTimer>(isBefore);
  readonly #watched = new Set<string>();
  #hint: { timer: unknown; at: number } | undefined;

  constructor(
    readonly clock: TimerClock,
    readonly onDue: (due: readonly DueTimer[]) => void,
  ) {}

  add(timer: DueTimer): void {
    const key = keyOf(timer);
    if (this.#watched.has(key)) return;
    this.#watched.add(key);
    this.#heap.push(timer);
    if (this.#heap.first === timer) this.#setHint();
  }

  /** It will not fire. A heap gives up only its first, so what is cancelled is cleared out when it has become the most. */
  cancel(execution: number, taskId: number): void {
    if (!this.#watched.delete(taskKey(execution, taskId))) return;
    if (this.#heap.size < 2 * this.#watched.size + 64) return;
    this.#heap.filter((timer) => this.#watched.has(keyOf(timer)));
    this.#setHint();
  }

  /** Fires what is due now. */
  look(): void {
    const now = this.clock.now();
    const due: DueTimer[] = [];
    for (let first = this.#heap.first; first && first.fireAt <= now; first = this.#heap.first) {
      this.#heap.removeFirst();
      if (this.#watched.delete(keyOf(first))) due.push(first);
    }
    this.#setHint();
    if (due.length > 0) this.onDue(due);
  }

  stop(): void {
    if (this.#hint) this.clock.clearTimer(this.#hint.timer);
    this.#heap.clear();
    this.#watched.clear();
  }

  #setHint(): void {
    const first = this.#heap.first;
    if (this.#hint) {
      if (this.#hint.at === first?.fireAt) return;
      this.clock.clearTimer(this.#hint.timer);
      this.#hint = undefined;
    }
    if (!first) return;
    const ms = Math.min(Math.max(first.fireAt - this.clock.now(), 0), lookEveryMs);
    const timer = this.clock.setTimer(() => {
      this.#hint = undefined;
      this.look();
    }, ms);
    this.#hint = { timer, at: first.fireAt };
  }
}

function keyOf(timer: DueTimer): string {
  return taskKey(timer.execution, timer.taskId);
}

function isBefore(a: DueTimer, b: DueTimer): boolean {
  return a.fireAt - b.fireAt < 0 || (a.fireAt === b.fireAt && (a.execution - b.execution || a.taskId - b.taskId) < 0);
}
