/**
 * What the hub needs of a database. Two implementations pass one contract suite: IndexedDB, and memory for tests.
 *
 * The hub that took over last is the owner; whatever a former owner still tries to write is refused with
 * {@link FencedError}, since every writing transaction compares the database's id and epoch with the writer's.
 */
import { StorageError } from '../../src/core/errors';
import type { HistoryEvent } from '../../src/core/history';
import type { CountChange, HistoryChunk, InboxRecord, InstanceRow, LogRecord, Outcome, PayloadKey } from './records';

/** Another hub has taken over, or the database is not the one that was taken over. Nothing was written. */
export class FencedError extends Error {
  override name = 'FencedError';
}

const clearedMessages = {
  deleted: 'the storage was cleared while the page was open, so what it held is gone: reload the page to start anew',
  emptied:
    "the records in the storage were deleted, and not by perdure, so what it held is gone: clear this site's data to start anew",
};

/**
 * What the storage held is gone. The database that this store has worked with was deleted, and perhaps made anew by
 * another tab; or it was emptied, which shows at first sight, since a new database is never empty.
 */
export class ClearedError extends StorageError {
  constructor(how: keyof typeof clearedMessages, cause?: unknown) {
    super(clearedMessages[how], { cause });
  }
}

/** The storage has not answered for too long, and what was asked of it was given up. */
export class StorageTimeoutError extends StorageError {
  constructor(
    message: string,
    /** Whether it was a write that may be there nevertheless. Who reads after this sees what has become of it. */
    readonly mayBeWritten: boolean,
  ) {
    super(message);
  }
}

/** A value was refused by the storage although it looked storable. Nothing of the transaction was written. */
export class UnstorableError extends Error {
  override name = 'UnstorableError';
}

/** The database's standing. */
export interface StoreMeta {
  /** Random, made with the database: one that was cleared and made anew has another. */
  databaseId: string;
  epoch: number;
  /** The code that the owner runs, by its name. Not there before anybody has taken over, or when the owner did not say. */
  build?: string;
  /** All records up to this commit number are in rows and chunks. */
  checkpoint: number;
  /** The counts as of the checkpoint. */
  counts: readonly CountChange[];
}

/** What an owner is about to run: an instance's turn, or one of its activities. */
export interface Running {
  instanceId: string;
  execution: number;
  taskId?: number;
}

/** How the hub fares: what kills its owner again and again is found by it. */
export interface Vitals {
  /** Take-overs since an owner last worked for a while. */
  restarts: number;
  /** What the owner runs, if it says so. */
  running?: Running;
  /** What the owner before ran when it went. */
  suspect?: Running;
  /** How many take-overs each open activity task has seen, by its key. */
  tries?: Readonly<Record<string, number>>;
}

export interface TakeOverOptions {
  /** Outcomes from before this time go: whoever waited for them is gone. */
  outcomesBefore?: number;
  /** Names the code that takes over, for {@link StoreMeta.build}. */
  build?: string;
}

/** What a new owner finds. */
export interface TakeOver extends StoreMeta {
  /** As the last owner left them. */
  vitals: Vitals;
}

export interface PayloadWrite {
  key: PayloadKey;
  value: unknown;
}

export interface Commit {
  record: LogRecord;
  /** Inbox records that this commit consumes, with what became of them. */
  consumed?: readonly { number: number; outcome: Outcome }[];
  /** Payloads that this commit is the first to refer to. */
  payloads?: readonly PayloadKey[];
  /** Payloads that nothing refers to (any more). They may be staged. */
  dropped?: readonly PayloadKey[];
}

/** A few instances of a checkpoint. Written together, in one transaction. */
export interface Slice {
  rows: readonly InstanceRow[];
  chunks: readonly HistoryChunk[];
  /** Ids whose rows go. */
  deletedRows: readonly string[];
  /** Executions whose history and payloads go. */
  deletedExecutions: readonly { id: string; execution: number }[];
}

