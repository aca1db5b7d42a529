/**
 * What lies in a task hub's database. The log holds one record per group commit; a checkpoint moves what the log says
 * into rows and history chunks, and then drops the log. Whoever reads takes the row and folds the log's tail over it
 * (see `tail.ts`).
 *
 * These shapes lie in users' databases. Add to them; never change what is there.
 */
import type {
  EventRaised,
  ExecutionStarted,
  FailureDetails,
  HistoryEvent,
  MessageEvent,
  OpenWork,
  ParentLink,
} from '../../src/core/history';
import type { EncodedValue } from '../../src/core/payload';
import type { Packed } from '../packed';

/**
 * Rises when code that does not know the new records would misread them.
 * 2: events of suspending, rewinding, patches, compensation and sending; instances that start later; counts of suspended.
 * 3: values that a codec has encoded; how activities are to be run; heartbeats.
 * 4: entries, carry and events are stored as text (`packing.ts`).
 */
export const schemaVersion = 4;

/** Where an instance stands. Suspended and parked are flags beside it. */
export type InstanceState = 'Pending' | 'Running' | 'Completed' | 'Failed' | 'Terminated';

/** A task without a result yet. */
export type OpenTask = OpenWork;

/** Why an instance cannot go on, though nothing of it is lost. */
export interface Parked {
  code: string;
  reason: string;
  /** The build that could not go on with it. Another one tries. */
  build?: string;
  /** The reason, if it is encoded. */
  encoded?: EncodedValue;
}

/** The user has suspended it. */
export interface Suspended {
  reason?: string;
}

/** What an activity has last given to `heartbeat`. It is kept for the next attempt of the call. */
export interface Heartbeat {
  /** The task of the call's first attempt. */
  call: number;
  /** The attempt that is under way, or was the last. */
  taskId: number;
  details?: unknown;
}

/** What a row shows although no event says it. A field that is absent has not changed. */
export interface ChangedFields {
  customStatus?: unknown;
  /** The names of the events that it waits for. */
  waits?: readonly string[];
  parked?: Parked | null;
  /** How many payloads the execution has written. */
  payloads?: number;
  /** Those that have come, in the place of earlier ones of the same call. */
  heartbeats?: readonly Heartbeat[];
  /** Which payloads the custom status alone refers to. Those that it referred to before are gone. */
  statusPayloads?: readonly number[];
  /** Some of its values are encoded. */
  isCoded?: true;
}

/** An instance as of the commit that it names. */
export interface InstanceRow {
  id: string;
  execution: number;
  /** The commit number that the row reflects; the log's records above it are folded over the row. */
  commit: number;
  name: string;
  status: InstanceState;
  createdTime: number;
  updatedTime: number;
  parent?: ParentLink;
  input?: unknown;
  output?: unknown;
  failure?: FailureDetails;
  /** Why it was terminated. */
  reason?: string;
  customStatus?: unknown;
  waits: readonly string[];
  parked?: Parked;
  suspended?: Suspended;
  version?: string;
  tags?: Readonly<Record<string, string>>;
  /** When it is to begin, while it has not. */
  startAt?: number;
  /** Steps to undo, should it be terminated now. */
  compensations?: number;
  /** Whether any of its executions has started others. Rows of the first schema do not say. */
  isParent?: boolean;
  open: readonly OpenTask[];
  /** Of calls that have not succeeded. */
  heartbeats?: readonly Heartbeat[];
  /** Which payloads the custom status alone refers to. */
  statusPayloads?: readonly number[];
  /** Some of its values are encoded. */
  isCoded?: true;
  /** When it must be looked at: 0 while an activity is open, else the earliest timer or start. Absent: only a message wakes it. */
  due?: number;
  payloads: number;
  /** The number of events that count, whatever else the chunks hold. */
  count: number;
  /** The whole history, as long as it is small. */
  events?: Packed<HistoryEvent>;
}

/** A new execution: of a new instance, or one that takes an older execution's place. */
export interface CreateEntry {
  kind: 'create';
  id: string;
  execution: number;
  createdTime: number;
  events: HistoryEvent[];
  /** The same as they are stored, where they are packed already. */
  packed?: Packed<HistoryEvent>;
  fields?: ChangedFields;
}
/** New events of an execution. Skipped by readers who have neither its row nor its `create`. */
export interface AppendEntry {
  kind: 'append';
  id: string;
  execution: number;
  /** Index of the first of these events in the history. */
  index: number;
  events: HistoryEvent[];
  /** The same as they are stored, where they are packed already. */
  packed?: Packed<HistoryEvent>;
  fields?: ChangedFields;
}
export interface DeleteEntry {
  kind: 'delete';
  id: string;
  execution: number;
}
export type LogEntry = CreateEntry | AppendEntry | DeleteEntry;

/** A message between instances that its batch did not reach any more. */
export type Carried =
  | { kind: 'deliver'; to: string; execution?: number; parent?: ParentLink; event: MessageEvent }
  /** A parent was rewound, and waits for this child again. */
  | { kind: 'rewind'; to: string; parent: ParentLink; reason?: string }
  | {
      kind: 'start';
      to: string;
      event: ExecutionStarted;
      /** The execution that went over into this one by `continueAsNew`. */
      continues?: number;
      /** Events that the former execution did not consume. */
      kept?: readonly EventRaised[];
    };

/** What instances are counted by: Suspended are those that are suspended or parked, whatever their state. */
export type CountedState = InstanceState | 'Suspended';

/** How many more (or fewer) instances of an orchestration are in a state. */
export interface CountChange {
  name: string;
  status: CountedState;
  by: number;
}

/** One group commit. */
export interface LogRecord {
  commit: number;
  epoch: number;
  time: number;
  counts: readonly CountChange[];
  carry: readonly Carried[];
  entries: readonly LogEntry[];
}

/** Some events of one execution, under `[instance id, execution, index of the first]`. */
export interface HistoryChunk {
  id: string;
  execution: number;
  index: number;
  events: Packed<HistoryEvent>;
}

/** `[execution, number]` */
export type PayloadKey = readonly [execution: number, number: number];

/** A command of a tab that does not own the hub. */
export interface InboxRecord {
  number: number;
  build: string;
  method: string;
  args: readonly unknown[];
}

/** What became of such a command. */
export interface Outcome {
  time: number;
  value?: unknown;
  failure?: FailureDetails;
}
