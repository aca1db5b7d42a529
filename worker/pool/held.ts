/** A task that an activity worker holds, queued or running, and what its activity sees of it. */
import { PayloadError, TaskCanceledError, TimeoutError, toError } from '../../src/core/errors';
import type { FailureDetails } from '../../src/core/history';
import type { ActivityContext } from '../../src/core/types/activity';
import type { ActivityProgress } from '../../src/core/types/instance';
import { mapValue, sizeOf } from '../../src/core/values';
import { clearTimer, monotonicNow, setTimer, type Timer } from '../platform';
import { type Cancellation, isSlow, isTransferred, isWatched, type SentTask, type WorkerNote } from './exchange';

/** The shortest time between two notices of progress, in milliseconds. */
const progressEveryMs = 50;
/** As long as one heartbeat is not stored, another one is told after so many milliseconds, to show that it lives. */
const heartbeatEveryMs = 50;
/** Details of a heartbeat lie in the instance's row, so they are bounded. */
const mostDetailBytes = 32_768;

export class HeldTask {
  readonly number: number;
  /** How long it has had the thread for itself, in milliseconds. */
  busyMs = 0;
  startedAt = 0;
  readonly #task: SentTask;
  readonly #post: (note: WorkerNote) => void;
  #canceled: Error | undefined;
  #controller: AbortController | undefined;
  #hasEnded = false;
  #progress: ActivityProgress | undefined;
  #toldAt = Number.NEGATIVE_INFINITY;
  #telling: Timer | undefined;
  #beats = 0;
  #lastHeartbeat: unknown;
  /** The last beat that was told, and when; undefined if it is stored. */
  #told: { beat: number; at: number } | undefined;
  /** The last beat is not told yet. */
  #isUntold = false;
  /** Heartbeats that are not stored yet, by number. */
  #unkept: Map<number, { resolve(): void; reject(error: Error): void }> | undefined;

  constructor(number: number, task: SentTask, post: (note: WorkerNote) => void) {
    this.number = number;
    this.#task = task;
    this.#post = post;
    this.#lastHeartbeat = task[6];
  }

  get name(): string {
    return this.#task[4];
  }

  get input(): unknown {
    return this.#task[5];
  }

  get isWatched(): boolean {
    return this.#is(isWatched);
  }

  get isTransferred(): boolean {
    return this.#is(isTransferred);
  }

  get isSlow(): boolean {
    return this.#is(isSlow);
  }

