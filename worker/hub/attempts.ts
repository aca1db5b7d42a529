/**
 * The attempts that are with the pool: which there are, how far they say they are, and by when they must have ended or
 * given a sign of life. A time limit counts from when the attempt began to run, in this worker's running time: a task
 * that waits for a worker, or a machine that sleeps, loses nothing.
 */
import { TimeoutError } from '../../src/core';
import type { ActivityNote, ActivityTask } from '../pool';
import type { LiveTasks } from './live-tasks';
import { executionOf, taskIdOf } from './task-key';
import type { TimerClock } from './timers';

/** A longer delay would fire at once. */
const longestDelayMs = 2 ** 31 - 1;

export interface Attempt {
  /** Absent if somebody else sees to its end. */
  readonly task?: ActivityTask;
  readonly to: string;
  readonly execution: number;
  readonly taskId: number;
  timeout?: Deadline;
  silence?: Deadline;
  /** Until something is decided about it. */
  pause?: Deadline;
}

export class Attempts {
  readonly #clock: TimerClock;
  readonly #live: LiveTasks;
  readonly #onOver: (attempt: Attempt, error: TimeoutError) => void;
  readonly #attempts = new Map<string, Attempt>();

  /** @param onOver the time of an attempt is over */
  constructor(clock: TimerClock, live: LiveTasks, onOver: (attempt: Attempt, error: TimeoutError) => void) {
    this.#clock = clock;
    this.#live = live;
    this.#onOver = onOver;
  }

  has(key: string): boolean {
    return this.#attempts.has(key);
  }

  get(key: string): Attempt | undefined {
    return this.#attempts.get(key);
  }

  add(task: ActivityTask): void {
    const { key, instanceId } = task;
    this.#attempts.set(key, { task, to: instanceId, execution: executionOf(key), taskId: taskIdOf(key) });
  }

  /** Takes a task's place, so that it is not run. */
  block(key: string): void {
    this.#attempts.set(key, { to: '', execution: executionOf(key), taskId: taskIdOf(key) });
  }

  /** @returns whether there was one */
  delete(key: string): boolean {
    this.rest(key);
    return this.#attempts.delete(key);
  }

  /** It does not run for now. */
  rest(key: string): void {
    const attempt = this.#attempts.get(key);
    attempt?.timeout?.stop();
    attempt?.silence?.stop();
    attempt?.pause?.stop();
    this.#live.delete(key);
  }

  /** Takes account of what is told of an attempt. Gives it if it is one that counts. */
  note(note: ActivityNote): Attempt | undefined {
    const attempt = this.#attempts.get(note.key);
    if (!attempt?.task) return undefined;
    switch (note.kind) {
      case 'began':
        this.#begin(attempt, attempt.task);
        break;
      case 'ended':
        attempt.timeout?.stop();
        attempt.silence?.stop();
        break;
      case 'again':
        this.rest(note.key);
        break;
      case 'progress':
        this.#live.set({ ...this.#live.get(note.key), key: note.key, instanceId: attempt.to, progress: note.progress });
        break;
      case 'heartbeat':
        attempt.silence?.start();
        break;
    }
    return attempt;
  }

  #begin(attempt: Attempt, { key, name, run }: ActivityTask): void {
    // Only of these anybody asks whether they run, or wait.
    if (run?.runWhen) this.#live.set({ key, instanceId: attempt.to, begun: true });
    const deadline = (ms: number, what: string): Deadline => {
      const over = () => this.#onOver(attempt, new TimeoutError(`activity '${name}' ${what} within ${ms} ms`));
      return new Deadline(this.#clock, ms, over);
    };
    if (run?.timeout !== undefined) attempt.timeout = deadline(run.timeout, 'did not end');
    if (run?.heartbeatTimeout !== undefined) attempt.silence = deadline(run.heartbeatTimeout, 'gave no sign of life');
    attempt.timeout?.start();
    attempt.silence?.start();
  }

  /** Does something about an attempt a while later, if it is not over by then. */
  after(attempt: Attempt, ms: number, action: () => void): void {
    attempt.pause = new Deadline(this.#clock, ms, action);
    attempt.pause.start();
  }

  /** When the next time is over, by the clock. */
  get nextDeadline(): number | undefined {
    let next: number | undefined;
    for (const { timeout, silence, pause } of this.#attempts.values()) {
      for (const at of [timeout?.at, silence?.at, pause?.at]) if (at !== undefined) next = Math.min(next ?? at, at);
    }
    return next;
  }

  stop(): void {
    for (const key of this.#attempts.keys()) this.rest(key);
  }
}

class Deadline {
  readonly #clock: TimerClock;
  readonly #ms: number;
  readonly #onOver: () => void;
  #timer: unknown;
  /** When it is over, by the clock as it stood at the start; undefined if it does not run. */
  at: number | undefined;

  constructor(clock: TimerClock, ms: number, onOver: () => void) {
    this.#clock = clock;
    this.#ms = ms;
    this.#onOver = onOver;
  }

  /** It runs from now. */
  start(): void {
    this.stop();
    this.at = this.#clock.now() + this.#ms;
    this.#wait(this.#ms);
  }

  stop(): void {
    this.#clock.clearTimer(this.#timer);
    this.at = undefined;
  }

  #wait(ms: number): void {
    const delay = Math.min(ms, longestDelayMs);
    this.#timer = this.#clock.setTimer(() => {
      if (ms > delay) this.#wait(ms - delay);
      else this.#onOver();
    }, delay);
  }
}
