/**
 * A read from IndexedDB, in one transaction. It holds up the owner's commits, so only the stores that are needed take
 * part, all that does not depend on an answer is requested at once, and each request fetches a whole range.
 */
import { assembleHistory } from './assemble';
import { type OwnerRecord, toStoreMeta } from './meta';
import type { InboxRecord, InstanceRow } from './records';
import type { PageRequest, ReadRequest, Snapshot, StoreMeta } from './store';
import { getMeta, type Queue, type StoreName, type Transaction } from './transaction';

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
  transaction: Transaction<'readonly'>,
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
  const store = <Name extends StoreName>(name: Name) => transaction.objectStore(name);
  const row = (id: string) => queue(store('instances').get(id));
  const [meta, records, rows, histories, children, paged, dueRows, inbox, outcomes] = await Promise.all([
    readMeta(transaction, queue, recognize),
    logAbove === undefined ? [] : queue(store('log').getAll(above(logAbove))),
    Promise.all(rowIds.map(row)),
    Promise.all(historyIds.map((id) => row(id).then((found) => found && withHistory(transaction, queue, found)))),
    Promise.all(parents.map((id) => queue(store('instances').index('parent').getAll(id)))),
    // A count of 0 would mean all of them.
    page?.limit ? readPage(transaction, queue, page) : [],
    // A range that ends where it begins is refused.
    due && due.upTo > due.above
      ? queue(
          store('instances')
            .index('due')
            .getAll(IDBKeyRange.bound(due.above, due.upTo, true)),
        )
      : [],
    inboxAbove === undefined ? [] : queue(store('inbox').getAll(above(inboxAbove))),
    Promise.all(numbers.map((number) => queue(store('outcomes').get(number)))),
  ]);
  const found = [...rows, ...histories.map((pair) => pair?.row)].filter((row) => row !== undefined);
  return {
    meta,
    records,
    rows: new Map(found.map((row) => [row.id, row])),
    histories: new Map(histories.flatMap((pair) => (pair ? [[pair.row.id, pair.events]] : []))),
    children: new Map(parents.map((id, at) => [id, children[at]!])),
    page: paged,
    due: dueRows,
    inbox: inbox as InboxRecord[],
    outcomes: new Map(numbers.flatMap((number, at) => (outcomes[at] ? [[number, outcomes[at]]] : []))),
  };
}

async function readMeta(transaction: Transaction<'readonly'>, queue: Queue, recognize: Recognize): Promise<StoreMeta> {
  const [owner, checkpoint] = await Promise.all([
    queue(getMeta(transaction, 'owner')),
    queue(getMeta(transaction, 'checkpoint')),
  ]);
  return toStoreMeta(recognize(owner), checkpoint!);
}

async function withHistory(transaction: Transaction<'readonly'>, queue: Queue, row: InstanceRow) {
  if (row.events || row.count === 0) return { row, events: assembleHistory(row, []) };
  const history = transaction.objectStore('history');
  const { id, execution, count } = row;
  const range = IDBKeyRange.bound([id, execution, 0], [id, execution, count], false, true);
  const [keys, values] = await Promise.all([queue(history.getAllKeys(range)), queue(history.getAll(range))]);
  return {
    row,
    events: assembleHistory(
      row,
      keys.map(([, , index], at) => [index, values[at]!]),
    ),
  };
}

/** In newer browsers; TypeScript does not know it yet. */
interface ReadsBackwards {
  getAllRecords?(options: {
    query: IDBKeyRange | null;
    count: number;
    direction: IDBCursorDirection;
  }): Promise<{ value: InstanceRow }[]>;
}

async function readPage(
  transaction: Transaction<'readonly'>,
  queue: Queue,
  { order, after, from, to, limit }: PageRequest,
): Promise<InstanceRow[]> {
  const index = transaction.objectStore('instances').index('created');
  const isOldestFirst = order === 'oldest';
  const [afterTime = 0] = after ?? [];
  // What the page comes after bounds it more closely on its side. A creation time alone sorts before all its ids.
  const lower: CreatedKey = isOldestFirst && after && afterTime >= (from ?? 0) ? after : [from ?? 0];
  const upper: CreatedKey = !isOldestFirst && after && afterTime < (to ?? Infinity) ? after : [to ?? Infinity];
  const query = rangeBetween(lower, lower === after, upper);
  if (query === 'nothing') return [];
  if (isOldestFirst) return queue(index.getAll(query, limit));

  const { getAllRecords } = index as ReadsBackwards;
  if (getAllRecords) {
    const records = await queue(getAllRecords.call(index, { query, count: limit, direction: 'prev' }));
    return records.map(({ value }) => value);
  }
  const rows: InstanceRow[] = [];
  let cursor = await queue(index.openCursor(query, 'prev'));
  while (cursor) {
    rows.push(cursor.value);
    cursor = rows.length < limit ? await queue(cursor.continue()) : null;
  }
  return rows;
}

type CreatedKey = readonly [createdTime: number, id?: string];

/** From `lower` on and below `upper`. IndexedDB refuses a range in which nothing can lie. */
function rangeBetween(lower: CreatedKey, isLowerOpen: boolean, upper: CreatedKey): IDBKeyRange | 'nothing' {
  const isEmpty = lower[0] > upper[0] || (lower[0] === upper[0] && (lower[1] ?? '') >= (upper[1] ?? ''));
  return isEmpty ? 'nothing' : IDBKeyRange.bound(lower, upper, isLowerOpen, true);
}

function above(number: number): IDBKeyRange {
  return IDBKeyRange.lowerBound(number, true);
}