export interface PageRequest {
  order: 'newest' | 'oldest';
  /** The creation time and id of the last row of the page before. */
  after?: readonly [createdTime: number, id: string];
  /** Creation times not below. */
  from?: number;
  /** Creation times below. */
  to?: number;
  limit: number;
}

/** What to read in one transaction. Only what is asked for is read; `meta` always is. */
export interface ReadRequest {
  /** The log's records above this commit number. */
  logAbove?: number;
  /** Rows, by instance id. */
  rows?: readonly string[];
  /** Rows with their whole stored history, by instance id. */
  histories?: readonly string[];
  /** Rows of those that these instances started, by their ids. */
  children?: readonly string[];
  /** Rows by creation time and id. */
  page?: PageRequest;
  /** Rows whose `due` lies above the one and not above the other. `above: -1` includes those with open activities. */
  due?: { above: number; upTo: number };
  /** Inbox records above this number. */
  inboxAbove?: number;
  /** Outcomes, by command number. */
  outcomes?: readonly number[];
}

/** A row as it stands in a list. */
export type PageRow = Omit<InstanceRow, 'events'>;

export interface Snapshot {
  meta: StoreMeta;
  /** In commit order. */
  records: readonly LogRecord[];
  /** What was found of `rows` and `histories`. */
  rows: ReadonlyMap<string, InstanceRow>;
  /** The events that count (`row.count`) of the row's execution. */
  histories: ReadonlyMap<string, readonly HistoryEvent[]>;
  children: ReadonlyMap<string, readonly InstanceRow[]>;
  page: readonly PageRow[];
  due: readonly InstanceRow[];
  inbox: readonly InboxRecord[];
  outcomes: ReadonlyMap<number, Outcome>;
}

/**
 * One connection to a task hub's database.
 *
 * Every method rejects with `StorageError` when the storage fails (with {@link StorageTimeoutError} when it does not
 * answer), with `NewerSchemaError` when a newer perdure wrote the database, and with `HubUnavailableError` when an older
 * one holds it in another tab. Methods marked *fenced* reject with {@link FencedError} when this store is not the owner.
 * A promise that resolves means that the transaction is complete.
 */
export interface Store {
  /**
   * Raises the epoch and the restarts, and makes this store the owner. Deletes payloads that no commit ever referred to,
   * and old outcomes.
   * @throws HubUnavailableError when the storage does not answer in time
   */
  takeOver(options?: TakeOverOptions): Promise<TakeOver>;
  /** *Fenced.* Replaces the vitals. */
  setVitals(vitals: Vitals): Promise<void>;
  /**
   * *Fenced.* Adds the record to the log.
   * @throws UnstorableError when a value in it cannot be stored.
   */
  commit(commit: Commit): Promise<void>;
  /**
   * *Fenced.* Writes payloads ahead of the commit that refers to them.
   * @throws UnstorableError when one cannot be stored.
   */
  stage(payloads: readonly PayloadWrite[]): Promise<void>;
  /** *Fenced.* Writes a part of a checkpoint. May be repeated, in any order. */
  save(slice: Slice): Promise<void>;
  /** *Fenced.* Ends a checkpoint: all records up to `checkpoint` are in; drops them from the log, but never the newest record. */
  truncate(checkpoint: number, counts: readonly CountChange[]): Promise<void>;
  /**
   * Of what other rows are asked for, those that cannot be read or are damaged are left out.
   * @throws PayloadError when a row or a history that was asked for by its id cannot be read or is damaged
   */
  read(request: ReadRequest): Promise<Snapshot>;
  /** The payloads' values; one that is missing or cannot be read is `undefined` in its place. */
  readPayloads(keys: readonly PayloadKey[]): Promise<unknown[]>;
  /** Adds a command to the inbox, with its payloads, and gives its number. Any tab may. */
  post(command: Omit<InboxRecord, 'number'>): Promise<number>;
  /** Deletes outcomes that were read. */
  forget(outcomes: readonly number[]): Promise<void>;
  close(): void;
}
