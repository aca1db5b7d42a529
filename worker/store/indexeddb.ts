/**
 * A task hub's database in IndexedDB. A commit's cost is what a step of an orchestration costs, so each transaction
 * opens the stores that it needs and no more, and requests everything at once: the fence's read goes out together with
 * the writes that it guards, and aborts them when it finds another owner.
 */
import { HubUnavailableError } from '../../src/core/errors';
import { bytesOf } from './bytes';
import { Connection, type ConnectionOptions } from './connection';
import { type Claim, checkFence, isVitals, nextOwner, nextVitals, toStoreMeta } from './meta';
import { packAgain, packRecord, packRow } from './packing';
import type { CountChange, InboxRecord, PayloadKey } from './records';
import { keysOf } from './schema';
import { checkCheckpoint, toOutcome } from './shapes';
import { readSnapshot, storesFor } from './snapshot';
import {
  type Commit,
  type PayloadWrite,
  type ReadRequest,
  type Slice,
  type Snapshot,
  StorageTimeoutError,
  type Store,
  type TakeOver,
  type TakeOverOptions,
  type Vitals,
} from './store';
import { writing } from './time-limit';
import { getMeta, type Queue, type StoreName, type Transaction, unreadable, writesTo } from './transaction';

export type IndexedDBStoreOptions = ConnectionOptions;

export class IndexedDBStore implements Store {
  readonly #connection: Connection;
  #claim: Claim | undefined;

  constructor(hub: string, options: IndexedDBStoreOptions = {}) {
    this.#connection = new Connection(hub, options);
  }

