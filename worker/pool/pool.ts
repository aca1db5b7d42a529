/**
 * The hub's activity workers. The pool decides which worker runs a task, sends work in batches, and gives back results
 * in batches; a worker that dies takes down with it only what ran there.
 *
 * - What begins next is the queue's to say (`queue.ts`). A worker runs up to `concurrency` tasks at a time, as many as
 *   share its thread: those that wait go together, one that computes has it for itself. Only what is known to be quick is
 *   sent ahead of that.
 * - A task goes where the least work lies, little ones together. Another worker is started when all have more work than
 *   a start takes.
 * - A death fails what ran there with `WorkerLostError`; the rest goes elsewhere. Which of the tasks that were sent
 *   ahead had begun cannot be known: what is not among the first `concurrency` runs again, so activities run at least
 *   once. It is not sent ahead again, so a task that kills its worker is found out the second time.
 * - What is cancelled and goes on past the grace period costs its worker its life. What ran beside it is no suspect: it
 *   begins again elsewhere, and that costs it no attempt.
 * - New workers are started with growing pauses as long as the old ones die or fail to start. After three failed starts
 *   in a row, with no other worker left, the waiting tasks fail, and for a while all that come; then one start is tried.
 */
import { toFailure, WorkerLostError } from '../../src/core/errors';
import { clearTimer, monotonicNow, setTimer, type Timer } from '../platform';
import { ActivityWorker, type Finished, type Loss } from './activity-worker';
import { type Assignment, assignmentOf } from './assignment';
import { Estimates } from './estimates';
import type { ActivityNote, ActivityResult, ActivityTask, Cancellation, TaskValues } from './exchange';
import { type QueueOptions, TaskQueue } from './queue';

/** Runs activities. */
export interface ActivityPool {
  /** Each task gets one result, unless it is cancelled. Its key must not be among those that have none yet. */
  submit(tasks: readonly ActivityTask[]): void;
  /** Aborts the signal of running tasks; forgets those not yet begun. No result is reported any more for these keys. */
  cancel(keys: readonly string[], reason: Cancellation): void;
  /** As long as the hub has more than it can store, nothing else begins. */
  hold(isHeld: boolean): void;
  /** Activities are soon to come: a worker may start meanwhile. */
  prepare?(): void;
  /** A condition that activities wait for may hold now. */
  lookAgain?(): void;
  /** Workers that have been started. */
  readonly workers: number;
  /** Ends all workers: at once those that run nothing, and the others after the grace period. Nothing is reported any more. */
  close(): void;
}

export interface WorkerPoolOptions extends Partial<Pick<QueueOptions, 'limits' | 'holds'>> {
  /** Makes an activity worker: one that calls `exposeActivities`. */
  spawn: () => Worker;
  /** Workers at most. */
  size: number;
  /** Activities at a time in one worker. */
  concurrency: number;
  onResults: (results: readonly ActivityResult[]) => void;
  onNote?: (note: ActivityNote) => void;
  /** A worker that has not answered by then could not be started; by default 10,000. */
  readyWithinMs?: number;
  /** How long what was cancelled may go on; by default 5,000. */
  graceMs?: number;
  /** How long no start is tried once three have failed, at first; by default 5,000. */
  breakMs?: number;
  /** A worker that was sent so many tasks is replaced by a new one; by default never. */
  recycleAfter?: number;
}

/** So much work is sent ahead to a busy worker, in milliseconds. */
const aheadMs = 4;
/** Less work than this is not worth a message to another worker. */
const clumpMs = 1;
/** About what it takes to start a worker. */
const startMs = 40;
const startsAtMost = 3;
const longestDelayMs = 2 ** 31 - 1;
const firstPauseMs = 100;
const longestPauseMs = 5_000;
/** The longest time that no start is tried. */
const longestBreakMs = 60_000;

