/**
 * One IndexedDB transaction that applies as a whole or not at all, and tells why not. IndexedDB alone does neither: a
 * `put` that throws aborts nothing, so what was requested before it commits; and what fails a transaction is known to
 * one of its requests or to the transaction, and everyone else hears "AbortError".
 */
import type { IDBPDatabase, IDBPTransaction, StoreNames } from 'idb';
import type { MetaRecords } from './meta';
import type { Schema } from './schema';

export type Database = IDBPDatabase<Schema>;
export type StoreName = StoreNames<Schema>;
export type Transaction<Mode extends IDBTransactionMode> = IDBPTransaction<Schema, StoreName[], Mode>;

/** Takes note of a request, so that its failure aborts the transaction and is what is reported. */
export type Queue = <Result>(request: Promise<Result>) => Promise<Result>;

/**
 * Makes the requests of a transaction, each through `queue`. It is called at once, so the values that it writes are
 * those of that moment. It may await nothing but requests of its transaction: a browser commits one that looks idle.
 */
export type Body<Mode extends IDBTransactionMode, Result> = (
  transaction: Transaction<Mode>,
  queue: Queue,
) => Result | Promise<Result>;

/** Resolves when the transaction is complete; rejects with the first error, after which nothing of it is written. */
export async function complete<Mode extends IDBTransactionMode, Result>(
  transaction: Transaction<Mode>,
  body: Body<Mode, Result>,
): Promise<Result> {
  let failure: { error: unknown } | undefined;
  const fail = (error: unknown) => {
    failure ??= { error };
    try {
      transaction.abort();
    } catch {
      // It has ended already.
    }
    return failure.error;
  };
  transaction.done.catch(fail);
  const queue: Queue = (request) => {
    request.catch(fail);
    return request;
  };
  try {
    const result = await body(transaction, queue);
    await transaction.done;
    return result;
  } catch (error) {
    throw fail(error);
  }
}

/** Reads a record of `meta`, where each has a type of its own. */
export function getMeta<Name extends keyof MetaRecords>(
  transaction: Transaction<IDBTransactionMode>,
  name: Name,
): Promise<MetaRecords[Name] | undefined> {
  return transaction.objectStore('meta').get(name) as Promise<MetaRecords[Name] | undefined>;
}
