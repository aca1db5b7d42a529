/**
 * The hub's activity workers. The pool decides which worker runs a task, sends work in batches, and gives back results
 * in batches; a worker that dies takes down with it only what ran there.
 *
 * - Tasks begin in the order of submission. A worker runs `concurrency` of them at a time; only what is known to be
 *   quick is sent ahead of that.
 * - A task goes where the least work lies, little ones together. Another worker is started when all have more work than
 *   a start takes.
 * - A death fails what ran there with `WorkerLostError`; the rest goes elsewhere. Which of the tasks that were sent
 *   ahead had begun cannot be known: what is not among the first `concurrency` runs again, so activities run at least
 *   once. It is not sent ahead again, so a task that kills its worker is found out the second time.
 * - New workers are started with growing pauses as long as the old ones die or fail to start. After three failed starts
 *   in a row, with no other worker left, the waiting tasks fail; the next submission tries anew.
 */
import { toFailure, WorkerLostError } from '../../src/core/errors';
import { clearTimer, monotonicNow, setTimer, type Timer } from '../platform';
import { ActivityWorker, type Assignment, type Finished, type Loss } from './activity-worker';
import { Estimates } from './estimates';
import type { ActivityResult, ActivityTask } from './exchange';

/** Runs activities. */
export interface ActivityPool {
  /** Each task gets one result, unless it is cancelled. Its key must not be among those that have none yet. */
  submit(tasks: readonly ActivityTask[]): void;
  /** Aborts the signal of running tasks; forgets those not yet begun. No result is reported any more for these keys. */
  cancel(keys: readonly string[], reason: string): void;
  /** Terminates all workers. Nothing is reported any more. */
  close(): void;
}

export interface WorkerPoolOptions {
  /** Makes an activity worker: one that calls `exposeActivities`. */
  spawn: () => Worker;
  /** Workers at most. */
  size: number;
  /** Activities at a time in one worker. */
  concurrency: number;
  onResults: (results: readonly ActivityResult[]) => void;
  /** A worker that has not answered by then could not be started; by default 10,000. */
  readyWithinMs?: number;
}

/** So much work is sent ahead to a busy worker, in milliseconds. */
const aheadMs = 4;
/** Less work than this is not worth a message to another worker. */
const clumpMs = 1;
/** About what it takes to start a worker. */
const startMs = 40;
const startsAtMost = 3;
const firstPauseMs = 100;
const longestPauseMs = 5_000;

