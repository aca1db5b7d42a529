/**
 * What is known of activities that run, beyond what is recorded: that they do, and how far they say they are. The tab
 * that runs the hub tells the others. None of it outlives the hub, and what is lost on the way costs nothing.
 */
import type { ActivityProgress } from '../../src/core/types/instance';
import { clock as browserClock } from '../platform';
import type { TimerClock } from './timers';

export interface LiveTask {
  /** Execution and task. */
  key: string;
  instanceId: string;
  /** It runs. Known of those with a condition only. */
  begun?: true;
  progress?: ActivityProgress;
  /** Nothing is known of it any more. */
  isOver?: true;
}

/** The shortest time between two notices, in milliseconds. */
const gatherMs = 50;

export class LiveTasks {
  readonly #tasks = new Map<string, LiveTask>();
  readonly #tell: (changed: readonly LiveTask[]) => void;
  #changed = new Map<string, LiveTask>();
  readonly #clock: TimerClock;
  #timer: unknown;

  /** @param tell hears of changes that were made here, some 20 times a second at most */
  constructor(tell: (changed: readonly LiveTask[]) => void = () => {}, clock: TimerClock = browserClock) {
    this.#tell = tell;
    this.#clock = clock;
  }

  get(key: string): LiveTask | undefined {
    return this.#tasks.get(key);
  }

  get all(): readonly LiveTask[] {
    return [...this.#tasks.values()];
  }

  set(task: LiveTask): void {
    this.#tasks.set(task.key, task);
    this.#change(task);
  }

  delete(key: string): void {
    const known = this.#tasks.get(key);
    if (!known) return;
    this.#tasks.delete(key);
    this.#change({ key, instanceId: known.instanceId, isOver: true });
  }

  /** What another tab told. */
  apply(changed: readonly LiveTask[]): void {
    for (const task of changed) {
      if (task.isOver) this.#tasks.delete(task.key);
      else this.#tasks.set(task.key, task);
    }
  }

  clear(): void {
    this.#tasks.clear();
    this.#changed.clear();
    this.#clock.clearTimer(this.#timer);
    this.#timer = undefined;
  }

  #change(task: LiveTask): void {
    this.#changed.set(task.key, task);
    this.#timer ??= this.#clock.setTimer(() => {
      this.#timer = undefined;
      const changed = [...this.#changed.values()];
      this.#changed = new Map();
      this.#tell(changed);
    }, gatherMs);
  }
}
