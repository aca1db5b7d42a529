/**
 * What a browser's storage fails with, in perdure's words: what happened, and what the user can do. Errors are told by
 * name, not by class: the class of some of them differs between browsers.
 */
import { HubUnavailableError, NewerSchemaError, PerdureError, StorageError } from '../../src/core/errors';
import { FencedError, StorageTimeoutError, UnstorableError } from './store';

/** Nothing has moved on for too long. */
export class StandstillError extends Error {
  constructor(
    readonly ms: number,
    readonly mayBeWritten: boolean,
  ) {
    super(`no answer for ${ms} ms`);
  }
}

/** A tab with an older version holds the database, and does not let go. */
export class BlockedError extends Error {}

/** What to tell of a failure. What has a type already stays as it is. */
export function typedError(error: unknown, hub: string): Error {
  const isTyped = error instanceof PerdureError || error instanceof FencedError || error instanceof UnstorableError;
  if (isTyped) return error;
  const storage = `the storage of task hub '${hub}'`;
  if (error instanceof StandstillError) {
    const { ms, mayBeWritten } = error;
    const problem = `${storage} has not answered for ${ms / 1_000} s: another tab may be frozen while it holds it, so close or reload the other tabs of this site, or else the browser`;
    return new StorageTimeoutError(
      mayBeWritten ? `${problem}; whether this was written is not known` : problem,
      mayBeWritten,
    );
  }
  if (error instanceof BlockedError) {
    return new HubUnavailableError(
      `${storage} is held by another tab with an older version of this page: close or reload that tab`,
    );
  }
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  if (name === 'DataCloneError') return new UnstorableError(message, { cause: error });
  if (name === 'VersionError') {
    const problem = `${storage} was written by a newer perdure: reload the page to get it`;
    return new NewerSchemaError(problem, { cause: error });
  }
  const problem =
    name === 'QuotaExceededError'
      ? `${storage} is full: free some space, on the disk or of this site's data`
      : `${storage} failed`;
  return new StorageError(`${problem} (${name}: ${message})`, { cause: error });
}

/**
 * Whether a request failed because of the one record that it is about. Some browsers say so; what the others say may as
 * well be a failure of all the storage, and counts as of the record only when another connection said it before.
 */
export function isRecordLost(error: unknown, isRepeated: boolean): boolean {
  const { name, message } = error instanceof Error ? error : { name: '', message: '' };
  if (name === 'UnknownError') return isRepeated && !/connection|server/i.test(message);
  return name === 'NotReadableError' || name === 'NotFoundError' || name === 'DataError';
}

/**
 * Whether it tells of a connection that is of no use any more. The browser has closed it (the user cleared the site's
 * data, its storage process died), or has aborted a transaction that nobody here did abort.
 */
export function isConnectionLost(error: unknown): boolean {
  const { name } = error instanceof Error ? error : { name: undefined };
  return name === 'InvalidStateError' || name === 'UnknownError' || name === 'AbortError';
}

/** Whether what a write failed with leaves open if it was written all the same: its answer may have been lost. */
export function mayBeWritten(error: unknown): boolean {
  if (error instanceof StorageTimeoutError) return error.mayBeWritten;
  return error instanceof StorageError && isConnectionLost(error.cause);
}