export class WorkerPool implements ActivityPool {
  readonly #options: WorkerPoolOptions;
  readonly #estimates = new Estimates();
  readonly #workers = new Set<ActivityWorker>();
  /** What is with no worker yet. */
  #queue: Assignment[] = [];
  /** Failed starts since the last worker that came up. */
  #failedStarts = 0;
  /** Deaths and failed starts since the last result. */
  #losses = 0;
  #pausedUntil = 0;
  #pause: Timer | undefined;
  #closed = false;

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
  }

  submit(tasks: readonly ActivityTask[]): void {
    if (this.#closed) return;
    for (const task of tasks) this.#queue.push({ task, cost: 0, canceled: false, moved: false });
    this.#dispatch();
  }

  cancel(keys: readonly string[], reason: string): void {
    const canceled = new Set(keys);
    this.#queue = this.#queue.filter(({ task }) => !canceled.has(task.key));
    for (const worker of this.#workers) worker.cancel(canceled, reason);
  }

  close(): void {
    this.#closed = true;
    this.#queue = [];
    clearTimer(this.#pause);
    for (const worker of this.#workers) worker.terminate();
    this.#workers.clear();
  }

  #dispatch(): void {
    const at = monotonicNow();
    let placed = 0;
    let last: ActivityWorker | undefined;
    for (const assignment of this.#queue) {
      assignment.cost = this.#estimates.of(assignment.task.name);
      if (!last || last.load(at) >= clumpMs || !this.#hasRoom(last, assignment)) last = this.#choose(assignment, at);
      if (!last) break;
      last.assign(assignment);
      placed++;
    }
    this.#queue.splice(0, placed);
    for (const worker of this.#workers) worker.send();
  }

  /** The worker for a task: the one with the least work that has room for it, or a new one; none if it has to wait. */
  #choose(assignment: Assignment, at: number): ActivityWorker | undefined {
    let least = Infinity;
    let chosen: ActivityWorker | undefined;
    let leastWithRoom = Infinity;
    for (const worker of this.#workers) {
      const load = worker.load(at) + (worker.starting ? startMs : 0);
      least = Math.min(least, load);
      if (load >= leastWithRoom || !this.#hasRoom(worker, assignment)) continue;
      leastWithRoom = load;
      chosen = worker;
    }
    const another = least > startMs && this.#workers.size < this.#options.size;
    return (another && this.#start()) || chosen;
  }

  #hasRoom(worker: ActivityWorker, { cost, moved }: Assignment): boolean {
    const ahead = worker.size + 1 - this.#options.concurrency;
    return ahead <= 0 || (!moved && ahead * cost <= aheadMs);
  }

  #start(): ActivityWorker | undefined {
    // After a failed start, one is tried at a time.
    if (this.#failedStarts > 0 && [...this.#workers].some(({ starting }) => starting)) return undefined;
    const pause = this.#pausedUntil - monotonicNow();
    if (pause > 0) {
      this.#pause ??= setTimer(() => {
        this.#pause = undefined;
        this.#dispatch();
      }, pause);
      return undefined;
    }
    const { spawn, concurrency, readyWithinMs = 10_000 } = this.#options;
    const round = this.#failedStarts;
    try {
      const worker: ActivityWorker = new ActivityWorker({
        spawn,
        concurrency,
        readyWithinMs,
        onReady: () => {
          this.#failedStarts = 0;
          this.#dispatch();
        },
        onFinished: (finished) => this.#onFinished(finished),
        onLost: (loss) => {
          this.#workers.delete(worker);
          this.#onLost(loss, round);
        },
      });
      this.#workers.add(worker);
      return worker;
    } catch (thrown) {
      // Told later, as of any other start that fails: here, tasks are just being placed.
      queueMicrotask(() => this.#onLost({ unstartable: String(thrown), begun: [], waiting: [] }, round));
      return undefined;
    }
  }

  #onFinished(finished: readonly Finished[]): void {
    const results: ActivityResult[] = [];
    for (const { assignment, result, ms } of finished) {
      if (assignment.canceled) continue;
      if (ms !== undefined) this.#estimates.measured(assignment.task.name, ms);
      results.push(result);
    }
    if (results.length > 0) this.#losses = 0;
    this.#dispatch();
    if (results.length > 0) this.#options.onResults(results);
  }

  #onLost({ unstartable, begun, waiting }: Loss, round: number): void {
    // Workers that were started together fail together, and count once.
    if (unstartable === undefined || round === this.#failedStarts) {
      this.#losses++;
      const pause = this.#losses === 1 ? 0 : Math.min(firstPauseMs * 2 ** (this.#losses - 2), longestPauseMs);
      this.#pausedUntil = monotonicNow() + pause;
      if (unstartable !== undefined) this.#failedStarts++;
    }
    this.#queue = [...waiting.filter(({ canceled }) => !canceled), ...this.#queue];
    const failed: ActivityResult[] = [];
    for (const { task, canceled } of begun) {
      if (!canceled) failed.push(lost(task, `the worker of activity '${task.name}' died while it ran`));
    }
    if (unstartable !== undefined && this.#failedStarts >= startsAtMost && this.#workers.size === 0) {
      const why = `could not be run, since no worker could be started: ${unstartable}`;
      for (const { task } of this.#queue) failed.push(lost(task, `activity '${task.name}' ${why}`));
      this.#queue = [];
      this.#failedStarts = 0;
      this.#losses = 0;
      this.#pausedUntil = 0;
    }
    this.#dispatch();
    if (failed.length > 0) this.#options.onResults(failed);
  }
}

function lost({ key }: ActivityTask, message: string): ActivityResult {
  return { key, ok: false, failure: toFailure(new WorkerLostError(message)) };
}
