/**
 * Rows of many instances, in the order of an index. They come in one request; only if one of them cannot be read or is
 * damaged, they come one by one, and it is left out. Who asks for that instance by its id is told.
 */
import type { StoredRow } from './packing';
import type { InstanceRow } from './records';
import { toPageRow, toRow } from './shapes';
import type { PageRequest, PageRow, ReadRequest } from './store';
import { type Queue, type Transaction, unreadable } from './transaction';

type Reading = Transaction<'readonly'>;
type IndexName = 'created' | 'due' | 'parent';

export function childrenOf(transaction: Reading, queue: Queue, parent: string): Promise<InstanceRow[]> {
  return rowsIn(transaction, queue, toRow, 'parent', IDBKeyRange.only(parent));
}

export async function dueBetween(
  transaction: Reading,
  queue: Queue,
  { above, upTo }: NonNullable<ReadRequest['due']>,
): Promise<InstanceRow[]> {
  // A range that ends where it begins is refused.
  return upTo > above ? rowsIn(transaction, queue, toRow, 'due', IDBKeyRange.bound(above, upTo, true)) : [];
}

export async function pageOf(
  transaction: Reading,
  queue: Queue,
  { order, after, from, to, limit }: PageRequest,
): Promise<PageRow[]> {
  // A count of 0 would mean all of them.
  if (limit === 0) return [];
  const isOldestFirst = order === 'oldest';
  const [afterTime = 0] = after ?? [];
  // What the page comes after bounds it more closely on its side. A creation time alone sorts before all its ids.
  const lower: CreatedKey = isOldestFirst && after && afterTime >= (from ?? 0) ? after : [from ?? 0];
  const upper: CreatedKey = !isOldestFirst && after && afterTime < (to ?? Infinity) ? after : [to ?? Infinity];
  const query = rangeBetween(lower, lower === after, upper);
  if (query === 'nothing') return [];
  return rowsIn(transaction, queue, toPageRow, 'created', query, limit, isOldestFirst ? 'next' : 'prev');
}

async function rowsIn<Row>(
  transaction: Reading,
  queue: Queue,
  toRow: (stored: StoredRow) => Row | undefined,
  index: IndexName,
  query: IDBKeyRange,
  limit = Infinity,
  direction: 'next' | 'prev' = 'next',
): Promise<Row[]> {
  const stored = await (direction === 'next'
    ? queue.readable(
        transaction
          .objectStore('instances')
          .index(index)
          .getAll(query, limit === Infinity ? undefined : limit),
      )
    : newestFirst(transaction, queue, index, query, limit));
  const rows = stored === unreadable ? [undefined] : stored.map(toRow);
  if (rows.every((row) => row !== undefined)) return rows;
  return oneByOne(transaction, queue, toRow, index, query, limit, direction);
}

/** In newer browsers; TypeScript does not know it yet. */
interface ReadsBackwards {
  getAllRecords?(options: {
    query: IDBKeyRange | null;
    count: number;
    direction: IDBCursorDirection;
  }): Promise<{ value: StoredRow }[]>;
}

async function newestFirst(
  transaction: Reading,
  queue: Queue,
  name: IndexName,
  query: IDBKeyRange,
  limit: number,
): Promise<StoredRow[] | typeof unreadable> {
  const index = transaction.objectStore('instances').index(name);
  const { getAllRecords } = index as ReadsBackwards;
  if (getAllRecords) {
    const records = await queue.readable(getAllRecords.call(index, { query, count: limit, direction: 'prev' }));
    return records === unreadable ? unreadable : records.map(({ value }) => value);
  }
  const rows: StoredRow[] = [];
  let cursor = await queue.readable(index.openCursor(query, 'prev'));
  while (cursor && cursor !== unreadable) {
    rows.push(cursor.value);
    cursor = rows.length < limit ? await queue.readable(cursor.continue()) : null;
  }
  return cursor === unreadable ? unreadable : rows;
}

async function oneByOne<Row>(
  transaction: Reading,
  queue: Queue,
  toRow: (stored: StoredRow) => Row | undefined,
  index: IndexName,
  query: IDBKeyRange,
  limit: number,
  direction: 'next' | 'prev',
): Promise<Row[]> {
  const instances = transaction.objectStore('instances');
  const rows: Row[] = [];
  let cursor = await queue(instances.index(index).openKeyCursor(query, direction));
  while (cursor && rows.length < limit) {
    const stored = await queue.readable(instances.get(cursor.primaryKey));
    const row = stored === unreadable || stored === undefined ? undefined : toRow(stored);
    if (row) rows.push(row);
    cursor = await queue(cursor.continue());
  }
  return rows;
}

type CreatedKey = readonly [createdTime: number, id?: string];

/** From `lower` on and below `upper`. IndexedDB refuses a range in which nothing can lie. */
function rangeBetween(lower: CreatedKey, isLowerOpen: boolean, upper: CreatedKey): IDBKeyRange | 'nothing' {
  const isEmpty = lower[0] > upper[0] || (lower[0] === upper[0] && (lower[1] ?? '') >= (upper[1] ?? ''));
  return isEmpty ? 'nothing' : IDBKeyRange.bound(lower, upper, isLowerOpen, true);
}
