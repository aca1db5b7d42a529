/**
 * Instances as of the newest commit: what the store's rows say, with the log's tail folded over them. The owner keeps
 * one and applies its own commits to it; recovery and the readers in other tabs build one from the records in the log.
 * So a restart, a query and a checkpoint can never disagree about what the log means.
 */
import { foldOpen, type HistoryEvent } from '../../src/core';
import { EventList } from './event-list';
import type {
  AppendEntry,
  ChangedFields,
  CountChange,
  CreateEntry,
  Heartbeat,
  HistoryChunk,
  InstanceRow,
  InstanceState,
  LogEntry,
  LogRecord,
  OpenTask,
} from './records';

/** Histories up to this size lie in the row: reading and writing them costs no second record. */
const inlineBytes = 4096;
/** Heartbeats of failed calls that are kept beside those of open ones. */
const mostHeartbeats = 64;

/** What is known of an instance. */
export interface TailInstance {
  /** As of `row.commit`. Its `open`, `due` and `events` are made when it is written. */
  row: InstanceRow;
  open: Map<number, OpenTask>;
  /** How many events of the execution lie in chunks. */
  chunked: number;
  /** The events after those. */
  events: EventList;
  deleted: boolean;
  /** Executions whose records are to be deleted. */
  gone: { id: string; execution: number }[];
}

/** A part of a checkpoint: one instance. */
export interface Writing {
  instance: TailInstance;
  /** The commit that it reflects. */
  commit: number;
  /** Absent if the instance was deleted. */
  row?: InstanceRow;
  chunk?: HistoryChunk;
  /** How many events lie in chunks once it is written. */
  chunked: number;
  gone: { id: string; execution: number }[];
}

export class Tail {
  readonly #instances = new Map<string, TailInstance>();
  readonly #changed = new Set<string>();
  readonly #counts = new Map<string, CountChange>();
  /** Ids of those that an instance has started. Some may have come to mean another instance since. */
  readonly #children = new Map<string, Set<string>>();
  /** The number of the newest commit that is folded in. */
  newest = 0;
  /** Who owned the hub when it was read. */
  epoch = 0;

  /** Ids of instances that have changed since they were last written to their row. */
  get changed(): ReadonlySet<string> {
    return this.#changed;
  }

  get instances(): ReadonlyMap<string, TailInstance> {
    return this.#instances;
  }

  get(id: string): TailInstance | undefined {
    return this.#instances.get(id);
  }

