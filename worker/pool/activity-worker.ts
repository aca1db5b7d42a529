/**
 * One activity worker as its host sees it: what it was given, what it has been asked, and whether it lives. No event
 * tells that a worker died, and a Comlink call to a dead one stays pending for ever; so the worker holds a lock, and
 * when that is granted here, the worker is dead and all that it held comes back.
 *
 * Comlink draws its ids from `Math.random`, and an async turn may be under way: so every call into it goes `outside`.
 */
import { type Endpoint, type Remote, releaseProxy, wrap } from 'comlink';
import { PayloadError, toFailure } from '../../src/core/errors';
import type { FailureDetails } from '../../src/core/history';
import { outside } from '../determinism';
import { clearTimer, hop, locks, monotonicNow, setTimer, type Timer } from '../platform';
import type { Assignment } from './assignment';
import { type Estimate, quickMs } from './estimates';
import {
  type ActivityNote,
  type ActivityResult,
  type ActivityWorkerApi,
  type Cancellation,
  greeting,
  type Kept,
  type Report,
  type WorkerNote,
} from './exchange';
import { isCloneable, sentTasks } from './sent-task';

/** What a worker held when it was lost. */
export interface Loss {
  /** Why it never came up; absent if it did. */
  unstartable?: string;
  /** The pool has ended it itself. */
  isMeant?: true;
  /** What ran, if that may be why it is lost. */
  begun: readonly Assignment[];
  /** What is to run elsewhere, in order. */
  waiting: readonly Assignment[];
}

/** An assignment with its result, and how long it ran. */
export interface Finished {
  assignment: Assignment;
  result: ActivityResult;
  ms?: number;
  busyMs?: number;
}

export interface ActivityWorkerOptions {
  spawn: () => Worker;
  concurrency: number;
  readyWithinMs: number;
  /** What goes on so long after it was cancelled costs the worker its life. */
  graceMs: number;
  /** It can be sent what it was assigned. */
  onReady(): void;
  onFinished(finished: readonly Finished[]): void;
  /** These run, the thread was free again, and each had kept it for so many milliseconds. */
  onFree(begun: readonly (readonly [Assignment, busyMs: number])[]): void;
  onNote(note: ActivityNote): void;
  onLost(loss: Loss): void;
}

// Browsers do not tell which.
const unloadable =
  'its file could not be loaded (it is gone, as after a new deployment: reload the page; or it has a syntax error)';

