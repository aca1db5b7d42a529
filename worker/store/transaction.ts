/**
 * One IndexedDB transaction that applies as a whole or not at all, and tells why not. IndexedDB alone does neither: a
 * `put` that throws aborts nothing, so what was requested before it commits; and what fails a transaction is known to
 * one of its requests or to the transaction, and everyone else hears "AbortError". Nor does it ever give up.
 */
import { type IDBPDatabase, type IDBPTransaction, type StoreKey, type StoreNames, type StoreValue, unwrap } from 'idb';
import { isRecordLost, StandstillError } from './failures';
import type { MetaRecords } from './meta';
import type { Schema } from './schema';
import { TimeLimit } from './time-limit';

export type Database = IDBPDatabase<Schema>;
export type StoreName = StoreNames<Schema>;
export type Transaction<Mode extends IDBTransactionMode> = IDBPTransaction<Schema, StoreName[], Mode>;

/** What stands in the place of a value that the browser has lost. */
export const unreadable = Symbol('unreadable');

export interface Queue {
  /** Takes note of a request, so that its failure aborts the transaction and is what is reported. */
  <Result>(request: Promise<Result>): Promise<Result>;
  /**
   * Takes note of a read, which may give {@link unreadable}: browsers keep large values in files of their own, and one of
   * them can go missing. Only for transactions that write nothing: Chromium aborts one with such a read in the end, even
   * if the error was handled.
   */
  readable<Result>(request: Promise<Result>): Promise<Result | typeof unreadable>;
}

/**
 * Makes the requests of a transaction, each through `queue`. It is called at once, so the values that it writes are
 * those of that moment. It may await nothing but requests of its transaction: a browser commits one that looks idle.
 */
export type Body<Mode extends IDBTransactionMode, Result> = (
  transaction: Transaction<Mode>,
  queue: Queue,
) => Result | Promise<Result>;

/**
 * Resolves when the transaction is complete, or, if it only reads, when it has its answers; rejects with the first
 * error, after which nothing of it is written.
 *
 * It is given up when none of its requests was answered within the limit ({@link StandstillError}). What becomes of it
 * then is certain for whoever looks, because browsers run transactions that share a store in the order in which they
 * were made, whatever connection they are of:
 * - If `abort` was still possible, nothing of it is written, now or later: a browser commits only when it is told to,
 *   by `commit` or by a transaction that has nothing left to do, and this one can tell it neither any more.
 * - If it was not, the browser was committing already, and may still do so. But a read of the same stores that is made
 *   after that waits until this has ended, so it sees what is written for good. (It may be given up in turn: then
 *   nothing is known yet, and only another look can tell.)
 */
export function complete<Mode extends IDBTransactionMode, Result>(
  transaction: Transaction<Mode>,
  body: Body<Mode, Result>,
  limitMs: number,
  isRepeated = false,
): Promise<Result> {
  let failure: { error: unknown } | undefined;
  const fail = (error: unknown) => {
    failure ??= { error };
    abort(transaction);
    return failure.error;
  };
  return new Promise((resolve, reject) => {
    const limit = new TimeLimit(limitMs, () => {
      const isAborted = abort(transaction);
      const mayBeWritten = transaction.mode !== 'readonly' && !isAborted;
      reject(failure ? failure.error : new StandstillError(limitMs, mayBeWritten));
    });
    const answered = () => limit.restart();
    const note = <Answer>(request: Promise<Answer>) => {
      request.then(answered, fail);
      return request;
    };
    const queue: Queue = Object.assign(note, {
      readable: <Answer>(request: Promise<Answer>) => note(readable(request, isRepeated)),
    });
    const run = async () => {
      try {
        const result = await body(transaction, queue);
        if (transaction.mode !== 'readonly') await transaction.done;
        resolve(result);
      } catch (error) {
        reject(fail(error));
      } finally {
        limit.stop();
      }
    };
    transaction.done.catch(fail);
    // Who requests something without a promise for it learns of its failure here.
    bareOf(transaction).addEventListener('error', ({ target }) => fail((target as IDBRequest).error));
    void run();
  });
}

/** A store for writes that need no answer: a promise for each would take longer than the request. */
export interface Writes<Name extends StoreName> {
  add(value: StoreValue<Schema, Name>): void;
  put(value: StoreValue<Schema, Name>, key?: StoreKey<Schema, Name>): void;
  delete(key: StoreKey<Schema, Name> | IDBKeyRange): void;
}

/** If one of them fails, so does the transaction. */
export function writesTo<Name extends StoreName>(transaction: Transaction<'readwrite'>, name: Name): Writes<Name> {
  return bareOf(transaction).objectStore(name);
}

function bareOf(transaction: Transaction<IDBTransactionMode>): IDBTransaction {
  return unwrap(transaction as Transaction<'readonly'>);
}

/** Says whether it was still possible. */
function abort(transaction: Transaction<IDBTransactionMode>): boolean {
  try {
    transaction.abort();
    return true;
  } catch {
    return false;
  }
}

/** @param isRepeated the transaction has failed once in a way that may have been the connection's */
function readable<Result>(request: Promise<Result>, isRepeated: boolean): Promise<Result | typeof unreadable> {
  const raw = unwrap(request as Promise<never>) as IDBRequest;
  raw.addEventListener('error', (event) => {
    if (!isRecordLost(raw.error, isRepeated)) return;
    event.preventDefault();
    // For idb, an error that reaches the transaction has failed it.
    event.stopPropagation();
  });
  return request.catch((error: unknown) => {
    if (!isRecordLost(error, isRepeated)) throw error;
    return unreadable;
  });
}

/** Reads a record of `meta`, where each has a type of its own. */
export function getMeta<Name extends keyof MetaRecords>(
  transaction: Transaction<IDBTransactionMode>,
  name: Name,
): Promise<MetaRecords[Name] | undefined> {
  return transaction.objectStore('meta').get(name) as Promise<MetaRecords[Name] | undefined>;
}
