/**
 * A read from IndexedDB, in one transaction. It holds up the owner's commits, so only the stores that are needed take
 * part, all that does not depend on an answer is requested at once, and each request fetches a whole range.
 */

import { unpack } from '../packed';
import { assembleHistory } from './assemble';
import { type OwnerRecord, toStoreMeta } from './meta';
import { childrenOf, dueBetween, pageOf } from './ranges';
import type { InboxRecord, InstanceRow } from './records';
import { checkCheckpoint, lostRow, toInboxRecord, toOutcome, toRecord, toRow } from './shapes';
import type { ReadRequest, Snapshot, StoreMeta } from './store';
import { getMeta, type Queue, type StoreName, type Transaction, unreadable } from './transaction';

type Reading = Transaction<'readonly'>;
type Recognize = (owner: OwnerRecord | undefined) => OwnerRecord;

/** The stores that a request needs. */
export function storesFor({
  logAbove,
  rows,
  histories,
  children,
  page,
  due,
  inboxAbove,
  outcomes,
}: ReadRequest): StoreName[] {
  const stores: StoreName[] = ['meta'];
  if (logAbove !== undefined) stores.push('log');
  if (rows?.length || histories?.length || children?.length || page || due) stores.push('instances');
  if (histories?.length) stores.push('history');
  if (inboxAbove !== undefined) stores.push('inbox');
  if (outcomes?.length) stores.push('outcomes');
  return stores;
}

export async function readSnapshot(
  transaction: Reading,
  queue: Queue,
  recognize: Recognize,
  {
    logAbove,
    rows: rowIds = [],
    histories: historyIds = [],
    children: parents = [],
    page,
    due,
    inboxAbove,
    outcomes: numbers = [],
  }: ReadRequest,
): Promise<Snapshot> {
  const row = (id: string) => readRow(transaction, queue, id);
  const [meta, records, rows, histories, children, paged, dueRows, inbox, outcomes] = await Promise.all([
    readMeta(transaction, queue, recognize),
    logAbove === undefined ? [] : queue(transaction.objectStore('log').getAll(above(logAbove))),
    Promise.all(rowIds.map(row)),
    Promise.all(historyIds.map((id) => row(id).then((found) => found && withHistory(transaction, queue, found)))),
    Promise.all(parents.map((id) => childrenOf(transaction, queue, id))),
    page ? pageOf(transaction, queue, page) : [],
    due ? dueBetween(transaction, queue, due) : [],
    inboxAbove === undefined ? [] : readInbox(transaction, queue, inboxAbove),
    Promise.all(numbers.map((number) => queue.readable(transaction.objectStore('outcomes').get(number)))),
  ]);
  const found = [...rows, ...histories.map((pair) => pair?.row)].filter((row) => row !== undefined);
  return {
    meta,
    records: records.map(toRecord),
    rows: new Map(found.map((row) => [row.id, row])),
    histories: new Map(histories.flatMap((pair) => (pair ? [[pair.row.id, pair.events]] : []))),
    children: new Map(parents.map((id, at) => [id, children[at]!])),
    page: paged,
    due: dueRows,
    inbox,
    outcomes: new Map(
      numbers.flatMap((number, at) => (outcomes[at] === undefined ? [] : [[number, toOutcome(outcomes[at])]])),
    ),
  };
}

async function readMeta(transaction: Reading, queue: Queue, recognize: Recognize): Promise<StoreMeta> {
  const [owner, checkpoint] = await Promise.all([
    queue(getMeta(transaction, 'owner')),
    queue(getMeta(transaction, 'checkpoint')),
  ]);
  return toStoreMeta(recognize(owner), checkCheckpoint(checkpoint));
}

async function readRow(transaction: Reading, queue: Queue, id: string): Promise<InstanceRow | undefined> {
  const stored = await queue.readable(transaction.objectStore('instances').get(id));
  if (stored === undefined) return undefined;
  const row = stored === unreadable ? undefined : toRow(stored);
  if (row) return row;
  throw lostRow(id);
}

async function withHistory(transaction: Reading, queue: Queue, row: InstanceRow) {
  const chunks = row.events || row.count === 0 ? [] : await readChunks(transaction, queue, row);
  return { row, events: assembleHistory(row, chunks) };
}

/** A chunk that cannot be read is as one that is missing. */
async function readChunks(transaction: Reading, queue: Queue, { id, execution, count }: InstanceRow) {
  const history = transaction.objectStore('history');
  const range = IDBKeyRange.bound([id, execution, 0], [id, execution, count], false, true);
  const [keys, values] = await Promise.all([queue(history.getAllKeys(range)), queue.readable(history.getAll(range))]);
  const found = values === unreadable ? await Promise.all(keys.map((key) => queue.readable(history.get(key)))) : values;
  return keys.flatMap(([, , index], at) => {
    const stored = found[at];
    const events = stored === unreadable ? undefined : unpack(stored);
    return events ? [[index, events] as const] : [];
  });
}

/** A command that cannot be read must not hold up the others. */
async function readInbox(transaction: Reading, queue: Queue, aboveNumber: number): Promise<InboxRecord[]> {
  const inbox = transaction.objectStore('inbox');
  const found = await queue.readable(inbox.getAll(above(aboveNumber)));
  if (found !== unreadable) return found.map((record) => toInboxRecord(record));
  const numbers = await queue(inbox.getAllKeys(above(aboveNumber)));
  return Promise.all(
    numbers.map(async (number) => {
      const record = await queue.readable(inbox.get(number));
      return toInboxRecord(record === unreadable || record === undefined ? { number } : record);
    }),
  );
}

/** Numbers above this one. Other keys sort above all numbers. */
function above(number: number): IDBKeyRange {
  return IDBKeyRange.bound(number, Infinity, true);
}