/** A thread of which no more is asked for has time for anything else. */
const lightShare = 0.25;

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
  /** The last message could not be posted. */
  #isUnposted = false;
  /** What it holds takes so long, one after the other. */
  #costs = 0;
  /** How much of the thread's time what it holds asks for: 1 is all of it. */
  #shares = 0;
  /** When it last reported, or else was given its first task. */
  #heardAt = 0;
  #kept: Kept[] = [];
  readonly #graces = new Set<Timer>();
  #isRetired = false;
  #state: 'starting' | 'ready' | 'gone' = 'starting';

  constructor(options: ActivityWorkerOptions) {
    this.#options = options;
    this.#worker = outside(() => options.spawn());
    this.#worker.addEventListener('error', (event) => this.#onError(event));
    this.#worker.addEventListener('message', ({ data }) => {
      if (data === greeting)
        void outside(() => this.#remote.hello(options.concurrency)).then((lock) => this.#onReady(lock));
      else if (data?.note) this.#onNote(data as WorkerNote);
    });
    this.#remote = wrap<ActivityWorkerApi>(this.#endpoint());
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

  /** How many tasks it has been given in its life. */
  get assignedInAll(): number {
    return this.#nextNumber + this.#unsent.length;
  }

  /**
   * How much work it has, in milliseconds: what it holds, and how long it has kept silent over it. So a task that takes
   * the whole thread, against all estimates, draws no others.
   */
  load(at: number): number {
    return this.size === 0 ? 0 : this.#costs + at - this.#heardAt;
  }

  /** How much of the thread's time what it holds asks for. */
  get shares(): number {
    return this.#shares;
  }

  /**
   * Whether a task can go there. Among those that it runs at a time, one that computes has the thread for itself, and
   * those that wait share it; beyond them, and beside one that computes, only what is quick.
   */
  hasRoom({ ms, share }: Estimate, isSentAhead: boolean, aheadMs: number): boolean {
    const ahead = this.size + 1 - this.#options.concurrency;
    if (ahead > 0) return isSentAhead && ahead * ms <= aheadMs;
    return this.#shares <= lightShare || this.#shares + share <= 1 || this.#costs + ms <= quickMs;
  }

  /** Takes a task; {@link send} sends it. */
  assign(assignment: Assignment): void {
    if (this.size === 0) {
      this.#costs = 0;
      this.#shares = 0;
      this.#heardAt = monotonicNow();
    }
    this.#costs += assignment.estimate.ms;
    this.#shares += assignment.estimate.share;
    this.#unsent.push(assignment);
  }

  /** Comlink rejects a call that could not be posted and one that was answered with an error alike: this tells which. */
  #endpoint(): Endpoint {
    const worker = this.#worker;
    return {
      addEventListener: worker.addEventListener.bind(worker),
      removeEventListener: worker.removeEventListener.bind(worker),
      postMessage: (message, transferables) => {
        try {
          worker.postMessage(message, transferables ?? []);
        } catch (error) {
          this.#isUnposted = true;
          throw error;
        }
      },
    };
  }

  #release({ estimate }: Assignment): void {
    this.#costs -= estimate.ms;
    this.#shares -= estimate.share;
  }

  /**
   * Gives back a task that was assigned and cannot be sent.
   * @returns whether it was here
   */
  drop(assignment: Assignment): boolean {
    const at = this.#unsent.indexOf(assignment);
    if (at < 0) return false;
    this.#unsent.splice(at, 1);
    this.#release(assignment);
    return true;
  }

  /** Sends what was assigned, in one call, and sees to it that a call is pending while tasks are unfinished. */
  send(): void {
    if (this.#state !== 'ready') return;
    if (this.#unsent.length === 0 && (this.#sent.size === 0 || this.#pendingCalls > 0)) return;
    const isAllReady = this.#unsent.every(({ ready }) => ready);
    const batch = isAllReady ? this.#unsent : this.#unsent.filter(({ ready }) => ready);
    if (batch.length === 0 && (this.#sent.size === 0 || this.#pendingCalls > 0)) return;
    this.#unsent = isAllReady ? [] : this.#unsent.filter(({ ready }) => !ready);
    const first = this.#nextNumber;
    this.#nextNumber += batch.length;
    for (const [index, assignment] of batch.entries()) this.#sent.set(first + index, assignment);
    this.#pendingCalls++;
    this.#isUnposted = false;
    const call = outside(() => this.#work(first, sentTasks(batch)));
    const isUnposted = this.#isUnposted;
    call.then(
      (report) => this.#onReport(report),
      (error) => {
        if (isUnposted) this.#onRefused(first, batch, error);
        // An answer that is an error says nothing of what runs there: nobody would ever hear of it.
        else this.#lose();
      },
    );
  }

  /**
   * Nothing is reported for these any more. What runs of them is told, and has the grace period to end.
   * @returns those that had not been sent
   */
  cancel(keys: ReadonlySet<string>, reason: Cancellation): Assignment[] {
    const unsent = this.#unsent.filter(({ task }) => keys.has(task.key));
    for (const assignment of unsent) {
      assignment.canceled = true;
      this.drop(assignment);
    }
    const numbers: number[] = [];
    for (const [number, assignment] of this.#sent) {
      if (assignment.canceled || !keys.has(assignment.task.key)) continue;
      assignment.canceled = true;
      numbers.push(number);
    }
    if (numbers.length > 0) {
      void outside(() => this.#remote.cancel(numbers, reason));
      this.#graceFor(numbers);
    }
    return unsent;
  }

  /**
   * What still runs then ends the worker. What runs is known of those that have given the thread back. One that keeps it
   * cannot be told from those before it, which have ended and could not report; but then nothing is heard at all.
   */
  #graceFor(numbers: readonly number[]): void {
    const { graceMs } = this.#options;
    const beganAt = monotonicNow();
    const grace = setTimer(() => {
      this.#graces.delete(grace);
      const left = numbers.filter((number) => this.#sent.has(number));
      if (left.length === 0) return;
      const isSilent = this.#heardAt <= beganAt;
      if (isSilent || left.some((number) => this.#sent.get(number)?.begun)) this.#end();
      else this.#graceFor(left);
    }, graceMs);
    this.#graces.add(grace);
  }

  /** Tells what became of a heartbeat. */
  #tellKept(number: number, beat: number, failure: FailureDetails | undefined): void {
    if (this.#kept.push(failure ? [number, beat, failure] : [number, beat]) > 1) return;
    // Those of one commit travel together.
    queueMicrotask(() => {
      const kept = this.#kept.splice(0);
      if (this.#state === 'ready') outside(() => void this.#remote.kept(kept));
    });
  }

  /** Lets what runs end within the grace period, and nothing is reported any more. */
  retire(reason: Cancellation): void {
    const keys = new Set(Array.from(this.#sent.values(), ({ task }) => task.key));
    this.#isRetired = true;
    this.#unsent = [];
    if (this.#state !== 'ready' || keys.size === 0) {
      this.terminate();
      return;
    }
    this.cancel(keys, reason);
    // So that it can report that they have ended.
    this.send();
  }

  terminate(): void {
    this.#state = 'gone';
    clearTimer(this.#deadline);
    for (const grace of this.#graces) clearTimer(grace);
    outside(() => this.#remote[releaseProxy]());
    this.#worker.terminate();
  }

  #onReady(lock: string | undefined): void {
    if (this.#state !== 'starting') return;
    this.#state = 'ready';
    clearTimer(this.#deadline);
    // What it reported before it died has arrived, but perhaps was not handled yet.
    if (lock !== undefined) void locks.request(lock, hop).then(() => this.#lose());
    this.#options.onReady();
  }

  #onNote(note: WorkerNote): void {
    if (this.#state === 'gone') return;
    this.#heardAt = monotonicNow();
    if (note.note === 'free') {
      const begun = note.begun.flatMap(([number, busyMs]): [Assignment, number][] => {
        const assignment = this.#sent.get(number);
        if (assignment) assignment.begun = true;
        return assignment ? [[assignment, busyMs]] : [];
      });
      this.#options.onFree(begun);
      return;
    }
    if (note.note === 'ended') {
      for (const number of note.numbers) {
        const ended = this.#sent.get(number);
        if (ended && !ended.canceled) this.#options.onNote({ kind: 'ended', key: ended.task.key });
      }
      return;
    }
    const { number } = note;
    const assignment = this.#sent.get(number);
    if (!assignment || assignment.canceled) return;
    const { key } = assignment.task;
    switch (note.note) {
      case 'began':
        assignment.begun = true;
        this.#options.onNote({ kind: 'began', key });
        break;
      case 'progress':
        this.#options.onNote({ kind: 'progress', key, progress: note.progress });
        break;
      case 'heartbeat': {
        const { beat, details } = note;
        assignment.lastHeartbeat = details;
        const kept = (failure?: FailureDetails) => this.#tellKept(number, beat, failure);
        this.#options.onNote({ kind: 'heartbeat', key, details, kept });
        break;
      }
    }
  }

  /** What is known of a task now, in place of what was assumed when it was assigned. */
  reassess(assignment: Assignment, estimate: Estimate): void {
    this.#release(assignment);
    assignment.estimate = estimate;
    this.#costs += estimate.ms;
    this.#shares += estimate.share;
  }

  #onReport(report: Report): void {
    if (this.#state === 'gone') return;
    this.#pendingCalls--;
    this.#heardAt = monotonicNow();
    const { numbers, times, busy, values, failures } = report;
    const finished = numbers.map((number, index): Finished => {
      const assignment = this.#sent.get(number)!;
      const { key } = assignment.task;
      const failure = failures.get(number);
      const value = values[index];
      this.#sent.delete(number);
      this.#release(assignment);
      const succeeded: ActivityResult = value === undefined ? { key, ok: true } : { key, ok: true, value };
      const result = failure ? ({ key, ok: false, failure } as const) : succeeded;
      return { assignment, ms: times[index]!, busyMs: busy[index]!, result };
    });
    this.#options.onFinished(finished);
    if (!this.#isRetired) return;
    if (this.#sent.size === 0) this.terminate();
    else this.send();
  }

  /** The call could not be posted, so the worker has nothing of it. The culprits fail; the others are sent again. */
  #onRefused(first: number, batch: readonly Assignment[], error: unknown): void {
    if (this.#state === 'gone') return;
    this.#pendingCalls--;
    for (const index of batch.keys()) this.#sent.delete(first + index);
    const uncloneable = batch.filter(({ input }) => !isCloneable(input));
    const culprits = new Set(uncloneable.length > 0 ? uncloneable : batch);
    this.#unsent = [...batch.filter((assignment) => !culprits.has(assignment)), ...this.#unsent];
    const failed: Finished[] = [];
    for (const assignment of culprits) {
      const { key, name } = assignment.task;
      const refusal = new PayloadError(`the input of activity '${name}' cannot be sent to a worker`, { cause: error });
      this.#release(assignment);
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
    this.#unsent = [];
    this.#options.onLost({ begun, waiting, ...(unstartable !== undefined && { unstartable }) });
  }

  /** Ends it for what ran past its grace period. All others are to run elsewhere, and it costs them nothing. */
  #end(): void {
    if (this.#state === 'gone') return;
    this.terminate();
    const waiting = [...this.#sent.values(), ...this.#unsent];
    this.#unsent = [];
    this.#options.onLost({ isMeant: true, begun: [], waiting });
  }
}
