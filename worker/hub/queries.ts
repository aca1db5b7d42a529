/**
 * Answers what can be read, from any tab: the rows of the store, with the log's tail folded over them. The owner has
 * the tail in memory; another tab reads it first.
 */
import { CodecError, type HistoryEvent, PayloadError, toFailure, type Wait } from '../../src/core';
import type { Filter, InstanceCopy, ListPage, ListRequest, StatusRecord, StatusRequest } from '../../src/protocol';
import type { InstanceRow, InstanceState, OpenTask, Parked } from '../store/records';
import type { Store } from '../store/store';
import type { Tail, TailInstance } from '../store/tail';
import { copyInstances } from './copies';
import { runtimeStatusOf } from './filter';
import { countRows, type Found, findRows } from './listing';
import { type Source, Unpacking } from './payloads';
import { readRows } from './recovery';
import { SharedLook } from './shared-look';
import { TailReader } from './tail-reader';
import { taskKey } from './task-key';
import type { StateOf } from './task-state';

export class Queries {
  readonly #source: Source;
  readonly #store: Store;
  readonly #ownTail: () => Tail | undefined;
  readonly #stateOf: StateOf;
  readonly #reader: TailReader;
  readonly #epoch: SharedLook<number>;
  /** The tail of a hub of this worker that another owner has taken over from. */
  #outdated: Tail | undefined;

  /** @param ownTail the tail of the hub that runs in this worker, if one does */
  constructor(source: Source, ownTail: () => Tail | undefined, stateOf: StateOf = () => ({})) {
    this.#stateOf = stateOf;
    this.#source = source;
    this.#store = source.store;
    this.#ownTail = ownTail;
    this.#reader = new TailReader(source.store);
    this.#epoch = new SharedLook(async () => (await source.store.read({})).meta.epoch);
  }

  /**
   * Makes sure that what is answered from now on is not from before another tab took over: one that was frozen may not have
   * heard of that yet. What follows the hub does without it, and looks anew when it is told.
   */
  async confirm(): Promise<void> {
    const own = this.#ownTail();
    if (own && own.epoch !== (await this.#epoch.take())) this.#outdated = own;
  }

  /** The number of the newest commit. */
  async newest(): Promise<number> {
    return (await this.#tail()).newest;
  }

  /** Undefined if there is no such instance. */
  async status(id: string, request: StatusRequest = {}): Promise<StatusRecord | undefined> {
    for (let last: number | undefined; ; ) {
      const found = await this.#find(id, request);
      if (!found) return undefined;
      try {
        return await this.#record(found, request, found.history);
      } catch (error) {
        // That it is parked for want of a key can be seen without the key.
        if (error instanceof CodecError && found.row.parked?.code === 'Codec') {
          return this.#record(withoutValues(found), {}, undefined);
        }
        // The payloads of a custom status go with it: another one may have come since its row was read.
        const { commit } = found.row;
        if (!(error instanceof PayloadError) || commit === last) throw error;
        last = commit;
      }
    }
  }

  async #find(
    id: string,
    { showHistory = false }: StatusRequest,
  ): Promise<(Found & { history?: readonly HistoryEvent[] | undefined }) | undefined> {
    const known = snapshotOf((await this.#tail()).get(id), showHistory);
    const isInStore = !known || (showHistory && known.chunked > 0);
    const read = isInStore ? await this.#store.read(showHistory ? { histories: [id] } : { rows: [id] }) : undefined;
    const row = read?.rows.get(id);
    const stored = read?.histories.get(id);
    // While the store was read, a checkpoint may have come by.
    if (row && (!known || row.commit > known.row.commit)) return { row, open: row.open, history: stored };
    if (!known || known.isDeleted) return undefined;
    const history = known.events && [...(stored ?? []).slice(0, known.chunked), ...known.events];
    return { row: known.row, open: known.open, history };
  }

  /** Which of these have ended or are not there. The store is read twice at most, however many are asked for. */
  async over(ids: readonly string[]): Promise<string[]> {
    const own = this.#ownTail();
    // What it knows to have ended has; but what it does not know may have been started since.
    if (own && ids.some((id) => !own.get(id))) await this.confirm();
    const tail = await this.#tail();
    const unknown = ids.filter((id) => !tail.get(id));
    const stored = new Map((await readRows(this.#store, unknown)).map((row) => [row.id, row]));
    return ids.filter((id) => {
      const known = tail.get(id);
      const row = stored.get(id);
      // While the store was read, a checkpoint may have come by.
      if (known && (!row || known.row.commit >= row.commit)) return known.deleted || isEnd(known.row.status);
      return !row || isEnd(row.status);
    });
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
    return copyInstances(this.#source, id);
  }

  /** One whose values cannot be read must not hide the others: it is listed without them, and `status` says why. */
  async #listed(found: Found): Promise<StatusRecord> {
    try {
      return await this.#record(found, {}, undefined);
    } catch (error) {
      if (!(error instanceof PayloadError || error instanceof CodecError)) throw error;
      return this.#record(withoutValues(found), {}, undefined);
    }
  }

  #tail(): Tail | Promise<Tail> {
    const own = this.#ownTail();
    if (!own || own === this.#outdated) return this.#reader.read();
    this.#reader.forget();
    return own;
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
    if (row.reason !== undefined) record.reason = row.reason;
    if (row.parent) record.parent = { instanceId: row.parent.instanceId, name: row.parent.name };
    const unpacking = row.payloads > 0 || row.isCoded ? new Unpacking(this.#source) : undefined;
    if (row.failure) record.failure = (await unpacking?.failure(row.failure)) ?? row.failure;
    if (row.parked) record.parked = { reason: await this.#reasonOf(row.parked, unpacking) };
    const packed = [showInput ? row.input : undefined, showOutput ? row.output : undefined, row.customStatus];
    const [input, output, customStatus] = unpacking ? await unpacking.values(packed) : packed;
    const events = (history && (await unpacking?.history(history))) ?? history;
    if (input !== undefined) record.input = input;
    if (output !== undefined) record.output = output;
    if (customStatus !== undefined) record.customStatus = customStatus;
    if (events !== undefined) record.history = events;
    return record;
  }

  /** Why it is parked; without the key, that it cannot be read is the reason. */
  async #reasonOf({ reason, encoded }: Parked, unpacking: Unpacking | undefined): Promise<string> {
    if (!encoded || !unpacking) return reason;
    return unpacking.value(encoded).then(String, (error: unknown) => toFailure(error).message);
  }

  #waitOf({ execution }: InstanceRow, task: OpenTask): Wait {
    if (task.kind === 'timer') return { ...task, fireAt: new Date(task.fireAt) };
    if (task.kind !== 'activity') return task;
    const { kind, taskId, name, runWhen } = task;
    return { kind, taskId, name, ...this.#stateOf(taskKey(execution, taskId), runWhen) };
  }
}

function withoutValues({
  row: { input: _, output: __, customStatus: ___, failure: ____, ...row },
  open,
}: Found): Found {
  return { row, open };
}

function isEnd(status: InstanceState): boolean {
  return status !== 'Pending' && status !== 'Running';
}

/** An instance of the tail as it is now: it may change while the store is read. */
function snapshotOf(known: TailInstance | undefined, withEvents: boolean) {
  if (!known) return undefined;
  const { row, open, chunked, events, deleted } = known;
  return {
    row: { ...row },
    open: [...open.values()],
    chunked,
    events: withEvents ? events.read() : undefined,
    isDeleted: deleted,
  };
}
