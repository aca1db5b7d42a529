/**
 * One activity worker as its host sees it: what it was given, what it has been asked, and whether it lives. No event
 * tells that a worker died, and a Comlink call to a dead one stays pending for ever; so the worker holds a lock, and
 * when that is granted here, the worker is dead and all that it held comes back.
 *
 * Comlink draws its ids from `Math.random`, and an async turn may be under way: so every call into it goes `outside`.
 */
import { type Remote, releaseProxy, wrap } from 'comlink';
import { PayloadError, toFailure } from '../../src/core/errors';
import { outside } from '../determinism';
import { clearTimer, hop, locks, monotonicNow, setTimer, type Timer } from '../platform';
import {
  type ActivityResult,
  type ActivityTask,
  type ActivityWorkerApi,
  greeting,
  type Report,
  type SentTask,
} from './exchange';

/** A task, and what the pool knows about it. */
export interface Assignment {
  readonly task: ActivityTask;
  /** How long it probably takes, in milliseconds. */
  cost: number;
  /** Its result is not wanted any more. */
  canceled: boolean;
  /** A worker died that held it, and probably had not begun it. */
  moved: boolean;
}

/** What a worker held when it was lost. */
export interface Loss {
  /** Why it never came up; absent if it did. */
  unstartable?: string;
  /** What ran. */
  begun: readonly Assignment[];
  /** What had not begun, in order. */
  waiting: readonly Assignment[];
}

/** An assignment with its result, and how long it ran. */
export interface Finished {
  assignment: Assignment;
  result: ActivityResult;
  ms?: number;
}

export interface ActivityWorkerOptions {
  spawn: () => Worker;
  concurrency: number;
  readyWithinMs: number;
  /** It can be sent what it was assigned. */
  onReady(): void;
  onFinished(finished: readonly Finished[]): void;
  onLost(loss: Loss): void;
}

// Browsers do not tell which.
const unloadable = 'its file could not be loaded (it is gone, as after a new deployment, or it has a syntax error)';

export class ActivityWorker {
  readonly #options: ActivityWorkerOptions;
  readonly #worker: Worker;
  // Referenced as long as the worker: what Comlink's collected proxies owe is never answered.
  readonly #remote: Remote<ActivityWorkerApi>;
  readonly #work: Remote<ActivityWorkerApi>['work'];
  readonly #deadline: Timer;
  /** Assigned, but not sent yet. */
  #unsent: Assignment[] = [];
  /** Sent and not reported, by number, in the order of sending. */
  readonly #sent = new Map<number, Assignment>();
  #nextNumber = 0;
  #pendingCalls = 0;
  /** What it holds takes so long, one after the other. */
  #costs = 0;
  /** When it last reported, or else was given its first task. */
  #heardAt = 0;
  #state: 'starting' | 'ready' | 'gone' = 'starting';

