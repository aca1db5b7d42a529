/**
 * Answers what can be read, from any tab: the rows of the store, with the log's tail folded over them. The owner has
 * the tail in memory; another tab reads it first.
 */
import { type HistoryEvent, PayloadError, type Wait } from '../../src/core';
import type { Filter, InstanceCopy, ListPage, ListRequest, StatusRecord, StatusRequest } from '../../src/protocol';
import type { InstanceRow, OpenTask } from '../store/records';
import type { Store } from '../store/store';
import type { Tail, TailInstance } from '../store/tail';
import { copyInstances } from './copies';
import { runtimeStatusOf } from './filter';
import { countRows, type Found, findRows } from './listing';
import { Unpacking } from './payloads';
import { recoverTail } from './recovery';
import { taskKey } from './task-key';
import type { StateOf } from './task-state';

export class Queries {
  readonly #store: Store;
  readonly #ownTail: () => Tail | undefined;
  readonly #stateOf: StateOf;
  #reading: Promise<unknown> = Promise.resolve();
  #next: Promise<Tail> | undefined;

  /** @param ownTail the tail of the hub that runs in this worker, if one does */
  constructor(store: Store, ownTail: () => Tail | undefined, stateOf: StateOf = () => ({})) {
    this.#stateOf = stateOf;
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

  /** Instances in the order of creation. */
  async list(request: ListRequest, withValues = true): Promise<ListPage> {
    const { limit } = request;
    const found = await findRows(this.#store, await this.#tail(), request);
    const shown = found.slice(0, limit);
    const instances = await Promise.all(shown.map((each) => this.#listed(withValues ? each : withoutValues(each))));
    const last = shown.at(-1);
    return found.length > limit && last ? { instances, next: [last.row.createdTime, last.row.id] } : { instances };
  }

  /** How many match. The counts by name and status are kept, so that nothing has to be read for them. */
  async count(filter: Filter): Promise<number> {
    const tail = await this.#tail();
    const { name, runtimeStatus, ...rest } = filter;
    if (Object.values(rest).some((each) => each !== undefined)) return countRows(this.#store, tail, filter);
    let count = 0;
    for (const each of tail.counts) {
      const isMeant = (name === undefined || each.name === name) && (runtimeStatus?.includes(each.status) ?? true);
      if (isMeant) count += each.by;
    }
    return count;
  }

  /** The instance with those that it waits for. @throws InstanceNotFoundError, PayloadError */
  export(id: string): Promise<InstanceCopy[]> {
    return copyInstances(this.#store, id);
  }

  /** One whose values cannot be read must not hide the others: it is listed without them, and `status` says why. */
  async #listed(found: Found): Promise<StatusRecord> {
    try {
      return await this.#record(found, {}, undefined);
    } catch (error) {
      if (!(error instanceof PayloadError)) throw error;
      return this.#record(withoutValues(found), {}, undefined);
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
      runtimeStatus: runtimeStatusOf(row),
      createdTime: new Date(row.createdTime),
      lastUpdatedTime: new Date(row.updatedTime),
      waitsFor: [
        ...Array.from(open, (task) => this.#waitOf(row, task)),
        ...row.waits.map((name): Wait => ({ kind: 'event', name })),
      ],
    };
    if (row.startAt !== undefined) record.waitsFor = [{ kind: 'start', startAt: new Date(row.startAt) }];
    if (row.version !== undefined) record.version = row.version;
    if (row.tags) record.tags = row.tags;
    if (row.suspended) record.suspended = row.suspended;
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

  #waitOf({ execution }: InstanceRow, task: OpenTask): Wait {
    if (task.kind === 'timer') return { ...task, fireAt: new Date(task.fireAt) };
    if (task.kind !== 'activity') return task;
    const { kind, taskId, name, runWhen } = task;
    return { kind, taskId, name, ...this.#stateOf(taskKey(execution, taskId), runWhen) };
  }
}

function withoutValues({ row: { input: _, output: __, customStatus: ___, ...row }, open }: Found): Found {
  return { row, open };
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
