/**
 * A connection to a task hub's database that mends itself. Browsers close connections under their owner (another tab
 * deletes or upgrades the database, the user clears it, Safari's storage process dies), so it is opened anew when it is
 * needed; but a database that is gone is never replaced by an empty one as if nothing had been.
 */
import { openDB } from 'idb';
import { NewerSchemaError, PerdureError, StorageError } from '../../src/core/errors';
import { outside } from '../determinism';
import { newMeta, type OwnerRecord, recognize } from './meta';
import { databaseName, databaseVersion, type Schema, upgradeStores } from './schema';
import { ClearedError, FencedError, UnstorableError } from './store';
import { type Body, complete, type Database, getMeta, type StoreName, type Transaction } from './transaction';

export type Durability = 'relaxed' | 'strict';

export class Connection {
  readonly #hub: string;
  readonly #durability: Durability;
  #database: Database | undefined;
  #opening: Promise<Database> | undefined;
  #knownId: string | undefined;
  #closed = false;

  constructor(hub: string, durability: Durability) {
    this.#hub = hub;
    this.#durability = durability;
  }

  /**
   * Runs a transaction; see {@link complete}.
   * @throws StorageError, NewerSchemaError, UnstorableError, and what the body threw of these or as `FencedError`.
   */
  async transact<Mode extends IDBTransactionMode, Result>(
    mode: Mode,
    stores: StoreName[],
    body: Body<Mode, Result>,
  ): Promise<Result> {
    try {
      if (this.#closed) throw closedError();
      // No await while it is open: what the body writes must be what was handed in.
      const database = this.#database ?? (await this.#open());
      let transaction: Transaction<Mode>;
      try {
        transaction = this.#begin(database, mode, stores);
      } catch (error) {
        // The browser has closed it: the user cleared the site's data, or the storage process died.
        if (!isNamed(error, 'InvalidStateError')) throw error;
        this.#drop(database);
        transaction = this.#begin(await this.#open(), mode, stores);
      }
      return await complete(transaction, body);
    } catch (error) {
      throw this.#typed(error);
    }
  }

  /** Checks that this code can read the database, and that it is still the same; see {@link recognize}. */
  recognize(owner: OwnerRecord | undefined): OwnerRecord {
    const recognized = recognize(owner, this.#knownId);
    this.#knownId = recognized.databaseId;
    return recognized;
  }

  close(): void {
    this.#closed = true;
    if (this.#database) this.#drop(this.#database);
  }

  #begin<Mode extends IDBTransactionMode>(database: Database, mode: Mode, stores: StoreName[]): Transaction<Mode> {
    return database.transaction(stores, mode, { durability: this.#durability });
  }

  #drop(database: Database): void {
    database.close();
    if (this.#database === database) this.#database = undefined;
  }

  /** Calls that come while it opens share one opening. */
  #open(): Promise<Database> {
    this.#opening ??= this.#connect().finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  async #connect(): Promise<Database> {
    let isNew = false;
    // It takes the global `indexedDB`, and an async turn may be under way.
    const database: Database = await outside(() =>
      openDB<Schema>(databaseName(this.#hub), databaseVersion, {
        upgrade: (created, from, _to, transaction) => {
          // Whatever fails here fails the opening too, and is reported there.
          const ignore = () => {};
          transaction.done.catch(ignore);
          isNew = from === 0;
          if (isNew && this.#knownId !== undefined) return transaction.abort();
          upgradeStores(created, from, transaction);
          if (!isNew) return;
          const meta = transaction.objectStore('meta');
          const { owner, checkpoint } = newMeta();
          meta.put(owner, 'owner').catch(ignore);
          meta.put(checkpoint, 'checkpoint').catch(ignore);
        },
        blocking: () => this.#drop(database),
      }),
    ).catch((error: unknown) => {
      throw isNew && this.#knownId !== undefined ? new ClearedError(error) : error;
    });
    try {
      const transaction = this.#begin(database, 'readonly', ['meta']);
      this.recognize(await complete(transaction, (reading, queue) => queue(getMeta(reading, 'owner'))));
      if (this.#closed) throw closedError();
    } catch (error) {
      database.close();
      throw error;
    }
    this.#database = database;
    return database;
  }

  #typed(error: unknown): Error {
    const isTyped = error instanceof PerdureError || error instanceof FencedError || error instanceof UnstorableError;
    if (isTyped) return error;
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    if (name === 'DataCloneError') return new UnstorableError(message, { cause: error });
    const hub = `task hub '${this.#hub}'`;
    if (name === 'VersionError') {
      const problem = `the storage of ${hub} was written by a newer perdure: reload the page to get it`;
      return new NewerSchemaError(problem, { cause: error });
    }
    const problem =
      name === 'QuotaExceededError'
        ? `the storage of ${hub} is full: free some space, on the disk or of this site's data`
        : `the storage of ${hub} failed`;
    return new StorageError(`${problem} (${name}: ${message})`, { cause: error });
  }
}

function closedError(): StorageError {
  return new StorageError('the store was closed');
}

// By name, not by class: the class of some of them differs between browsers.
function isNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name;
}