  constructor(options: ActivityWorkerOptions) {
    this.#options = options;
    this.#worker = outside(() => options.spawn());
    this.#worker.addEventListener('error', (event) => this.#onError(event));
    this.#worker.addEventListener('message', ({ data }) => {
      if (data === greeting)
        void outside(() => this.#remote.hello(options.concurrency)).then((lock) => this.#onReady(lock));
    });
    this.#remote = wrap<ActivityWorkerApi>(this.#worker);
    this.#work = this.#remote.work;
    this.#deadline = setTimer(
      () => this.#lose(`it did not answer within ${options.readyWithinMs} ms`),
      options.readyWithinMs,
    );
  }

  get starting(): boolean {
    return this.#state === 'starting';
  }

  /** How many tasks it holds. */
  get size(): number {
    return this.#unsent.length + this.#sent.size;
  }

  /**
   * How much work it has, in milliseconds: what it holds, and how long it has kept silent over it. So a task that takes
   * the whole thread, against all estimates, draws no others.
   */
  load(at: number): number {
    return this.size === 0 ? 0 : this.#costs + at - this.#heardAt;
  }

  /** Takes a task; {@link send} sends it. */
  assign(assignment: Assignment): void {
    if (this.size === 0) {
      this.#costs = 0;
      this.#heardAt = monotonicNow();
    }
    this.#costs += assignment.cost;
    this.#unsent.push(assignment);
  }

  /** Sends what was assigned, in one call, and sees to it that a call is pending while tasks are unfinished. */
  send(): void {
    if (this.#state !== 'ready') return;
    if (this.#unsent.length === 0 && (this.#sent.size === 0 || this.#pendingCalls > 0)) return;
    const batch = this.#unsent;
    const first = this.#nextNumber;
    this.#unsent = [];
    this.#nextNumber += batch.length;
    for (const [index, assignment] of batch.entries()) this.#sent.set(first + index, assignment);
    this.#pendingCalls++;
    outside(() => this.#work(first, batch.map(sentTask))).then(
      (report) => this.#onReport(report),
      (error) => this.#onRefused(first, batch, error),
    );
  }

  /** Nothing is reported for these any more. */
  cancel(keys: ReadonlySet<string>, reason: string): void {
    const canceled = this.#unsent.filter(({ task }) => keys.has(task.key));
    if (canceled.length > 0) this.#unsent = this.#unsent.filter((assignment) => !canceled.includes(assignment));
    for (const { cost } of canceled) this.#costs -= cost;
    const numbers: number[] = [];
    for (const [number, assignment] of this.#sent) {
      if (!keys.has(assignment.task.key)) continue;
      assignment.canceled = true;
      numbers.push(number);
    }
    if (numbers.length > 0) void outside(() => this.#remote.cancel(numbers, reason));
  }

  terminate(): void {
    this.#state = 'gone';
    clearTimer(this.#deadline);
    outside(() => this.#remote[releaseProxy]());
    this.#worker.terminate();
  }

  #onReady(lock: string): void {
    if (this.#state !== 'starting') return;
    this.#state = 'ready';
    clearTimer(this.#deadline);
    // What it reported before it died has arrived, but perhaps was not handled yet.
    void locks.request(lock, hop).then(() => this.#lose());
    this.#options.onReady();
  }

  #onReport(report: Report): void {
    if (this.#state === 'gone') return;
    this.#pendingCalls--;
    this.#heardAt = monotonicNow();
    const { numbers, times, values, failures } = report;
    const finished = numbers.map((number, index): Finished => {
      const assignment = this.#sent.get(number)!;
      const { key } = assignment.task;
      const failure = failures.get(number);
      const value = values[index];
      this.#sent.delete(number);
      this.#costs -= assignment.cost;
      const succeeded: ActivityResult = value === undefined ? { key, ok: true } : { key, ok: true, value };
      return { assignment, ms: times[index]!, result: failure ? { key, ok: false, failure } : succeeded };
    });
    this.#options.onFinished(finished);
  }

  /** The call could not be posted, so the worker has nothing of it. The culprits fail; the others are sent again. */
  #onRefused(first: number, batch: readonly Assignment[], error: unknown): void {
    if (this.#state === 'gone') return;
    this.#pendingCalls--;
    for (const index of batch.keys()) this.#sent.delete(first + index);
    const uncloneable = batch.filter(({ task }) => !isCloneable(task.input));
    const culprits = new Set(uncloneable.length > 0 ? uncloneable : batch);
    this.#unsent = [...batch.filter((assignment) => !culprits.has(assignment)), ...this.#unsent];
    const failed: Finished[] = [];
    for (const assignment of culprits) {
      const { key, name } = assignment.task;
      const refusal = new PayloadError(`the input of activity '${name}' cannot be sent to a worker`, { cause: error });
      this.#costs -= assignment.cost;
      failed.push({ assignment, result: { key, ok: false, failure: toFailure(refusal) } });
    }
    this.#options.onFinished(failed);
  }

  #onError(event: ErrorEvent): void {
    // Else it would go on to the page, which takes errors of its own worker as a sign that this did not start.
    event.preventDefault();
    if (this.#state === 'starting') {
      this.#lose(event.message ? `its file fails with ${event.message}` : unloadable);
    } else {
      const { message, filename, lineno } = event;
      console.error('perdure: uncaught in an activity worker, which goes on:', message, filename, lineno);
    }
  }

  #lose(unstartable?: string): void {
    if (this.#state === 'gone') return;
    this.terminate();
    const sent = [...this.#sent.values()];
    // A worker begins its tasks in order. What it began of those sent ahead, and did not report, cannot be known.
    const begun = sent.splice(0, this.#options.concurrency);
    for (const assignment of sent) assignment.moved = true;
    const waiting = [...sent, ...this.#unsent];
    this.#options.onLost({ begun, waiting, ...(unstartable !== undefined && { unstartable }) });
  }
}

function sentTask({ task }: Assignment): SentTask {
  return [task.instanceId, task.taskId, task.attempt, task.idempotencyKey, task.name, task.input];
}

function isCloneable(value: unknown): boolean {
  try {
    structuredClone(value);
    return true;
  } catch {
    return false;
  }
}
