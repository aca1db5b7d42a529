/**
 * Answers what can be read, from any tab: the rows of the store, with the log's tail folded over them. The owner has
 * the tail in memory; another tab reads it first.
 */
import { type HistoryEvent, PayloadError, type Wait } from '../../src/core';
import type { ListPage, ListRequest, ListToken, StatusRecord, StatusRequest } from '../../src/protocol';
import type { InstanceRow, OpenTask } from '../store/records';
import type { Store } from '../store/store';
import type { Tail, TailInstance } from '../store/tail';
import { Unpacking } from './payloads';
import { recoverTail } from './recovery';

/** Rows to read at once where most may not be wanted. */
const rowsPerFilteredRead = 512;

/** An instance as of the newest commit. */
interface Found {
  row: InstanceRow;
  open: Iterable<OpenTask>;
}

export class Queries {
  readonly #store: Store;
  readonly #ownTail: () => Tail | undefined;
  #reading: Promise<unknown> = Promise.resolve();
  #next: Promise<Tail> | undefined;

  /** @param ownTail the tail of the hub that runs in this worker, if one does */
  constructor(store: Store, ownTail: () => Tail | undefined) {
    this.#store = store;
    this.#ownTail = ownTail;
  }

  /** Undefined if there is no such instance. */
  async status(id: string, request: StatusRequest = {}): Promise<StatusRecord | undefined> {
    const { showHistory = false } = request;
    const known = snapshotOf((await this.#tail()).get(id), showHistory);
    const isInStore = !known || (showHistory && known.chunked > 0);
    const read = isInStore ? await this.#store.read(showHistory ? { histories: [id] } : { rows: [id] }) : undefined;
    const row = read?.rows.get(id);
    const stored = read?.histories.get(id);
    // While the store was read, a checkpoint may have come by.
    if (row && (!known || row.commit > known.row.commit)) return this.#record({ row, open: row.open }, request, stored);
    if (!known || known.isDeleted) return undefined;
    const history = known.events && [...(stored ?? []).slice(0, known.chunked), ...known.events];
    return this.#record(known, request, history);
  }

  /** Instances, newest first. Those in the tail come in at their place, instead of the older rows that the store has. */
  async list(request: ListRequest): Promise<ListPage> {
    const tail = await this.#tail();
    const { limit } = request;
    let found: Found[] = [];
    const recent = recentOf(tail, request.after);
    // As of now: while the store is read, a checkpoint may move instances from the tail into rows.
    const inTail = new Set(tail.instances.keys());
    let { after } = request;
    const readAtOnce = isFilter(request) ? Math.max(limit + 1, rowsPerFilteredRead) : limit + 1;
    for (let isLast = false; !isLast && found.length <= limit; ) {
      const { page } = await this.#store.read({
        page: { order: 'newest', limit: readAtOnce, ...(after && { after }) },
      });
      isLast = page.length < readAtOnce;
      for (const row of page) {
        while (recent[0] && isNewer(recent[0].row, row)) found.push(recent.shift() as Found);
        if (!inTail.has(row.id)) found.push({ row, open: row.open });
      }
      const last = page.at(-1);
      if (last) after = [last.createdTime, last.id];
      if (isLast) found = found.concat(recent);
      found = found.filter(({ row }) => matches(row, request));
    }
    const shown = found.slice(0, limit);
    const instances = await Promise.all(shown.map((each) => this.#listed(each)));
    const last = shown.at(-1);
    return found.length > limit && last ? { instances, next: [last.row.createdTime, last.row.id] } : { instances };
  }

  /** One whose values cannot be read must not hide the others: it is listed without them, and `status` says why. */
  async #listed(found: Found): Promise<StatusRecord> {
    try {
      return await this.#record(found, {}, undefined);
    } catch (error) {
      if (!(error instanceof PayloadError)) throw error;
      const { input: _, output: __, customStatus: ___, ...row } = found.row;
      return this.#record({ ...found, row }, {}, undefined);
    }
  }

  #tail(): Tail | Promise<Tail> {
    return this.#ownTail() ?? this.#readTail();
  }

  /** Queries that come together share one reading; never one that began before them, or a caller could miss its own. */
  #readTail(): Promise<Tail> {
    this.#next ??= this.#reading
      .catch(() => {})
      .then(() => {
        this.#next = undefined;
        const tail = recoverTail(this.#store).then((recovered) => recovered.tail);
        this.#reading = tail;
        return tail;
      });
    return this.#next;
  }

  async #record(
    { row, open }: Found,
    { showInput = true, showOutput = true }: StatusRequest,
    history: readonly HistoryEvent[] | undefined,
  ): Promise<StatusRecord> {
    const record: StatusRecord = {
      instanceId: row.id,
      name: row.name,
      runtimeStatus: row.parked ? 'Suspended' : row.status,
      createdTime: new Date(row.createdTime),
      lastUpdatedTime: new Date(row.updatedTime),
      waitsFor: [...Array.from(open, waitOf), ...row.waits.map((name): Wait => ({ kind: 'event', name }))],
    };
    if (row.failure) record.failure = row.failure;
    if (row.reason !== undefined) record.reason = row.reason;
    if (row.parent) record.parent = { instanceId: row.parent.instanceId, name: row.parent.name };
    if (row.parked) record.parked = { reason: row.parked.reason };
    const packed = [showInput ? row.input : undefined, showOutput ? row.output : undefined, row.customStatus, history];
    const [input, output, customStatus, events] =
      row.payloads > 0 ? await new Unpacking(this.#store).values(packed) : packed;
    if (input !== undefined) record.input = input;
    if (output !== undefined) record.output = output;
    if (customStatus !== undefined) record.customStatus = customStatus;
    if (events !== undefined) record.history = events as readonly HistoryEvent[];
    return record;
  }
}

/** An instance of the tail as it is now: it may change while the store is read. */
function snapshotOf(known: TailInstance | undefined, withEvents: boolean) {
  if (!known) return undefined;
  const { row, open, chunked, events, deleted } = known;
  return {
    row: { ...row },
    open: [...open.values()],
    chunked,
    events: withEvents ? [...events] : undefined,
    isDeleted: deleted,
  };
}

function waitOf(task: OpenTask): Wait {
  return task.kind === 'timer' ? { ...task, fireAt: new Date(task.fireAt) } : task;
}

/** What the tail knows, newest first. */
function recentOf(tail: Tail, after: ListToken | undefined): Found[] {
  const found: Found[] = [];
  for (const { row, open, deleted } of tail.instances.values()) {
    if (!deleted && (!after || isNewer({ createdTime: after[0], id: after[1] }, row))) {
      found.push({ row, open: [...open.values()] });
    }
  }
  return found.sort((a, b) => (isNewer(a.row, b.row) ? -1 : 1));
}

function isNewer(a: { createdTime: number; id: string }, b: { createdTime: number; id: string }): boolean {
  return a.createdTime > b.createdTime || (a.createdTime === b.createdTime && a.id > b.id);
}

function isFilter({ name, idPrefix, runtimeStatus }: ListRequest): boolean {
  return name !== undefined || idPrefix !== undefined || runtimeStatus !== undefined;
}

function matches(row: InstanceRow, { name, runtimeStatus, idPrefix }: ListRequest): boolean {
  if (name !== undefined && row.name !== name) return false;
  if (idPrefix !== undefined && !row.id.startsWith(idPrefix)) return false;
  return runtimeStatus === undefined || runtimeStatus.includes(row.parked ? 'Suspended' : row.status);
}
