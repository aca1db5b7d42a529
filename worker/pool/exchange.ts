/**
 * What the hub's worker (the host) and an activity worker say to each other. A Comlink call costs several bare messages,
 * so one call carries both ways: it brings tasks, and its answer is whatever results there are by then, of whichever
 * call's tasks. A step costs two messages; a batch of 500 no-ops too.
 *
 * - Every task that is sent is reported exactly once, cancelled or not. The host numbers the tasks of a worker in the
 *   order in which it sends them; the worker begins them in that order, so many at a time as agreed in `hello`.
 * - While a worker holds unfinished tasks, the host has at least one `work` call pending there. If it has nothing to
 *   send, it calls with no tasks.
 * - While a call is pending, the worker keeps no result back. It answers the oldest call once no more results come in
 *   the same turn of the event loop. Between an answer and the next call, results gather.
 * - The worker has never more calls pending than unfinished tasks: it answers the rest with nothing. So an idle worker
 *   owes no answer, and calls do not pile up.
 * - Errors are data. A call is rejected only if what it carries could not be posted; then nothing of it has arrived.
 * - Beside the calls, the worker posts notes, which leave it at once, also from within an activity that keeps the thread:
 *   that a task has begun, that the thread is free again after it, how far it is, and its heartbeats. The host answers
 *   each heartbeat with `kept`, once a commit holds it or a later one of the same task.
 * - A dead worker answers nothing for ever. It holds a Web Lock from its first moment; when that is granted to the host,
 *   the worker is dead, and the host drops its calls.
 */
import type { FailureDetails, RunOptions } from '../../src/core/history';
import type { ActivityProgress } from '../../src/core/types/instance';
import type { Packed } from '../packed';

/** What a task is run with. */
export interface TaskValues {
  input?: unknown;
  /** What an earlier run of the call has recorded. */
  lastHeartbeat?: unknown;
}

/** One attempt of one activity task. */
export interface ActivityTask extends TaskValues {
  /** Execution and task: unique among what runs in the hub. */
  key: string;
  instanceId: string;
  taskId: number;
  attempt: number;
  idempotencyKey: string;
  /** The activity's name: its key in the module given to `serve`. */
  name: string;
  run?: RunOptions;
  /**
   * Reads what it is run with, where that does not lie here: large and binary values stay in the storage until then.
   * @throws what the task fails with: `PayloadError`, `CodecError`
   */
  read?(): Promise<TaskValues>;
}

/** What became of a task. */
export type ActivityResult =
  | { key: string; ok: true; value?: unknown }
  /** `isUnread`: what it is run with could not be read, so it was not run. */
  | { key: string; ok: false; failure: FailureDetails; isUnread?: true };

/** What is told of a task before it has a result. */
export type ActivityNote =
  /** It runs. Told of those with a time limit or a condition only. */
  | { kind: 'began'; key: string }
  /** It has ended in time; its result follows. */
  | { kind: 'ended'; key: string }
  /** It runs no longer, through no fault of its own, and will begin again. */
  | { kind: 'again'; key: string }
  | { kind: 'progress'; key: string; progress: ActivityProgress }
  /** `kept` is called when it is stored, or with why it could not be. */
  | { kind: 'heartbeat'; key: string; details: unknown; kept(failure?: FailureDetails): void };

/** Why a task is not wanted any more: how its signal aborts. */
export interface Cancellation {
  code: 'TaskCanceled' | 'Timeout';
  message: string;
}

/** How a task is to be treated in the worker. */
export const isWatched = 1;
export const isTransferred = 2;
export const isSlow = 4;

/** A task as it is sent: what is at its end and undefined is left out. */
export type SentTask = readonly [
  instanceId: string,
  taskId: number,
  attempt: number,
  idempotencyKey: string,
  name: string,
  input?: unknown,
  lastHeartbeat?: unknown,
  /**
   * {@link isWatched}: its begin is told. {@link isTransferred}: its result is moved, not copied. {@link isSlow}: it may
   * keep the thread, so what there is to report goes first.
   */
  flags?: number,
];

/** Results as they are sent, in columns: these take a third of the time that objects take to be cloned. */
export interface Report {
  numbers: number[];
  /** How long each ran, in milliseconds. */
  times: number[];
  /** How much of that each had the thread for itself, as far as can be told. */
  busy: number[];
  values: unknown[];
  /** Which of them failed, by number; their values count for nothing. */
  failures: Map<number, FailureDetails>;
}

/** A bare message that the worker posts between its answers. */
export type WorkerNote =
  | { note: 'began'; number: number }
  /** They have ended, and were watched; what they came to is reported later. */
  | { note: 'ended'; numbers: number[] }
  /** These have begun and go on, the thread is free again, and each had it for so many milliseconds. */
  | { note: 'free'; begun: [number: number, busyMs: number][] }
  | { note: 'progress'; number: number; progress: ActivityProgress }
  | { note: 'heartbeat'; number: number; beat: number; details: unknown };

/** What became of a heartbeat: it is stored, or could not be. */
export type Kept = readonly [number: number, beat: number, failure?: FailureDetails];

/**
 * The bare message with which an activity worker begins. It has to speak first: messages that reach a worker before it
 * listens are lost, and its file may await something at its top.
 */
export const greeting = 'perdure: activity worker';

/** What an activity worker exposes. */
export interface ActivityWorkerApi {
  /** Agrees how many tasks run at a time. Answers with the name of the lock that the worker holds while it lives, if it can. */
  hello(concurrency: number): Promise<string | undefined>;
  /** Takes tasks, numbered from `first` on, and answers with results. */
  work(first: number, tasks: Packed<SentTask>): Promise<Report>;
  /** Aborts what runs of these, and never begins the others. */
  cancel(numbers: readonly number[], reason: Cancellation): void;
  kept(heartbeats: readonly Kept[]): void;
}
