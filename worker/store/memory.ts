/**
 * A task hub's database in memory, for tests and simulations. It behaves as IndexedDB does where the hub could tell:
 * values are cloned in and out, transactions take effect as a whole and in the order of the calls, and answers come
 * later. A {@link MemoryDatabase} is the disk, which survives a hub's crash; a {@link MemoryStore} is one connection.
 */
import { StorageError } from '../../src/core/errors';
import type { HistoryEvent } from '../../src/core/history';
import { unpack } from '../packed';
import { assembleHistory, type IndexedEvents } from './assemble';
import { type Claim, checkFence, newMeta, nextOwner, nextVitals, recognize, toStoreMeta } from './meta';
import type { CountChange, InboxRecord, InstanceRow, LogRecord, Outcome, PayloadKey } from './records';
import {
  type Commit,
  type PageRequest,
  type PageRow,
  type PayloadWrite,
  type ReadRequest,
  type Slice,
  type Snapshot,
  type Store,
  type TakeOver,
  type TakeOverOptions,
  UnstorableError,
  type Vitals,
} from './store';

/** What lies on the disk. */
export class MemoryDatabase {
  readonly meta = newMeta();
  readonly log = new Map<number, LogRecord>();
  readonly instances = new Map<string, InstanceRow>();
  /** By execution and instance id, then by the index of the first event. */
  readonly history = new Map<string, Map<number, readonly HistoryEvent[]>>();
  readonly inbox = new Map<number, InboxRecord>();
  lastInboxNumber = 0;
  readonly outcomes = new Map<number, Outcome>();
  /** By execution, then by number. */
  readonly payloads = new Map<number, Map<number, unknown>>();
  readonly staged = new Map<string, PayloadKey>();
}

export type StoreOperation = Exclude<keyof Store, 'close'>;

/**
 * What becomes of an operation: it may fail before anything was written, or after it was written, as when the
 * connection is lost before the answer has come.
 */
export type Fault = 'ok' | 'fail-before' | 'fail-after';

export interface MemoryStoreOptions {
  /** Asked once for every operation, when it is called. */
  faults?: (operation: StoreOperation) => Fault;
}

/** A connection to a {@link MemoryDatabase}. */
export class MemoryStore implements Store {
  readonly #database: MemoryDatabase;
  readonly #faults: (operation: StoreOperation) => Fault;
  #knownId: string | undefined;
  #claim: Claim | undefined;
  #closed = false;

  constructor(database: MemoryDatabase, { faults = () => 'ok' }: MemoryStoreOptions = {}) {
    this.#database = database;
    this.#faults = faults;
  }

