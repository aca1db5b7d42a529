/**
 * A connection to a task hub's database that mends itself. Browsers close connections under their owner (another tab
 * deletes or upgrades the database, the user clears it, Safari's storage process dies), so it is opened anew when it is
 * needed; but a database that is gone is never replaced by an empty one as if nothing had been.
 */
import { StorageError } from '../../src/core/errors';
import { isConnectionLost, StandstillError, typedError } from './failures';
import { type OwnerRecord, recognize } from './meta';
import { Opening } from './opening';
import { type Body, complete, type Database, getMeta, type StoreName, type Transaction } from './transaction';

export type Durability = 'relaxed' | 'strict';

export interface ConnectionOptions {
  /**
   * `relaxed`, the default, survives a killed browser; a power cut may take the last seconds. `strict` survives that
   * too, and takes longer.
   */
  durability?: Durability;
  /** How long an opening may stand still, in milliseconds. */
  openLimitMs?: number;
  /** How long a transaction may stand still, in milliseconds. Each request that is answered starts the time anew. */
  transactionLimitMs?: number;
  /**
   * Told when a tab with an older version holds the database, so that this one cannot open it, and when it does not any
   * more. Meanwhile calls reject, with `HubUnavailableError`, when the time for an opening is over; the waiting goes on
   * behind them, and a call after the other tab has gone succeeds.
   */
  onBlocked?: (isBlocked: boolean) => void;
}

/** A slow phone takes seconds to start the browser's storage, and more to upgrade a large database. */
const defaultOpenLimitMs = 10_000;
/** No transaction works for so long between two answers; but it may wait for those of other tabs. */
const defaultTransactionLimitMs = 20_000;

export class Connection {
  readonly #hub: string;
  readonly #options: Required<ConnectionOptions>;
  #database: Database | undefined;
  #opening: Promise<Database> | undefined;
  /** A request that nobody waits for at the moment, as a tab with an older version holds it up. */
  #blocked: Opening | undefined;
  #knownId: string | undefined;
  #closed = false;

  constructor(
    hub: string,
    {
      durability = 'relaxed',
      openLimitMs = defaultOpenLimitMs,
      transactionLimitMs = defaultTransactionLimitMs,
      onBlocked = () => {},
    }: ConnectionOptions,
  ) {
    this.#hub = hub;
    this.#options = { durability, openLimitMs, transactionLimitMs, onBlocked };
  }

  /**
   * Runs a transaction; see {@link complete}. When the connection turns out to be lost, it is opened anew once, and the
   * body is called again; but not if it has written something, since that may be there.
   * @throws StorageError, NewerSchemaError, UnstorableError, HubUnavailableError, and what the body threw of these or as
   * `FencedError`.
   */
  async transact<Mode extends IDBTransactionMode, Result>(
    mode: Mode,
    stores: StoreName[],
    body: Body<Mode, Result>,
  ): Promise<Result> {
    let mayHaveWritten = false;
    const attempt = async (database: Database, isRepeated: boolean) => {
      try {
        const transaction = this.#begin(database, mode, stores);
        mayHaveWritten = mode !== 'readonly';
        return await complete(transaction, body, this.#options.transactionLimitMs, isRepeated);
      } catch (error) {
        if (isConnectionLost(error) || error instanceof StandstillError) this.#drop(database);
        throw error;
      }
    };
    try {
      if (this.#closed) throw closedError();
      try {
        // No await while it is open: what the body writes must be what was handed in.
        return await attempt(this.#database ?? (await this.#open()), false);
      } catch (error) {
        if (!isConnectionLost(error) || mayHaveWritten) throw error;
        return await attempt(await this.#open(), true);
      }
    } catch (error) {
      throw typedError(error, this.#hub);
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
    return database.transaction(stores, mode, { durability: this.#options.durability });
  }

  /** Closes it. What is under way on it comes to its end. */
  #drop(database: Database): void {
    database.close();
    if (this.#database === database) this.#database = undefined;
  }

  /** Calls that come while it opens share one opening. */
  #open(): Promise<Database> {
    if (this.#closed) throw closedError();
    this.#opening ??= this.#connect().finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  async #connect(): Promise<Database> {
    const database = await this.#request();
    try {
      database.addEventListener('versionchange', () => this.#drop(database));
      database.addEventListener('close', () => this.#drop(database));
      const transaction = this.#begin(database, 'readonly', ['meta']);
      const readOwner: Body<'readonly', OwnerRecord | undefined> = (reading, queue) => queue(getMeta(reading, 'owner'));
      this.recognize(await complete(transaction, readOwner, this.#options.transactionLimitMs));
      if (this.#closed) throw closedError();
    } catch (error) {
      database.close();
      throw error;
    }
    this.#database = database;
    return database;
  }

  async #request(): Promise<Database> {
    const { openLimitMs, onBlocked } = this.#options;
    const isKnown = this.#knownId !== undefined;
    const opening = this.#blocked?.isBlocked ? this.#blocked : new Opening({ hub: this.#hub, isKnown, onBlocked });
    this.#blocked = opening;
    try {
      return await opening.within(openLimitMs);
    } finally {
      if (!opening.isBlocked) this.#blocked = undefined;
    }
  }
}

function closedError(): StorageError {
  return new StorageError('the store was closed');
}
