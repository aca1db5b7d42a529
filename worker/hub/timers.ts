/**
 * Durable timers that are due soon enough to be watched. A due time is a wall-clock time, and the wall clock alone says
 * whether it has come: the clock may be moved and the machine may sleep, so the event loop's timer is only a hint to
 * look, and is never set far ahead.
 */
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
  /** A binary heap, the earliest first; of those due together, the first task of the first execution. */
  readonly #heap: DueTimer[] = [];
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
    this.#push(timer);
    if (this.#heap[0] === timer) this.#setHint();
  }

  #push(timer: DueTimer): void {
    const heap = this.#heap;
    let at = heap.push(timer) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(timer, heap[parent] as DueTimer)) break;
      heap[at] = heap[parent] as DueTimer;
      at = parent;
    }
    heap[at] = timer;
  }

  /** It will not fire. A heap gives up only its first, so what is cancelled is cleared out when it has become the most. */
  cancel(execution: number, taskId: number): void {
    if (!this.#watched.delete(taskKey(execution, taskId))) return;
    if (this.#heap.length < 2 * this.#watched.size + 64) return;
    const waiting = this.#heap.filter((timer) => this.#watched.has(keyOf(timer)));
    this.#heap.length = 0;
    for (const timer of waiting) this.#push(timer);
    this.#setHint();
  }

  /** Fires what is due now. */
  look(): void {
    const now = this.clock.now();
    const due: DueTimer[] = [];
    for (let first = this.#heap[0]; first && first.fireAt <= now; first = this.#heap[0]) {
      this.#removeFirst();
      if (this.#watched.delete(keyOf(first))) due.push(first);
    }
    this.#setHint();
    if (due.length > 0) this.onDue(due);
  }

  stop(): void {
    if (this.#hint) this.clock.clearTimer(this.#hint.timer);
    this.#heap.length = 0;
    this.#watched.clear();
  }

  #setHint(): void {
    const first = this.#heap[0];
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

  #removeFirst(): void {
    const heap = this.#heap;
    const last = heap.pop() as DueTimer;
    if (heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = at * 2 + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1] as DueTimer, heap[child] as DueTimer)) child++;
      if (!isBefore(heap[child] as DueTimer, last)) break;
      heap[at] = heap[child] as DueTimer;
      at = child;
    }
    heap[at] = last;
  }
}

function keyOf(timer: DueTimer): string {
  return taskKey(timer.execution, timer.taskId);
}

function isBefore(a: DueTimer, b: DueTimer): boolean {
  return a.fireAt - b.fireAt < 0 || (a.fireAt === b.fireAt && (a.execution - b.execution || a.taskId - b.taskId) < 0);
}