  async takeOver({ outcomesBefore = 0, build }: TakeOverOptions = {}): Promise<TakeOver> {
    const stores: StoreName[] = ['meta', 'staged', 'payloads', 'outcomes'];
    const taking = this.#connection.transact('readwrite', stores, async (transaction, queue) => {
      const outcomes = transaction.objectStore('outcomes');
      const [found, checkpoint, lastVitals, orphans, numbers, ended] = await Promise.all([
        queue(getMeta(transaction, 'owner')),
        queue(getMeta(transaction, 'checkpoint')),
        queue(getMeta(transaction, 'vitals')),
        queue(transaction.objectStore('staged').getAllKeys()),
        queue(outcomes.getAllKeys()),
        queue(outcomes.getAll()),
      ]);
      const vitals = isVitals(lastVitals) ? lastVitals : { restarts: 0 };
      const owner = nextOwner(this.#connection.recognize(found), build);
      queue(transaction.objectStore('meta').put(owner, 'owner'));
      queue(transaction.objectStore('meta').put(nextVitals(vitals), 'vitals'));
      for (const key of orphans) queue(transaction.objectStore('payloads').delete(key));
      queue(transaction.objectStore('staged').clear());
      for (const [i, number] of numbers.entries()) {
        // What is damaged goes, too.
        if (!(toOutcome(ended[i]).time >= outcomesBefore)) queue(outcomes.delete(number));
      }
      return { ...toStoreMeta(owner, checkCheckpoint(checkpoint)), vitals };
    });
    const meta = await taking.catch((error: unknown) => {
      if (!(error instanceof StorageTimeoutError)) throw error;
      throw new HubUnavailableError(`the task hub cannot be taken over: ${error.message}`, { cause: error });
    });
    this.#claim = { databaseId: meta.databaseId, epoch: meta.epoch };
    return meta;
  }

  setVitals(vitals: Vitals): Promise<void> {
    return this.#write([], (transaction, queue) => {
      queue(transaction.objectStore('meta').put(vitals, 'vitals'));
    });
  }

  commit({ record, consumed = [], payloads = [], dropped = [] }: Commit): Promise<void> {
    const stores: StoreName[] = ['log'];
    if (consumed.length) stores.push('inbox', 'outcomes');
    if (payloads.length || dropped.length) stores.push('staged');
    if (dropped.length) stores.push('payloads');
    return this.#write(stores, (transaction) => {
      writesTo(transaction, 'log').add(packRecord(record));
      for (const { number, outcome } of consumed) {
        writesTo(transaction, 'inbox').delete(number);
        writesTo(transaction, 'outcomes').put(outcome, number);
      }
      for (const [execution, number] of [...payloads, ...dropped]) {
        writesTo(transaction, 'staged').delete([execution, number]);
      }
      for (const [execution, number] of dropped) writesTo(transaction, 'payloads').delete([execution, number]);
    });
  }

  stage(payloads: readonly PayloadWrite[]): Promise<void> {
    return writing(bytesOf(payloads), () =>
      this.#write(['payloads', 'staged'], (transaction, queue) => {
        for (const { key, value } of payloads) {
          queue(transaction.objectStore('payloads').put(value, [...key]));
          queue(transaction.objectStore('staged').put(true, [...key]));
        }
      }),
    );
  }

  save({ rows, chunks, deletedRows, deletedExecutions }: Slice): Promise<void> {
    const stores: StoreName[] = [];
    if (rows.length || deletedRows.length) stores.push('instances');
    if (chunks.length || deletedExecutions.length) stores.push('history');
    if (deletedExecutions.length) stores.push('payloads');
    return this.#write(stores, (transaction) => {
      if (rows.length > 0 || deletedRows.length > 0) {
        const instances = writesTo(transaction, 'instances');
        for (const row of rows) instances.put(packRow(row));
        for (const id of deletedRows) instances.delete(id);
      }
      if (chunks.length === 0 && deletedExecutions.length === 0) return;
      const history = writesTo(transaction, 'history');
      for (const { id, execution, index, events } of chunks) history.put(packAgain(events), [id, execution, index]);
      for (const { id, execution } of deletedExecutions) {
        history.delete(keysOf(id, execution));
        writesTo(transaction, 'payloads').delete(keysOf(execution));
      }
    });
  }

  truncate(checkpoint: number, counts: readonly CountChange[]): Promise<void> {
    return this.#write(['log'], async (transaction, queue) => {
      queue(transaction.objectStore('meta').put({ checkpoint, counts }, 'checkpoint'));
      const log = transaction.objectStore('log');
      // Not iterated: of the requests there are, this one tells the last key.
      const newest = await queue(log.openKeyCursor(null, 'prev'));
      if (!newest) return;
      const kept = newest.key > checkpoint;
      queue(log.delete(IDBKeyRange.upperBound(kept ? checkpoint : newest.key, !kept)));
    });
  }

  read(request: ReadRequest): Promise<Snapshot> {
    return this.#connection.transact('readonly', storesFor(request), (transaction, queue) =>
      readSnapshot(transaction, queue, (owner) => this.#connection.recognize(owner), request),
    );
  }

  async readPayloads(keys: readonly PayloadKey[]): Promise<unknown[]> {
    const found = await this.#connection.transact('readonly', ['payloads'], (transaction, queue) =>
      Promise.all(keys.map((key) => queue.readable(transaction.objectStore('payloads').get([...key])))),
    );
    return found.map((value) => (value === unreadable ? undefined : value));
  }

  post(command: Omit<InboxRecord, 'number'>): Promise<number> {
    return writing(bytesOf(command.args), () =>
      this.#connection.transact('readwrite', ['inbox'], (transaction, queue) =>
        queue(transaction.objectStore('inbox').add(command)),
      ),
    );
  }

  forget(outcomes: readonly number[]): Promise<void> {
    return this.#connection.transact('readwrite', ['outcomes'], (transaction, queue) => {
      for (const number of outcomes) queue(transaction.objectStore('outcomes').delete(number));
    });
  }

  close(): void {
    this.#connection.close();
  }

  /** A fenced transaction. */
  #write(
    stores: StoreName[],
    body: (transaction: Transaction<'readwrite'>, queue: Queue) => void | Promise<void>,
  ): Promise<void> {
    return this.#connection.transact('readwrite', ['meta', ...stores], async (transaction, queue) => {
      const fence = queue(getMeta(transaction, 'owner').then((owner) => checkFence(owner, this.#claim)));
      await body(transaction, queue);
      await fence;
      // Else the browser waits until the writes' answers were handled: up to a tenth of a commit's time.
      transaction.commit();
    });
  }
}
