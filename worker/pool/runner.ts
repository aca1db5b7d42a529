/**
 * Runs activities in an activity worker: so many at a time, the rest in order, and answers `work` calls as `exchange.ts`
 * promises. An activity is foreign code. It may be synchronous or not, may throw anything, give back what cannot be
 * cloned, or hold the thread for seconds; whatever it does, its task is reported once and the others go on.
 */
import { toFailure } from '../../src/core/errors';
import type { AnyActivity } from '../../src/core/types/activity';
import { checkValue } from '../../src/core/values';
import { hop, monotonicNow } from '../platform';
import type { ActivityWorkerApi, Report, SentTask } from './exchange';
import { findActivity } from './find';
import { HeldTask } from './held';

/** After so many milliseconds of beginning tasks, messages get their turn: results leave, cancellations arrive. */
const stretchMs = 4;
/** No result within so many microtasks: nothing more comes in this turn of the event loop. */
const quietMicrotasks = 16;

export class ActivityRunner implements Pick<ActivityWorkerApi, 'work' | 'cancel'> {
  readonly #activities: Readonly<Record<string, AnyActivity>>;
  readonly #concurrency: number;
  readonly #now: () => number;
  /** What has not begun, in order. */
  readonly #queue: HeldTask[] = [];
  /** What has not ended, by number. */
  readonly #unfinished = new Map<number, HeldTask>();
  readonly #calls: ((report: Report) => void)[] = [];
  #running = 0;
  #report = emptyReport();
  #gathering = false;
  #resting = false;

  constructor(activities: Readonly<Record<string, AnyActivity>>, concurrency: number, now = monotonicNow) {
    this.#activities = activities;
    this.#concurrency = concurrency;
    this.#now = now;
  }

  work(first: number, tasks: readonly SentTask[]): Promise<Report> {
    for (const [index, task] of tasks.entries()) {
      const held = new HeldTask(first + index, task);
      this.#unfinished.set(held.number, held);
      this.#queue.push(held);
    }
    return new Promise((answer) => {
      this.#calls.push(answer);
      this.#begin();
      this.#gather();
    });
  }

  cancel(numbers: readonly number[], reason: string): void {
    for (const number of numbers) this.#unfinished.get(number)?.cancel(reason);
  }

  #begin(): void {
    if (this.#resting) return;
    const restAt = this.#now() + stretchMs;
    while (this.#running < this.#concurrency && this.#queue.length > 0) {
      this.#run(this.#queue.shift()!);
      if (this.#now() < restAt) continue;
      this.#resting = true;
      void hop().then(() => {
        this.#resting = false;
        this.#begin();
        this.#gather();
      });
      return;
    }
  }

  #run(held: HeldTask): void {
    const startedAt = this.#now();
    this.#running++;
    try {
      held.throwIfCanceled();
      const returned = findActivity(this.#activities, held.name)(held.input, held.context());
      if (!isThenable(returned)) {
        this.#succeed(held, startedAt, returned);
        return;
      }
      Promise.resolve(returned)
        .then(
          (value) => this.#succeed(held, startedAt, value),
          (thrown) => this.#fail(held, startedAt, thrown),
        )
        .then(() => {
          this.#begin();
          this.#gather();
        });
    } catch (thrown) {
      this.#fail(held, startedAt, thrown);
    }
  }

  #succeed(held: HeldTask, startedAt: number, value: unknown): void {
    try {
      checkValue(value, `output of activity '${held.name}'`);
    } catch (refused) {
      this.#fail(held, startedAt, refused);
      return;
    }
    this.#finish(held, startedAt, value);
  }

  #fail(held: HeldTask, startedAt: number, thrown: unknown): void {
    this.#report.failures.set(held.number, toFailure(thrown));
    this.#finish(held, startedAt, undefined);
  }

  #finish({ number }: HeldTask, startedAt: number, value: unknown): void {
    this.#running--;
    this.#unfinished.delete(number);
    this.#report.numbers.push(number);
    this.#report.times.push(this.#now() - startedAt);
    this.#report.values.push(value);
  }

  /** Answers as soon as the results that come in this turn of the event loop are together. */
  #gather(): void {
    if (this.#gathering || this.#calls.length === 0) return;
    if (this.#report.numbers.length === 0 && this.#calls.length <= this.#unfinished.size) return;
    this.#gathering = true;
    void this.#answerWhenQuiet();
  }

  async #answerWhenQuiet(): Promise<void> {
    const { numbers } = this.#report;
    let seen = numbers.length;
    for (let quiet = 0; quiet < quietMicrotasks; quiet++) {
      await undefined;
      if (numbers.length === seen) continue;
      seen = numbers.length;
      quiet = 0;
    }
    this.#gathering = false;
    const report = this.#report;
    this.#report = emptyReport();
    this.#calls.shift()?.(report);
    while (this.#calls.length > this.#unfinished.size) this.#calls.shift()?.(emptyReport());
  }
}

function emptyReport(): Report {
  return { numbers: [], times: [], values: [], failures: new Map() };
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    ((typeof value === 'object' && value !== null) || typeof value === 'function') &&
    'then' in value &&
    typeof value.then === 'function'
  );
}
