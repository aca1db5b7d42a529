/**
 * The errors that perdure throws. Each has a `code` that stays the same in every build (class names do not survive
 * minifiers), and a message that says what was wrong, where, and what to do.
 */
import type { FailureDetails } from './history';

export type ErrorCode =
  | 'InstanceNotFound'
  | 'InstanceExists'
  | 'InstanceNotRunning'
  | 'InstanceRunning'
  | 'InstanceFailed'
  | 'InstanceTerminated'
  | 'InstanceNotFailed'
  | 'InvalidName'
  | 'InvalidToken'
  | 'UnknownOrchestration'
  | 'UnknownActivity'
  | 'TaskFailed'
  | 'TaskCanceled'
  | 'CompensationFailed'
  | 'Timeout'
  | 'NonDeterminism'
  | 'Payload'
  | 'Codec'
  | 'Storage'
  | 'WorkerLost'
  | 'HubUnavailable'
  | 'OutcomeUnknown'
  | 'NewerSchema'
  | 'InvalidExport';

/** What all errors of perdure have in common. */
export class PerdureError extends Error {
  readonly code: ErrorCode;
  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = `${code}Error`;
    this.code = code;
  }
}

function errorClass(code: ErrorCode) {
  return class extends PerdureError {
    constructor(message: string, options?: ErrorOptions) {
      super(code, message, options);
    }
  };
}

/** No instance has this id. */
export class InstanceNotFoundError extends errorClass('InstanceNotFound') {}
/** An instance with this id is there already and has not ended. */
export class InstanceExistsError extends errorClass('InstanceExists') {}
/** The instance has ended, so it takes no more events and cannot be terminated. */
export class InstanceNotRunningError extends errorClass('InstanceNotRunning') {}
/** The instance has not ended, so it cannot be purged. */
export class InstanceRunningError extends errorClass('InstanceRunning') {}
/** The instance has not failed, so there is nothing to rewind. */
export class InstanceNotFailedError extends errorClass('InstanceNotFailed') {}
/** An id or a name is empty, too long, or no string. */
export class InvalidNameError extends errorClass('InvalidName') {}
/** A continuation token is none, or is of a list in another order. */
export class InvalidTokenError extends errorClass('InvalidToken') {}
/** No orchestration of this name is registered with `serve`. */
export class UnknownOrchestrationError extends errorClass('UnknownOrchestration') {}
/** No activity of this name is registered with `serve`. */
export class UnknownActivityError extends errorClass('UnknownActivity') {}
/** The task was cancelled, by `task.cancel()`. */
export class TaskCanceledError extends errorClass('TaskCanceled') {}
/** It did not happen in time. */
export class TimeoutError extends errorClass('Timeout') {}
/** A value cannot be stored; the message has its path within what was given. */
export class PayloadError extends errorClass('Payload') {}
/** A value cannot be encoded or decoded: its key is missing or another one, or the codec failed. What is stored stays as it is. */
export class CodecError extends errorClass('Codec') {}
/** The browser's storage refused or failed. */
export class StorageError extends errorClass('Storage') {}
/** An activity's worker died while it ran, or could not be started. */
export class WorkerLostError extends errorClass('WorkerLost') {}
/** The task hub cannot be reached: its worker did not start, or the client was closed. */
export class HubUnavailableError extends errorClass('HubUnavailable') {}
/**
 * The command was sent, and then whoever was to carry it out went away: nobody can tell whether it has happened. What
 * only reads or waits never ends so: it is asked again.
 */
export class OutcomeUnknownError extends errorClass('OutcomeUnknown') {}
/** What is stored was written by a newer perdure than the one that runs. Nothing was changed. */
export class NewerSchemaError extends errorClass('NewerSchema') {}
/** What was to be imported is no exported instance, or not a whole one. */
export class InvalidExportError extends errorClass('InvalidExport') {}

/** A replay did not decide what its history records. The history is right; the code has changed or is not deterministic. */
export class NonDeterminismError extends errorClass('NonDeterminism') {}

/** An activity or a sub-orchestration failed, in all its attempts; `cause` is what the last one failed with. */
export class TaskFailedError extends PerdureError {
  constructor(
    readonly taskName: string,
    /** The number of the call: the task of its first attempt. */
    readonly taskId: number,
    readonly failure: FailureDetails,
  ) {
    super('TaskFailed', `${taskName} failed: ${failure.message}`, { cause: toError(failure) });
  }
}

/** Steps could not be undone. `cause` is why they had to be, and `failures` is what each of them failed with. */
export class CompensationFailedError extends PerdureError {
  constructor(
    readonly failures: readonly Error[],
    cause: unknown = failures[0],
  ) {
    super(
      'CompensationFailed',
      `not everything could be undone: ${failures.map(({ message }) => message).join('; ')}`,
      { cause },
    );
  }
}

/** The instance that was waited for failed. */
export class InstanceFailedError extends PerdureError {
  constructor(
    readonly instanceId: string,
    readonly failure: FailureDetails,
  ) {
    super('InstanceFailed', `instance '${instanceId}' failed: ${failure.message}`, { cause: toError(failure) });
  }
}

/** The instance that was waited for was terminated. */
export class InstanceTerminatedError extends PerdureError {
  constructor(
    readonly instanceId: string,
    readonly reason: string | undefined,
  ) {
    super('InstanceTerminated', `instance '${instanceId}' was terminated${reason ? `: ${reason}` : ''}`);
  }
}

/** What was thrown, in a form that can be stored and sent. Anything can be thrown, so nothing is taken for granted. */
export function toFailure(thrown: unknown, depth = 0): FailureDetails {
  if (!(thrown instanceof Error)) {
    const text = typeof thrown === 'string' ? thrown : describe(thrown);
    return { name: 'Error', message: text };
  }
  const { code } = thrown as { code?: unknown };
  const failure: FailureDetails = { name: String(thrown.name), message: String(thrown.message) };
  // A DOMException's code is a number that says no more than its name.
  if (typeof code === 'string') failure.code = code;
  if (typeof thrown.stack === 'string') failure.stack = thrown.stack;
  if (thrown instanceof TaskFailedError) failure.taskId = thrown.taskId;
  // A chain of causes can be a circle.
  if (thrown.cause !== undefined && depth < 8) failure.cause = toFailure(thrown.cause, depth + 1);
  return failure;
}

function describe(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}

/** The counterpart of {@link toFailure}: an Error with the name, message, stack, code and cause that were recorded. */
export function toError(failure: FailureDetails): Error {
  const error = new Error(failure.message, failure.cause && { cause: toError(failure.cause) });
  error.name = failure.name;
  if (failure.stack !== undefined) error.stack = failure.stack;
  return failure.code === undefined ? error : Object.assign(error, { code: failure.code });
}