  async takeOver({ outcomesBefore = 0, build }: TakeOverOptions = {}): Promise<TakeOver> {
    const meta = await this.#transact('takeOver', (database) => {
      database.meta.owner = nextOwner(this.#recognize(), build);
      for (const [execution, number] of database.staged.values()) database.payloads.get(execution)?.delete(number);
      database.staged.clear();
      for (const [number, { time }] of database.outcomes) if (time < outcomesBefore) database.outcomes.delete(number);
      const { vitals = { restarts: 0 } } = database.meta;
      database.meta.vitals = nextVitals(vitals);
      return copy({ ...toStoreMeta(database.meta.owner, database.meta.checkpoint), vitals });
    });
    this.#claim = { databaseId: meta.databaseId, epoch: meta.epoch };
    return meta;
  }

  setVitals(vitals: Vitals): Promise<void> {
    return this.#transact('setVitals', (database) => {
      checkFence(database.meta.owner, this.#claim);
      database.meta.vitals = copy(vitals);
    });
  }

  commit(commit: Commit): Promise<void> {
    return this.#transact('commit', (database) => {
      const { record, consumed = [], payloads = [], dropped = [] } = copy(commit);
      checkFence(database.meta.owner, this.#claim);
      if (database.log.has(record.commit)) throw new StorageError(`commit ${record.commit} is in the log already`);
      for (const entry of record.entries) if (entry.kind !== 'delete') delete entry.packed;
      database.log.set(record.commit, record);
      for (const { number, outcome } of consumed) {
        database.inbox.delete(number);
        database.outcomes.set(number, outcome);
      }
      for (const key of [...payloads, ...dropped]) database.staged.delete(String(key));
      for (const [execution, number] of dropped) database.payloads.get(execution)?.delete(number);
    });
  }

  stage(payloads: readonly PayloadWrite[]): Promise<void> {
    return this.#transact('stage', (database) => {
      const copies = copy(payloads);
      checkFence(database.meta.owner, this.#claim);
      for (const { key, value } of copies) {
        inner(database.payloads, key[0]).set(key[1], value);
        database.staged.set(String(key), key);
      }
    });
  }

  save(slice: Slice): Promise<void> {
    return this.#transact('save', (database) => {
      const { rows, chunks, deletedRows, deletedExecutions } = copy(slice);
      checkFence(database.meta.owner, this.#claim);
      for (const row of rows) {
        if (row.events) row.events = unpack(row.events) ?? [];
        database.instances.set(row.id, row);
      }
      for (const chunk of chunks) {
        inner(database.history, historyKey(chunk)).set(chunk.index, unpack(chunk.events) ?? []);
      }
      for (const id of deletedRows) database.instances.delete(id);
      for (const deleted of deletedExecutions) {
        database.history.delete(historyKey(deleted));
        database.payloads.delete(deleted.execution);
      }
    });
  }

  truncate(checkpoint: number, counts: readonly CountChange[]): Promise<void> {
    return this.#transact('truncate', (database) => {
      const record = copy({ checkpoint, counts });
      checkFence(database.meta.owner, this.#claim);
      database.meta.checkpoint = record;
      const newest = Math.max(...database.log.keys());
      for (const commit of database.log.keys()) {
        if (commit <= checkpoint && commit < newest) database.log.delete(commit);
      }
    });
  }

  read(request: ReadRequest): Promise<Snapshot> {
    return this.#transact('read', (database) => {
      const owner = this.#recognize();
      const { rows = [], histories = [], children = [], page, due, logAbove, inboxAbove, outcomes = [] } = request;
      const withHistory = pick(database.instances, histories);
      return copy({
        meta: toStoreMeta(owner, database.meta.checkpoint),
        records: above(database.log, logAbove),
        rows: new Map([...pick(database.instances, rows), ...withHistory]),
        histories: new Map([...withHistory].map(([id, row]) => [id, assembleHistory(row, this.#chunks(row))])),
        children: new Map(children.map((id) => [id, this.#childrenOf(id)])),
        page: page ? this.#page(page) : [],
        due: due ? this.#due(due) : [],
        inbox: above(database.inbox, inboxAbove),
        outcomes: pick(database.outcomes, outcomes),
      });
    });
  }

  readPayloads(keys: readonly PayloadKey[]): Promise<unknown[]> {
    return this.#transact('readPayloads', (database) =>
      keys.map(([execution, number]) => copy(database.payloads.get(execution)?.get(number))),
    );
  }

  post(command: Omit<InboxRecord, 'number'>): Promise<number> {
    return this.#transact('post', (database) => {
      const record = copy(command);
      const number = ++database.lastInboxNumber;
      database.inbox.set(number, { ...record, number });
      return number;
    });
  }

  forget(outcomes: readonly number[]): Promise<void> {
    return this.#transact('forget', (database) => {
      for (const number of outcomes) database.outcomes.delete(number);
    });
  }

  close(): void {
    this.#closed = true;
  }

  async #transact<T>(operation: StoreOperation, transaction: (database: MemoryDatabase) => T): Promise<T> {
    if (this.#closed) throw new StorageError('the store was closed');
    const fault = this.#faults(operation);
    if (fault === 'fail-before') throw new StorageError(`${operation} failed; nothing was written`);
    if (this.#knownId === undefined) this.#recognize();
    const result = transaction(this.#database);
    if (fault === 'fail-after') throw new StorageError(`${operation} was written, but its answer was lost`);
    return result;
  }

  #recognize() {
    const owner = recognize(this.#database.meta.owner, this.#knownId);
    this.#knownId = owner.databaseId;
    return owner;
  }

  #chunks(row: InstanceRow): IndexedEvents[] {
    const chunks = this.#database.history.get(historyKey(row)) ?? [];
    return [...chunks].sort(([a], [b]) => a - b);
  }

  #childrenOf(id: string): InstanceRow[] {
    const children = [...this.#database.instances.values()].filter(({ parent }) => parent?.instanceId === id);
    return children.sort((a, b) => byText(a.id, b.id));
  }

  #page({ order, after, from = 0, to = Infinity, limit }: PageRequest): PageRow[] {
    const sign = order === 'oldest' ? 1 : -1;
    const key = after && { createdTime: after[0], id: after[1] };
    return [...this.#database.instances.values()]
      .filter((row) => row.createdTime >= from && row.createdTime < to && (!key || sign * byCreation(row, key) > 0))
      .sort((a, b) => sign * byCreation(a, b))
      .slice(0, limit)
      .map(({ events: _, ...row }) => row);
  }

  #due({ above, upTo }: { above: number; upTo: number }): InstanceRow[] {
    return [...this.#database.instances.values()]
      .filter(({ due }) => due !== undefined && due > above && due <= upTo)
      .sort((a, b) => a.due! - b.due! || byText(a.id, b.id));
  }
}

function copy<T>(value: T): T {
  try {
    return structuredClone(value);
  } catch (error) {
    throw new UnstorableError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function historyKey({ id, execution }: { id: string; execution: number }): string {
  return `${execution}/${id}`;
}

function inner<Outer, Key, Value>(map: Map<Outer, Map<Key, Value>>, key: Outer): Map<Key, Value> {
  const found = map.get(key) ?? new Map<Key, Value>();
  map.set(key, found);
  return found;
}

function pick<Key, Value>(map: ReadonlyMap<Key, Value>, keys: readonly Key[]): Map<Key, Value> {
  return new Map(keys.filter((key) => map.has(key)).map((key) => [key, map.get(key)!]));
}

function above<Value>(map: ReadonlyMap<number, Value>, limit: number | undefined): Value[] {
  if (limit === undefined) return [];
  const keys = [...map.keys()].filter((key) => key > limit).sort((a, b) => a - b);
  return keys.map((key) => map.get(key)!);
}

function byCreation(a: Pick<InstanceRow, 'createdTime' | 'id'>, b: Pick<InstanceRow, 'createdTime' | 'id'>): number {
  return a.createdTime - b.createdTime || byText(a.id, b.id);
}

/** IndexedDB's order of strings: by code unit. */
function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
