/** Everything that happens to an instance arrives as a message, and waits in its instance's mailbox for its turn. */
import type { EventRaised, ExecutionStarted, FailureDetails, MessageEvent } from '../../src/core';
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
  /** The execution that goes over into this one. */
  continues?: number;
  kept?: readonly EventRaised[];
}

/** Something that an execution is to know. Without `execution` it is for whichever is current. */
export interface DeliverMessage extends Common {
  kind: 'deliver';
  execution?: number;
  event: MessageEvent;
}

/** Deletes an instance that has ended. */
export interface PurgeMessage extends Common {
  kind: 'purge';
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

/** A command that is refused before it gets anywhere; the refusal, too, is committed before it is told. */
export interface RefuseMessage extends Common {
  kind: 'refuse';
  error: unknown;
}

/** An instance cannot go on and fails, without a turn of its own. */
export interface FailMessage extends Common {
  kind: 'fail';
  failure: FailureDetails;
}

export type Message =
  | StartMessage
  | DeliverMessage
  | PurgeMessage
  | RetryMessage
  | LookMessage
  | RefuseMessage
  | FailMessage;