export class WorkerPool implements ActivityPool {
  readonly #options: WorkerPoolOptions;
  readonly #estimates = new Estimates();
  readonly #workers = new Set<ActivityWorker>();
  /** What is with no worker yet. */
  readonly #queue: TaskQueue<Assignment>;
  /** Failed starts since the last worker that came up. */
  #failedStarts = 0;
  /** Deaths and failed starts since the last result. */
  #losses = 0;
  #pausedUntil = 0;
  /** When to look again: a pause or a rate has come to its end. */
  #look: { timer: Timer; at: number } | undefined;
  /** No worker can be started, and so soon none is tried. */
  #broken: { why: string; until: number } | undefined;
  #breakMs: number;
  #isHeld = false;
  #closed = false;

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
    const { limits = new Map(), holds = () => true } = options;
    this.#breakMs = this.#firstBreakMs;
    this.#queue = new TaskQueue({ limits, holds, monotonicNow });
  }

  get #firstBreakMs(): number {
    return this.#options.breakMs ?? 5_000;
  }

  submit(tasks: readonly ActivityTask[]): void {
    if (this.#closed) return;
    if (this.#broken && monotonicNow() < this.#broken.until) {
      const { why } = this.#broken;
      queueMicrotask(() => !this.#closed && this.#options.onResults(tasks.map((task) => unstarted(task, why))));
      return;
    }
    for (const task of tasks) this.#queue.push(assignmentOf(task));
    this.#dispatch();
  }

  cancel(keys: readonly string[], reason: Cancellation): void {
    const canceled = new Set(keys);
    this.#queue.remove(({ task }) => canceled.has(task.key));
    for (const worker of this.#workers) {
      for (const unsent of worker.cancel(canceled, reason)) this.#queue.ended(unsent);
    }
    this.#dispatch();
  }

  get workers(): number {
    return this.#workers.size;
  }

  hold(isHeld: boolean): void {
    this.#isHeld = isHeld;
    this.#dispatch();
  }

  prepare(): void {
    if (!this.#closed && this.#workers.size === 0) this.#start();
  }

  /** A condition has changed. */
  lookAgain(): void {
    this.#dispatch();
  }

  close(): void {
    this.#closed = true;
    this.#queue.removeAll();
    clearTimer(this.#look?.timer);
    const reason = { code: 'TaskCanceled', message: 'this tab does not run the task hub any more' } as const;
    for (const worker of this.#workers) worker.retire(reason);
    this.#workers.clear();
  }

  // ------------------------------------------------------------------------------------------------ what goes where

  #dispatch(): void {
    if (this.#closed || this.#isHeld) return;
    this.#recycle();
    const at = monotonicNow();
    const unread: [ActivityWorker, Assignment][] = [];
    let last: ActivityWorker | undefined;
    let isFull = false;
    const place = (assignment: Assignment): boolean => {
      assignment.estimate = this.#estimates.of(assignment.task.name);
      if (!last || last.load(at) >= clumpMs || !this.#hasRoom(last, assignment)) last = this.#choose(assignment, at);
      isFull ||= last === undefined;
      return last !== undefined;
    };
    for (let next = this.#queue.take(place); next; next = this.#queue.take(place)) {
      const worker = last as unknown as ActivityWorker;
      worker.assign(next);
      if (!next.ready) unread.push([worker, next]);
    }
    for (const worker of this.#workers) worker.send();
    for (const [worker, assignment] of unread) void this.#read(worker, assignment);
    this.#lookLater(this.#queue.nextInMs());
    // What is done takes longer than was thought, perhaps longer than it takes to start another worker.
    if (isFull && this.#mayStart) this.#lookLater(startMs);
  }

  /** The worker for a task: the one with the least work that has room for it, or a new one; none if it has to wait. */
  #choose(assignment: Assignment, at: number): ActivityWorker | undefined {
    let least = Infinity;
    let chosen: ActivityWorker | undefined;
    let leastWithRoom = Infinity;
    for (const worker of this.#workers) {
      if (this.#isWornOut(worker)) continue;
      const load = worker.load(at) + (worker.starting ? startMs : 0);
      least = Math.min(least, load);
      if (load >= leastWithRoom || !this.#hasRoom(worker, assignment)) continue;
      leastWithRoom = load;
      chosen = worker;
    }
    const another = least > startMs && this.#mayStart;
    return (another && this.#start()) || chosen;
  }

  /** One that is worn out, and has to end what it holds, has a successor. */
  get #mayStart(): boolean {
    const { size } = this.#options;
    const worn = [...this.#workers].filter((worker) => this.#isWornOut(worker)).length;
    return this.#workers.size - worn < size && this.#workers.size < 2 * size;
  }

  #hasRoom(worker: ActivityWorker, { estimate, moved }: Assignment): boolean {
    return !this.#isWornOut(worker) && worker.hasRoom(estimate, !moved, aheadMs);
  }

  /** Reads what a task is run with, and sends it then. It has its place with the worker meanwhile. */
  async #read(worker: ActivityWorker, assignment: Assignment): Promise<void> {
    const { task } = assignment;
    let result: ActivityResult | undefined;
    try {
      const { input, lastHeartbeat }: TaskValues = (await task.read?.()) ?? task;
      if (this.#closed || assignment.canceled) return;
      assignment.input = input;
      if (assignment.lastHeartbeat === undefined) assignment.lastHeartbeat = lastHeartbeat;
      assignment.ready = true;
    } catch (error) {
      result = { key: task.key, ok: false, failure: toFailure(error), isUnread: true };
    }
    if (this.#closed || assignment.canceled) return;
    if (!result) {
      worker.send();
      return;
    }
    // If its worker is lost meanwhile, it is with another one, and read for that.
    if (!worker.drop(assignment)) return;
    this.#queue.ended(assignment);
    this.#options.onResults([result]);
    this.#dispatch();
  }

  #isWornOut(worker: ActivityWorker): boolean {
    return worker.assignedInAll >= (this.#options.recycleAfter ?? Infinity);
  }

  /** What a worker's code leaves behind in its memory goes with it. */
  #recycle(): void {
    for (const worker of this.#workers) {
      if (worker.size > 0 || !this.#isWornOut(worker)) continue;
      worker.terminate();
      this.#workers.delete(worker);
    }
  }

  /** Looks again then, or earlier. */
  #lookLater(inMs: number | undefined): void {
    if (inMs === undefined) return;
    // A longer delay would fire at once.
    const delayMs = Math.min(inMs, longestDelayMs);
    const at = monotonicNow() + delayMs;
    if (this.#look && this.#look.at <= at) return;
    clearTimer(this.#look?.timer);
    const timer = setTimer(() => {
      this.#look = undefined;
      this.#dispatch();
    }, delayMs);
    this.#look = { timer, at };
  }

  #start(): ActivityWorker | undefined {
    // After a failed start, one is tried at a time.
    if (this.#failedStarts > 0 && [...this.#workers].some(({ starting }) => starting)) return undefined;
    const pause = this.#pausedUntil - monotonicNow();
    if (pause > 0) {
      this.#lookLater(pause);
      return undefined;
    }
    const { spawn, concurrency, readyWithinMs = 10_000, graceMs = 5_000, onNote = () => {} } = this.#options;
    const round = this.#failedStarts;
    try {
      const worker: ActivityWorker = new ActivityWorker({
        spawn,
        concurrency,
        readyWithinMs,
        graceMs,
        onReady: () => {
          this.#failedStarts = 0;
          this.#broken = undefined;
          this.#breakMs = this.#firstBreakMs;
          this.#dispatch();
        },
        onFinished: (finished) => this.#onFinished(finished),
        onFree: (begun) => this.#onFree(worker, begun),
        onNote: (note) => !this.#closed && onNote(note),
        onLost: (loss) => {
          this.#workers.delete(worker);
          if (!this.#closed) this.#onLost(loss, round);
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

  // ------------------------------------------------------------------------------------------------ what comes of it

  #onFree(worker: ActivityWorker, begun: readonly (readonly [Assignment, number])[]): void {
    for (const [assignment, busyMs] of begun) {
      const { name } = assignment.task;
      this.#estimates.began(name, busyMs);
      worker.reassess(assignment, this.#estimates.of(name));
    }
    this.#dispatch();
  }

  #onFinished(finished: readonly Finished[]): void {
    if (this.#closed) return;
    const results: ActivityResult[] = [];
    for (const { assignment, result, ms, busyMs = 0 } of finished) {
      this.#queue.ended(assignment);
      if (assignment.canceled) continue;
      if (ms !== undefined) this.#estimates.measured(assignment.task.name, ms, busyMs);
      results.push(result);
    }
    if (results.length > 0) this.#losses = 0;
    this.#dispatch();
    if (results.length > 0) this.#options.onResults(results);
  }

  #onLost({ unstartable, isMeant, begun, waiting }: Loss, round: number): void {
    // Workers that were started together fail together, and count once.
    if (!isMeant && (unstartable === undefined || round === this.#failedStarts)) {
      this.#losses++;
      const pause = this.#losses === 1 ? 0 : Math.min(firstPauseMs * 2 ** (this.#losses - 2), longestPauseMs);
      this.#pausedUntil = monotonicNow() + pause;
      if (unstartable !== undefined) this.#failedStarts++;
    }
    for (const assignment of [...begun, ...waiting]) this.#queue.ended(assignment);
    for (const assignment of waiting) if (!assignment.canceled) this.#again(assignment);
    const failed: ActivityResult[] = [];
    for (const { task, canceled } of begun) {
      if (!canceled) failed.push(lost(task, `the worker of activity '${task.name}' died while it ran`));
    }
    if (unstartable !== undefined && this.#failedStarts >= startsAtMost && this.#workers.size === 0) {
      failed.push(...this.#break(unstartable));
    }
    this.#dispatch();
    if (failed.length > 0) this.#options.onResults(failed);
  }

  /** A task goes back to where it waited. */
  #again(assignment: Assignment): void {
    const { task } = assignment;
    if (assignment.begun) this.#options.onNote?.({ kind: 'again', key: task.key });
    assignment.begun = false;
    // What was sent may have been moved there.
    if (task.read) {
      assignment.ready = false;
      delete assignment.input;
    }
    this.#queue.push(assignment);
  }

  /** No worker can be had: nothing is to wait for one. */
  #break(why: string): ActivityResult[] {
    const failed = this.#queue.removeAll().map(({ task }) => unstarted(task, why));
    this.#broken = { why, until: monotonicNow() + this.#breakMs };
    this.#breakMs = Math.min(this.#breakMs * 2, longestBreakMs);
    // The next to come after the break is tried once, and broken again if that fails.
    this.#failedStarts = startsAtMost - 1;
    this.#losses = 0;
    this.#pausedUntil = 0;
    return failed;
  }
}

function lost({ key }: ActivityTask, message: string): ActivityResult {
  return { key, ok: false, failure: toFailure(new WorkerLostError(message)) };
}

function unstarted(task: ActivityTask, why: string): ActivityResult {
  return lost(task, `activity '${task.name}' could not be run, since no worker could be started: ${why}`);
}
