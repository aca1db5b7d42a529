/** Everything that happens to an instance arrives as a message, and waits in its instance's mailbox for its turn. */
import type { EventRaised, ExecutionStarted, FailureDetails, MessageEvent, ParentLink } from '../../src/core';
import type { Filter, InstanceCopy, OnExisting } from '../../src/protocol';
import type { Carried } from '../store/records';
import type { Batch } from './batch';

/** Who gave a command, and waits for its outcome. */
export interface Caller {
  /** Called once: after the commit that holds the command's effect, or when it was refused. */
  done(outcome: { value?: unknown } | { error: unknown }): void;
  /** The number of the inbox record that it came in, from another tab: the commit consumes it and holds the outcome. */
  inbox?: number;
}

interface Common {
  /** The instance. */
  to: string;
  caller?: Caller;
  /** For messages between instances: the form in which a commit carries it over, until a turn has played it. */
  carried?: Carried;
  /** The batch that produced it: if that fails, the message has never been. */
  producedBy?: Batch;
}

/** A new execution. */
export interface StartMessage extends Common {
  kind: 'start';
  event: ExecutionStarted;
  /** Nobody can have used the id before, so there is no need to look. */
  fresh?: boolean;
  /** What becomes of it if the id is in use; `replaceTerminal` if it is not given. */
  onExisting?: OnExisting;
  /** The execution that goes over into this one. */
  continues?: number;
  kept?: readonly EventRaised[];
}

/** Something that an execution is to know. Without `execution` it is for whichever is current. */
export interface DeliverMessage extends Common {
  kind: 'deliver';
  execution?: number;
  /** Only for the child that this parent started. */
  parent?: ParentLink;
  event: MessageEvent;
}

/** The time has come for an instance that was started for later. */
export interface BeginMessage extends Common {
  kind: 'begin';
  execution: number;
}

/** What comes is kept from now on, or played again. */
export interface SuspendMessage extends Common {
  kind: 'suspend' | 'resume';
  reason?: string;
}

/** A failed instance goes on. With `parent`: if it did not fail, it tells its parent again how it ended. */
export interface RewindMessage extends Common {
  kind: 'rewind';
  reason?: string;
  parent?: ParentLink;
}

/** Starts an orchestration again as it was started. */
export interface RestartMessage extends Common {
  kind: 'restart';
  newInstanceId: string;
}

/** Deletes an instance that has ended, and its children. */
export interface PurgeMessage extends Common {
  kind: 'purge';
}

/** Deletes all ended instances that match, one after the other. It is for the hub itself, and no instance. */
export interface PurgeByMessage extends Common {
  kind: 'purgeBy';
  filter: Filter;
}

/** Takes in an instance of another hub: the first copy is the instance, the others the children that it waits for. */
export interface ImportMessage extends Common {
  kind: 'import';
  copies: readonly InstanceCopy[];
}

/** An instance must not run. */
export interface ParkMessage extends Common {
  kind: 'park';
  execution: number;
  code: string;
  reason: string;
}

/** An activity says that it is alive, and how far it is. */
export interface HeartbeatMessage extends Common {
  kind: 'heartbeat';
  execution: number;
  taskId: number;
  /** The task of the call's first attempt. */
  call: number;
  details: unknown;
}

/** A parked instance is to be tried again. */
export interface RetryMessage extends Common {
  kind: 'retry';
}

/** An orchestrator that lives in memory may have left its turns. */
export interface LookMessage extends Common {
  kind: 'look';
  execution: number;
}

/** The outcome of a command that no instance's turn gives. It, too, is committed before it is told. */
export interface AnswerMessage extends Common {
  kind: 'answer';
  outcome: { value?: unknown } | { error: unknown };
}

/** An instance cannot go on and fails, without a turn of its own. */
export interface FailMessage extends Common {
  kind: 'fail';
  failure: FailureDetails;
}

export type Message =
  | StartMessage
  | DeliverMessage
  | BeginMessage
  | SuspendMessage
  | RewindMessage
  | RestartMessage
  | PurgeMessage
  | PurgeByMessage
  | ImportMessage
  | ParkMessage
  | HeartbeatMessage
  | RetryMessage
  | LookMessage
  | AnswerMessage
  | FailMessage;
