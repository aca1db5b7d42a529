/** Runs a hub's activities in this process. As with a worker, what runs when it is closed is never heard of again. */
import type {
  ActivityNote,
  ActivityPool,
  ActivityResult,
  ActivityTask,
  Cancellation,
  TaskValues,
} from '../../worker/pool';
import { isWatched, type SentTask, type WorkerNote } from '../../worker/pool/exchange';
import type { Place } from '../../worker/pool/lane';
import { type Limit, TaskQueue } from '../../worker/pool/queue';
import { ActivityRunner } from '../../worker/pool/runner';
import { type FailureDetails, type RunCondition, toFailure } from '../core';
import type { TestActivities } from './activities';
import type { VirtualClock } from './clock';
import type { Work } from './work';

export interface InProcessPoolOptions {
  activities: TestActivities;
  work: Work;
  clock: VirtualClock;
  limits: ReadonlyMap<string, Limit>;
  holds(condition: RunCondition): boolean;
  onResults(results: readonly ActivityResult[]): void;
  onNote(note: ActivityNote): void;
}

interface Waiting {
  readonly task: ActivityTask;
  place?: Place;
  /** Its result is not wanted any more. */
  isCanceled?: true;
}

export class InProcessPool implements ActivityPool {
  readonly #options: InProcessPoolOptions;
  readonly #runner: ActivityRunner;
  readonly #queue: TaskQueue<Waiting>;
  /** What runs, by the number that the runner knows it by. */
  readonly #running = new Map<number, Waiting>();
  #nextNumber = 0;
  /** When a rate lets the next task go. */
  nextLook: number | undefined;
  #isHeld = false;
  #closed = false;

  constructor(options: InProcessPoolOptions) {
    this.#options = options;
    const { activities, clock, limits, holds } = options;
    this.#runner = new ActivityRunner(activities.module, {
      concurrency: Infinity,
      post: (note) => this.#onNote(note),
    });
    this.#queue = new TaskQueue({ limits, holds, monotonicNow: () => clock.now() });
  }

  /** What runs and is going to answer. */
  get running(): ActivityTask[] {
    const { activities } = this.#options;
    return [...this.#running.values()].flatMap((each) =>
      !each.isCanceled && activities.answers(each.task) ? each.task : [],
    );
  }

  submit(tasks: readonly ActivityTask[]): void {
    for (const task of tasks) this.#queue.push({ task });
    this.#dispatch();
  }

  #dispatch(): void {
    if (this.#closed || this.#isHeld) return;
    const begun: [number: number, task: ActivityTask][] = [];
    for (let next = this.#queue.take(() => true); next; next = this.#queue.take(() => true)) {
      this.#running.set(this.#nextNumber, next);
      begun.push([this.#nextNumber++, next.task]);
    }
    if (begun.length > 0) {
      void this.#options.work.soon(() => {
        for (const [number, task] of begun) this.#run(number, task);
      });
    }
    this.#lookLater(this.#queue.nextInMs());
  }

  #lookLater(inMs: number | undefined): void {
    const { clock } = this.#options;
    if (inMs === undefined || (this.nextLook !== undefined && this.nextLook <= clock.now() + inMs)) return;
    this.nextLook = clock.now() + inMs;
    clock.setTimer(() => {
      this.nextLook = undefined;
      this.#dispatch();
    }, inMs);
  }

  #run(number: number, task: ActivityTask): void {
    if (!this.#running.has(number)) return;
    if (!task.read) {
      this.#send(number, task, task);
      return;
    }
    void this.#options.work.during(task.read()).then(
      (values) => this.#send(number, task, values),
      (error) => this.#finish([{ number, failure: toFailure(error), isUnread: true }]),
    );
  }

  #send(number: number, task: ActivityTask, values: TaskValues): void {
    if (!this.#running.has(number)) return;
    void this.#runner.work(number, [sentTask(task, values)]).then(({ numbers, values: results, failures }) => {
      const finished = numbers.map((each, index) => ({
        number: each,
        value: results[index],
        failure: failures.get(each),
      }));
      void this.#options.work.soon(() => this.#finish(finished));
    });
  }

  cancel(keys: readonly string[], reason: Cancellation): void {
    const unwanted = new Set(keys);
    this.#queue.remove(({ task }) => unwanted.has(task.key));
    const canceled: number[] = [];
    for (const [number, each] of this.#running) {
      if (each.isCanceled || !unwanted.has(each.task.key)) continue;
      canceled.push(number);
      each.isCanceled = true;
      // The others keep their place until they have ended; these would be ended by force.
      if (!this.#options.activities.answers(each.task)) this.#end(number);
    }
    this.#runner.cancel(canceled, reason);
    this.#dispatch();
  }

  #end(number: number): ActivityTask | undefined {
    const waiting = this.#running.get(number);
    if (!waiting) return undefined;
    this.#running.delete(number);
    this.#queue.ended(waiting);
    return waiting.isCanceled ? undefined : waiting.task;
  }

  /** Activities run in the test's own process. */
  readonly workers = 0;

  hold(isHeld: boolean): void {
    this.#isHeld = isHeld;
    this.#dispatch();
  }

  /** A condition has changed. */
  lookAgain(): void {
    this.#dispatch();
  }

  close(): void {
    this.#closed = true;
    this.#running.clear();
    this.#queue.removeAll();
  }

  #onNote(note: WorkerNote): void {
    if (note.note === 'free' || note.note === 'ended') return;
    // A copy, as a worker would post one.
    const told = structuredClone(note);
    void this.#options.work.soon(() => {
      const { number } = told;
      const running = this.#running.get(number);
      if (this.#closed || !running || running.isCanceled) return;
      const { key } = running.task;
      if (told.note === 'began') this.#options.onNote({ kind: 'began', key });
      else if (told.note === 'progress') this.#options.onNote({ kind: 'progress', key, progress: told.progress });
      else {
        const { beat, details } = told;
        const kept = (failure?: FailureDetails) =>
          this.#runner.kept([failure ? [number, beat, failure] : [number, beat]]);
        this.#options.onNote({ kind: 'heartbeat', key, details, kept });
      }
    });
  }

  #finish(
    finished: readonly { number: number; value?: unknown; failure: FailureDetails | undefined; isUnread?: true }[],
  ): void {
    if (this.#closed) return;
    const results: ActivityResult[] = [];
    for (const { number, value, failure, isUnread } of finished) {
      const task = this.#end(number);
      if (task) results.push({ ...resultOf(task.key, value, failure), ...(isUnread && { isUnread }) });
    }
    this.#dispatch();
    if (results.length > 0) this.#options.onResults(results);
  }
}

/** A copy of what a task is run with, as a worker would get one. */
function sentTask(task: ActivityTask, values: TaskValues): SentTask {
  const { instanceId, taskId, attempt, idempotencyKey, name, run } = task;
  const { input, lastHeartbeat } = structuredClone({
    input: values.input,
    lastHeartbeat: task.lastHeartbeat ?? values.lastHeartbeat,
  });
  return [instanceId, taskId, attempt, idempotencyKey, name, input, lastHeartbeat, run ? isWatched : 0];
}

function resultOf(key: string, value: unknown, failure: FailureDetails | undefined): ActivityResult {
  if (failure) return { key, ok: false, failure };
  if (value === undefined) return { key, ok: true };
  try {
    return { key, ok: true, value: structuredClone(value) };
  } catch (error) {
    return { key, ok: false, failure: toFailure(error) };
  }
}