  /** Those that this instance started, as far as they are known here. */
  childrenOf(id: string): TailInstance[] {
    return [...(this.#children.get(id) ?? [])]
      .flatMap((child) => this.#instances.get(child) ?? [])
      .filter(({ row, deleted }) => !deleted && row.parent?.instanceId === id);
  }

  get counts(): CountChange[] {
    return Array.from(this.#counts.values(), (count) => ({ ...count }));
  }

  addCounts(changes: readonly CountChange[]): void {
    for (const { name, status, by } of changes) {
      const key = `${status} ${name}`;
      const count = this.#counts.get(key);
      if (count) count.by += by;
      else this.#counts.set(key, { name, status, by });
    }
  }

  /** Takes up a row of the store, unless what is known already is newer. */
  seed(row: InstanceRow): TailInstance {
    const known = this.#instances.get(row.id);
    if (known && known.row.commit >= row.commit) return known;
    const instance: TailInstance = {
      row: withoutDerived(row),
      open: new Map(row.open.map((task) => [task.taskId, task])),
      chunked: row.events ? 0 : row.count,
      events: row.events ? EventList.of(row.count, row.events) : new EventList(),
      deleted: false,
      gone: known?.gone ?? [],
    };
    this.#instances.set(row.id, instance);
    this.#noteParent(row);
    return instance;
  }

  #noteParent({ id, parent }: InstanceRow): void {
    if (!parent) return;
    const children = this.#children.get(parent.instanceId);
    if (children) children.add(id);
    else this.#children.set(parent.instanceId, new Set([id]));
  }

  #remove(id: string): void {
    const parent = this.#instances.get(id)?.row.parent?.instanceId;
    this.#instances.delete(id);
    if (parent === undefined) return;
    const children = this.#children.get(parent);
    children?.delete(id);
    if (children?.size === 0) this.#children.delete(parent);
  }

  /** Folds a commit in. Rows that reflect it already stay as they are. */
  apply(record: LogRecord): void {
    const folded = new Set<string>();
    for (const entry of record.entries) {
      const { id } = entry;
      // Asked once per record: an instance can have several entries in it, and the first raises the row's commit.
      if (!folded.has(id) && (this.#instances.get(id)?.row.commit ?? -1) >= record.commit) continue;
      folded.add(id);
      if (this.#fold(entry, record)) this.#changed.add(id);
    }
    this.addCounts(record.counts);
    this.newest = record.commit;
  }

  #fold(entry: LogEntry, record: LogRecord): boolean {
    const known = this.#instances.get(entry.id);
    switch (entry.kind) {
      case 'create': {
        const created = createInstance(entry, record);
        if (known) {
          created.gone = known.gone;
          if (!known.deleted) {
            created.gone.push({ id: entry.id, execution: known.row.execution });
            if (known.row.isParent !== undefined) created.row.isParent = known.row.isParent;
            else delete created.row.isParent;
          }
          this.#remove(entry.id);
        }
        this.#instances.set(entry.id, created);
        append(created, entry, record);
        this.#noteParent(created.row);
        return true;
      }
      case 'append':
        if (!known || known.deleted || known.row.execution !== entry.execution) return false;
        append(known, entry, record);
        return true;
      case 'delete':
        if (!known || known.row.execution !== entry.execution) return false;
        known.gone.push({ id: entry.id, execution: entry.execution });
        known.deleted = true;
        known.row.commit = record.commit;
        known.events = new EventList();
        return true;
    }
  }

  /** What a checkpoint has to write of an instance, as of the newest commit. */
  toWrite(instance: TailInstance): Writing {
    const { chunked, deleted } = instance;
    const { id, execution, count } = instance.row;
    const writing: Writing = { instance, commit: this.newest, gone: [...instance.gone], chunked };
    if (deleted) return writing;
    const row: InstanceRow = { ...instance.row, commit: this.newest, open: [...instance.open.values()] };
    const due = dueOf(instance);
    if (due !== undefined) row.due = due;
    if (chunked === 0 && instance.events.isBelow(inlineBytes)) {
      row.events = instance.events.pack();
    } else if (chunked < count) {
      writing.chunk = { id, execution, index: chunked, events: instance.events.pack() };
      writing.chunked = count;
    }
    writing.row = row;
    return writing;
  }

  /** It is in the store now. */
  markWritten({ instance, commit, gone, chunked }: Writing): void {
    const { id } = instance.row;
    instance.gone.splice(0, gone.length);
    if (chunked > instance.chunked) {
      instance.events.dropFirst(chunked - instance.chunked);
      instance.chunked = chunked;
    }
    if (this.#instances.get(id) !== instance || instance.row.commit > commit) return;
    this.#changed.delete(id);
    if (instance.deleted) this.#remove(id);
  }

  /** Forgets an instance that the store knows as well. */
  drop(id: string): void {
    if (!this.#changed.has(id)) this.#remove(id);
  }

  /** Forgets all that has not changed since this checkpoint: the store's rows and chunks say the same. */
  forget(checkpoint: number): void {
    for (const [id, { row }] of this.#instances) {
      if (row.commit > checkpoint) continue;
      this.#changed.delete(id);
      this.#remove(id);
    }
  }
}

/** Without what is kept in a better form beside the row. */
function withoutDerived({ due: _, events: __, ...row }: InstanceRow): InstanceRow {
  return { ...row, open: [] };
}

/** A new instance as its first entry tells of it. */
export function foldNew(entry: CreateEntry, time: number): TailInstance {
  const record = { commit: 0, time };
  const instance = createInstance(entry, record);
  append(instance, entry, record);
  return instance;
}

type Written = Pick<LogRecord, 'commit' | 'time'>;

function createInstance(entry: CreateEntry, record: Written): TailInstance {
  return {
    row: {
      id: entry.id,
      execution: entry.execution,
      commit: record.commit,
      name: '',
      status: 'Pending',
      createdTime: entry.createdTime,
      updatedTime: record.time,
      waits: [],
      isParent: false,
      open: [],
      payloads: 0,
      count: 0,
    },
    open: new Map(),
    chunked: 0,
    events: new EventList(),
    deleted: false,
    gone: [],
  };
}

function append(instance: TailInstance, entry: CreateEntry | AppendEntry, record: Written): void {
  const { row } = instance;
  // A heartbeat comes before the result of its task.
  if (entry.fields?.heartbeats) row.heartbeats = withHeartbeats(row.heartbeats, entry.fields.heartbeats);
  for (const event of entry.events) {
    try {
      foldEvent(instance, event);
    } catch {
      // It was damaged. That concerns this instance alone, which is parked as soon as its history is read.
    }
  }
  instance.events.add(entry.events.length, entry.packed ?? entry.events);
  row.count += entry.events.length;
  row.commit = record.commit;
  row.updatedTime = record.time;
  if (entry.fields) foldFields(row, entry.fields);
}

function foldFields(row: InstanceRow, fields: ChangedFields): void {
  if ('customStatus' in fields) row.customStatus = fields.customStatus;
  if (fields.waits) row.waits = fields.waits;
  if (fields.payloads !== undefined) row.payloads = fields.payloads;
  if (fields.statusPayloads) row.statusPayloads = fields.statusPayloads;
  if (fields.isCoded) row.isCoded = true;
  if (fields.parked) row.parked = fields.parked;
  else if (fields.parked === null) delete row.parked;
}

export function withHeartbeats(known: readonly Heartbeat[] = [], come: readonly Heartbeat[]): readonly Heartbeat[] {
  return [...known.filter(({ call }) => !come.some((each) => each.call === call)), ...come];
}

function keepHeartbeats(row: InstanceRow, isKept: (heartbeat: Heartbeat) => boolean): void {
  const kept = row.heartbeats?.filter(isKept) ?? [];
  if (kept.length > 0) row.heartbeats = kept;
  else delete row.heartbeats;
}

function foldEvent(instance: TailInstance, event: HistoryEvent): void {
  const { row } = instance;
  foldOpen(instance.open, event);
  switch (event.type) {
    case 'ExecutionStarted':
      row.name = event.name;
      row.status = event.startAt === undefined ? 'Running' : 'Pending';
      if (event.parent) row.parent = event.parent;
      if (event.input !== undefined) row.input = event.input;
      if (event.version !== undefined) row.version = event.version;
      if (event.tags) row.tags = event.tags;
      if (event.startAt !== undefined) row.startAt = event.startAt;
      break;
    case 'OrchestratorStarted':
      row.status = 'Running';
      delete row.startAt;
      break;
    case 'TaskScheduled':
      if (row.heartbeats && event.retryOf !== undefined) {
        const { taskId, retryOf } = event;
        row.heartbeats = row.heartbeats.map((each) => (each.call === retryOf ? { ...each, taskId } : each));
      }
      break;
    case 'TaskFailed':
      // A retry or a rewind may want it; but they must not gather without bound.
      if (row.heartbeats && row.heartbeats.length > mostHeartbeats) {
        const newest = new Set(row.heartbeats.slice(-mostHeartbeats));
        keepHeartbeats(row, (each) => newest.has(each) || instance.open.has(each.taskId));
      }
      break;
    case 'TaskCompleted':
    case 'TaskCanceled':
      if (row.heartbeats) keepHeartbeats(row, (each) => each.taskId !== event.taskId);
      break;
    case 'ContinueAsNew':
      delete row.heartbeats;
      break;
    case 'SubOrchestrationInstanceCreated':
      row.isParent = true;
      break;
    case 'ExecutionCompleted':
      end(instance, event.status);
      if (event.result !== undefined) row.output = event.result;
      if (event.failure) row.failure = event.failure;
      break;
    case 'ExecutionTerminated':
      end(instance, 'Terminated');
      if (event.reason !== undefined) row.reason = event.reason;
      break;
    case 'ExecutionSuspended':
      row.suspended = event.reason === undefined ? {} : { reason: event.reason };
      break;
    case 'ExecutionResumed':
      delete row.suspended;
      break;
    case 'ExecutionRewound':
      row.status = 'Running';
      delete row.failure;
      row.compensations = event.compensations;
      break;
    case 'CompensationAdded':
      row.compensations = (row.compensations ?? 0) + 1;
      break;
    case 'CompensationsRemoved':
      row.compensations = (row.compensations ?? 0) - event.ids.length;
  }
}

function end({ row }: TailInstance, status: InstanceState): void {
  row.status = status;
  // What has failed can be rewound, and goes on then.
  if (status !== 'Failed') delete row.heartbeats;
  row.waits = [];
  delete row.parked;
  delete row.suspended;
  delete row.startAt;
}

/** When the hub must look at the instance: 0 if at every start, undefined if only a message can move it. */
function dueOf({ row, open }: TailInstance): number | undefined {
  if (row.parked) return 0;
  let due = row.startAt;
  for (const task of open.values()) {
    if (task.kind === 'activity') return 0;
    if (task.kind === 'timer') due = Math.min(due ?? task.fireAt, task.fireAt);
  }
  // 0 says more than "due long ago".
  return due === undefined ? undefined : Math.max(due, 1);
}