  #is(flag: number): boolean {
    return ((this.#task[7] ?? 0) & flag) !== 0;
  }

  begin(at: number): void {
    this.startedAt = at;
    if (this.isWatched) this.#post({ note: 'began', number: this.number });
  }

  end(): void {
    this.#hasEnded = true;
    clearTimer(this.#telling);
    // The next attempt is to find it.
    if (this.#isUntold && !this.#canceled) this.#beat();
  }

  cancel({ code, message }: Cancellation): void {
    this.#canceled ??= code === 'Timeout' ? new TimeoutError(message) : new TaskCanceledError(message);
    this.#controller?.abort(this.#canceled);
    for (const { reject } of this.#unkept?.values() ?? []) reject(this.#canceled);
    this.#unkept = undefined;
  }

  throwIfCanceled(): void {
    if (this.#canceled) throw this.#canceled;
  }

  context(): ActivityContext {
    return new Context(this.#task, this);
  }

  // Most activities never look at their signal, and making one costs more than a small activity.
  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.#canceled) this.#controller.abort(this.#canceled);
    }
    return this.#controller.signal;
  }

  // ------------------------------------------------------------------------------------------------ progress

  progress(fraction: number, message: string | undefined): void {
    if (typeof fraction !== 'number')
      throw new TypeError(`progress takes a number from 0 to 1, not ${typeof fraction}`);
    if (message !== undefined && typeof message !== 'string') {
      throw new TypeError(`progress takes a string as its message, not ${typeof message}`);
    }
    if (this.#hasEnded || this.#canceled) return;
    // What is computed as a share may come out as NaN (of nothing), or a little above 1.
    const share = Math.min(Math.max(fraction || 0, 0), 1);
    this.#progress = { fraction: share, ...(message !== undefined && { message }) };
    const wait = this.#toldAt + progressEveryMs - monotonicNow();
    if (wait <= 0) this.#tell();
    else this.#telling ??= setTimer(() => this.#tell(), wait);
  }

  /** While the activity keeps the thread, no timer fires; then its next call tells. */
  #tell(): void {
    clearTimer(this.#telling);
    this.#telling = undefined;
    this.#toldAt = monotonicNow();
    if (this.#progress) this.#post({ note: 'progress', number: this.number, progress: this.#progress });
  }

  // ------------------------------------------------------------------------------------------------ heartbeats

  get lastHeartbeat(): unknown {
    return this.#lastHeartbeat;
  }

  heartbeat(details: unknown): Promise<void> {
    const kept = new Promise<void>((resolve, reject) => {
      if (this.#hasEnded) throw new TaskCanceledError('a heartbeat came after its activity had ended');
      this.throwIfCanceled();
      const copy = copyOfDetails(details, this.name);
      const beat = ++this.#beats;
      this.#unkept ??= new Map();
      this.#unkept.set(beat, { resolve, reject });
      this.#lastHeartbeat = copy;
      this.#isUntold = true;
      if (!this.#told || monotonicNow() - this.#told.at >= heartbeatEveryMs) this.#beat();
    });
    // One that is not awaited is nobody's failure.
    kept.catch(() => {});
    return kept;
  }

  /** Only one is under way to the storage: those that come meanwhile are told by the last of them. */
  #beat(): void {
    this.#isUntold = false;
    this.#told = { beat: this.#beats, at: monotonicNow() };
    this.#post({ note: 'heartbeat', number: this.number, beat: this.#beats, details: this.#lastHeartbeat });
  }

  /** A heartbeat is stored, and with it those before; or none of them could be. */
  kept(beat: number, failure: FailureDetails | undefined): void {
    if (this.#told?.beat === beat) {
      this.#told = undefined;
      if (this.#isUntold && !this.#hasEnded) this.#beat();
    }
    for (const [earlier, { resolve, reject }] of this.#unkept ?? []) {
      if (earlier > beat) break;
      this.#unkept?.delete(earlier);
      if (failure) reject(toError(failure));
      else resolve();
    }
  }
}

/** A copy, since the activity may change what it gave before it is told. @throws PayloadError */
function copyOfDetails(details: unknown, name: string): unknown {
  const what = `what activity '${name}' gave to heartbeat`;
  const copy = mapValue(details, what, {
    binary(value) {
      const type = Object.prototype.toString.call(value).slice(8, -1);
      throw new PayloadError(`${what} holds a binary value (${type}): keep that elsewhere, and give where`);
    },
  });
  const bytes = sizeOf(details);
  if (bytes <= mostDetailBytes) return copy;
  throw new PayloadError(`${what} takes some ${bytes} bytes: ${mostDetailBytes} are the most`);
}

class Context implements ActivityContext {
  readonly instanceId: string;
  readonly taskId: number;
  readonly attempt: number;
  readonly idempotencyKey: string;
  readonly #name: string;
  readonly #held: HeldTask;

  constructor([instanceId, taskId, attempt, idempotencyKey, name]: SentTask, held: HeldTask) {
    this.instanceId = instanceId;
    this.taskId = taskId;
    this.attempt = attempt;
    this.idempotencyKey = idempotencyKey;
    this.#name = name;
    this.#held = held;
  }

  get signal(): AbortSignal {
    return this.#held.signal;
  }

  // These can be taken out of the context (`({ log }) => …`), and are made only where somebody looks.
  get log(): ActivityContext['log'] {
    return (...args) => console.log(`[perdure activity ${this.instanceId} ${this.#name}]`, ...args);
  }

  get progress(): ActivityContext['progress'] {
    return (fraction, message) => this.#held.progress(fraction, message);
  }

  get heartbeat(): ActivityContext['heartbeat'] {
    return (details) => this.#held.heartbeat(details);
  }

  get lastHeartbeat(): unknown {
    return this.#held.lastHeartbeat;
  }
}
