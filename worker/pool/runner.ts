/**
 * Runs activities in an activity worker: so many at a time, the rest in order, and answers `work` calls as `exchange.ts`
 * promises. An activity is foreign code. It may be synchronous or not, may throw anything, give back what cannot be
 * cloned, or hold the thread for seconds; whatever it does, its task is reported once and the others go on.
 */
import { toFailure } from '../../src/core/errors';
import type { AnyActivity } from '../../src/core/types/activity';
import { checkValue } from '../../src/core/values';
import { type Packed, unpack } from '../packed';
import { hop, monotonicNow } from '../platform';
import type { ActivityWorkerApi, Cancellation, Kept, Report, SentTask, WorkerNote } from './exchange';
import { findActivity } from './find';
import { HeldTask } from './held';
import { Pulse } from './pulse';
import { transferablesIn } from './transferables';

/** After so many milliseconds of beginning tasks, messages get their turn: results leave, cancellations arrive. */
const stretchMs = 4;
/** No result within so many microtasks: nothing more comes in this turn of the event loop. */
const quietMicrotasks = 16;

export interface RunnerOptions {
  concurrency: number;
  /** Posts a note to the host, at once. */
  post(note: WorkerNote): void;
  now?(): number;
}

export class ActivityRunner implements Pick<ActivityWorkerApi, 'work' | 'cancel' | 'kept'> {
  readonly #activities: Readonly<Record<string, AnyActivity>>;
  readonly #concurrency: number;
  readonly #post: (note: WorkerNote) => void;
  readonly #now: () => number;
  readonly #pulse: Pulse;
  /** What has not begun, in order. */
  readonly #queue: HeldTask[] = [];
  /** What has not ended, by number. */
  readonly #unfinished = new Map<number, HeldTask>();
  readonly #running = new Set<HeldTask>();
  /** What has begun since the host was last told that the thread is free. */
  #fresh: HeldTask[] = [];
  readonly #calls: ((report: Report) => void)[] = [];
  /** What the next report may move instead of copying it. */
  #transferables = new Map<Report, Transferable[]>();
  #report = emptyReport();
  /** What was watched and has ended, as long as that is not reported. */
  #ended: number[] = [];
  #gathering = false;
  #resting = false;

  constructor(
    activities: Readonly<Record<string, AnyActivity>>,
    { concurrency, post, now = monotonicNow }: RunnerOptions,
  ) {
    this.#activities = activities;
    this.#concurrency = concurrency;
    this.#post = post;
    this.#now = now;
    this.#pulse = new Pulse(now, this.#running);
  }

  work(first: number, tasks: Packed<SentTask>): Promise<Report> {
    for (const [index, task] of (unpack(tasks) ?? []).entries()) {
      const held = new HeldTask(first + index, task, this.#post);
      this.#unfinished.set(held.number, held);
      this.#queue.push(held);
    }
    return new Promise((answer) => {
      this.#calls.push(answer);
      this.#begin();
      this.#gather();
    });
  }

  cancel(numbers: readonly number[], reason: Cancellation): void {
    for (const number of numbers) this.#unfinished.get(number)?.cancel(reason);
  }

  kept(heartbeats: readonly Kept[]): void {
    for (const [number, beat, failure] of heartbeats) this.#unfinished.get(number)?.kept(beat, failure);
  }

  /** What a report's values give away. */
  takeTransferables(report: Report): Transferable[] {
    const transferables = this.#transferables.get(report) ?? [];
    this.#transferables.delete(report);
    return [...new Set(transferables)];
  }

  #begin(hasRested = false): void {
    if (this.#resting) return;
    let at = this.#now();
    const restAt = at + stretchMs;
    for (let rested = hasRested; this.#running.size < this.#concurrency && this.#queue.length > 0; rested = false) {
      const next = this.#queue[0] as HeldTask;
      // What there is to report, or is about to be, must not wait behind one that may keep the thread. It cannot leave if
      // nobody calls for it; then at least it is told that it has ended.
      if (next.isSlow && !rested && (this.#report.numbers.length > 0 || this.#fresh.length > 0)) {
        this.#rest();
        return;
      }
      if (this.#ended.length > 0) this.#post({ note: 'ended', numbers: this.#ended.splice(0) });
      this.#queue.shift();
      at = this.#run(next, at);
      if (at >= restAt) {
        this.#rest();
        return;
      }
    }
  }

  /** Messages get their turn. */
  #rest(): void {
    this.#resting = true;
    this.#gather();
    void hop().then(() => {
      this.#resting = false;
      this.#begin(true);
      this.#gather();
    });
  }

  /** @returns the time after it has begun, as it would else be asked for twice */
  #run(held: HeldTask, startedAt: number): number {
    this.#running.add(held);
    try {
      held.begin(startedAt);
      held.throwIfCanceled();
      const returned = findActivity(this.#activities, held.name)(held.input, held.context());
      const at = this.#now();
      held.busyMs = at - startedAt;
      if (!isThenable(returned)) {
        this.#succeed(held, returned);
        return at;
      }
      this.#goesOn(held);
      Promise.resolve(returned).then(
        (value) => {
          this.#pulse.look();
          this.#succeed(held, value);
          this.#goOn();
        },
        (thrown) => {
          this.#pulse.look();
          this.#fail(held, thrown);
          this.#goOn();
        },
      );
      return at;
    } catch (thrown) {
      const at = this.#now();
      held.busyMs = at - startedAt;
      this.#fail(held, thrown);
      return at;
    }
  }

  #goOn(): void {
    this.#begin();
    this.#gather();
  }

  /** Most have ended a moment later; the host is told of the others, since it gives more to a worker whose thread is free. */
  #goesOn(held: HeldTask): void {
    if (this.#fresh.push(held) > 1) return;
    void hop().then(() => {
      const begun = this.#fresh.filter((each) => this.#running.has(each));
      this.#fresh = [];
      if (begun.length === 0) return;
      this.#pulse.start();
      this.#post({ note: 'free', begun: begun.map(({ number, busyMs }) => [number, busyMs]) });
    });
  }

  #succeed(held: HeldTask, value: unknown): void {
    try {
      checkValue(value, `output of activity '${held.name}'`);
    } catch (refused) {
      this.#fail(held, refused);
      return;
    }
    if (held.isTransferred) {
      const transferables = this.#transferables.get(this.#report) ?? [];
      this.#transferables.set(this.#report, [...transferables, ...transferablesIn(value)]);
    }
    this.#finish(held, value);
  }

  #fail(held: HeldTask, thrown: unknown): void {
    this.#report.failures.set(held.number, toFailure(thrown));
    this.#finish(held, undefined);
  }

  #finish(held: HeldTask, value: unknown): void {
    const { number, startedAt, busyMs } = held;
    held.end();
    this.#running.delete(held);
    this.#unfinished.delete(number);
    this.#report.numbers.push(number);
    if (held.isWatched) this.#ended.push(number);
    this.#report.times.push(this.#now() - startedAt);
    this.#report.busy.push(busyMs);
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
    this.#ended = [];
    this.#calls.shift()?.(report);
    while (this.#calls.length > this.#unfinished.size) this.#calls.shift()?.(emptyReport());
  }
}

function emptyReport(): Report {
  return { numbers: [], times: [], busy: [], values: [], failures: new Map() };
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    ((typeof value === 'object' && value !== null) || typeof value === 'function') &&
    'then' in value &&
    typeof value.then === 'function'
  );
}
