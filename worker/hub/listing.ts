/**
 * Rows in the order of creation: those of the store, page by page, with those of the log's tail at their place instead
 * of the older rows that the store has of them. However many there are, only some are in memory at a time.
 */
import type { Filter, ListRequest, ListToken } from '../../src/protocol';
import type { OpenTask } from '../store/records';
import type { PageRow, Store } from '../store/store';
import type { Tail, TailInstance } from '../store/tail';
import { matches } from './filter';

type Order = NonNullable<ListRequest['order']>;

/** An instance as of the newest commit. */
export interface Found {
  row: PageRow;
  open: readonly OpenTask[];
}

/** Which rows, from where on. */
interface Range {
  order: Order;
  after: ListToken | undefined;
  filter: Filter;
  /** How many are asked for at most. */
  most: number;
}

/** Rows to read at once where most may not be wanted. */
const rowsPerFilteredRead = 512;

/** The first of those that a list asks for, and one more if there are more than its limit. */
export async function findRows(store: Store, tail: Tail, request: ListRequest): Promise<Found[]> {
  const { order = 'newest', after, limit, ...filter } = request;
  const range: Range = { order, after, filter, most: limit + 1 };
  // As of now: while the store is read, a checkpoint may move instances from the tail into rows.
  const inTail = new Set(tail.instances.keys());
  const recent = recentOf(tail, range);
  const matching = mostMatching(tail, filter);
  const found: Found[] = [];
  let next = 0;
  const isComplete = () => found.length > limit || found.length + recent.length - next >= matching;
  if (isComplete()) return recent.slice(0, range.most);
  for await (const rows of storedRows(store, range)) {
    for (const row of rows) {
      for (let first = recent[next]; first && isBefore(first.row, row, order); first = recent[++next])
        found.push(first);
      if (!inTail.has(row.id) && matches(row, filter)) found.push({ row, open: row.open });
    }
    if (isComplete()) break;
  }
  return [...found, ...recent.slice(next)].slice(0, range.most);
}

/**
 * No more than these can pass a filter, by the counts that are kept: whoever looks for the three that run need not go
 * through the 100,000 that have ended once they are found. Code of the first schema did not count what was parked apart.
 */
function mostMatching(tail: Tail, { name, runtimeStatus }: Filter): number {
  if ((name === undefined && !runtimeStatus) || runtimeStatus?.includes('Suspended')) return Infinity;
  let most = 0;
  for (const each of tail.counts) {
    if ((name === undefined || each.name === name) && (runtimeStatus?.includes(each.status) ?? true)) most += each.by;
  }
  return most;
}

/** How many rows pass a filter. */
export async function countRows(store: Store, tail: Tail, filter: Filter): Promise<number> {
  const inTail = new Set(tail.instances.keys());
  let count = 0;
  for (const { row, deleted } of knownTo(tail, filter)) if (!deleted && matches(row, filter)) count++;
  for await (const rows of storedRows(store, {
    order: 'oldest',
    after: undefined,
    filter,
    most: rowsPerFilteredRead,
  })) {
    for (const row of rows) if (!inTail.has(row.id) && matches(row, filter)) count++;
  }
  return count;
}

/** Rows of the store, in order, in pieces: all within the bounds, whether they pass the filter or not. */
async function* storedRows(
  store: Store,
  { order, after: first, filter, most }: Range,
): AsyncGenerator<readonly PageRow[]> {
  const { parent, createdTimeFrom, createdTimeTo, ...rest } = filter;
  if (parent !== undefined) {
    const { children } = await store.read({ children: [parent] });
    const rows = [...(children.get(parent) ?? [])].sort((a, b) => (isBefore(a, b, order) ? -1 : 1));
    yield first ? rows.filter((row) => isBefore(placeOf(first), row, order)) : rows;
    return;
  }
  const bounds = {
    ...(createdTimeFrom && { from: createdTimeFrom.getTime() }),
    ...(createdTimeTo && { to: createdTimeTo.getTime() }),
  };
  const isSelective = Object.values(rest).some((each) => each !== undefined);
  const limit = isSelective ? Math.max(most, rowsPerFilteredRead) : most;
  for (let after = first, isLast = false; !isLast; ) {
    const { page } = await store.read({ page: { order, limit, ...bounds, ...(after && { after }) } });
    yield page;
    const last = page.at(-1);
    if (last) after = [last.createdTime, last.id];
    isLast = page.length < limit;
  }
}

/** The first of those that the tail knows, in order. */
function recentOf(tail: Tail, { order, after, filter, most }: Range): Found[] {
  const byPlace = (a: TailInstance, b: TailInstance) => (isBefore(a.row, b.row, order) ? -1 : 1);
  let first: TailInstance[] = [];
  for (const instance of knownTo(tail, filter)) {
    const { row, deleted } = instance;
    if (deleted || !matches(row, filter) || (after && !isBefore(placeOf(after), row, order))) continue;
    // To sort a large tail for each page of a list would cost more than the pages.
    if (first.push(instance) > 2 * most) first = first.sort(byPlace).slice(0, most);
  }
  const sorted = first.sort(byPlace).slice(0, most);
  return sorted.map(({ row, open }) => ({ row: { ...row }, open: [...open.values()] }));
}

function knownTo(tail: Tail, { parent }: Filter): Iterable<TailInstance> {
  return parent === undefined ? tail.instances.values() : tail.childrenOf(parent);
}

type Place = Pick<PageRow, 'createdTime' | 'id'>;

function placeOf([createdTime, id]: ListToken): Place {
  return { createdTime, id };
}

function isBefore(a: Place, b: Place, order: Order): boolean {
  const older = a.createdTime - b.createdTime || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
  return order === 'oldest' ? older < 0 : older > 0;
}
