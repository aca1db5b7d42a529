/**
 * The history of one execution: what happened to it and what it decided, in order, under the names that Durable
 * Functions gives to these events. A turn is an OrchestratorStarted, the messages that it applied, the decisions that
 * they led to, and an OrchestratorCompleted. Events outside such a pair have been kept for later and are not played yet.
 *
 * These shapes lie in users' databases. Add to them; never change what is there.
 */

/** What an error was, in a form that can be stored and sent: its name, message, stack, code and cause survive. */
export interface FailureDetails {
  name: string;
  message: string;
  code?: string;
  stack?: string;
  cause?: FailureDetails;
}

/** Who started a sub-orchestration, and as which of its tasks. */
export interface ParentLink {
  instanceId: string;
  execution: number;
  taskId: number;
  name: string;
}

/** A turn begins. `at` is the time of the whole turn, in milliseconds since 1970. */
export interface OrchestratorStarted {
  type: 'OrchestratorStarted';
  at: number;
}
/** A turn ends: all its decisions stand before this event. */
export interface OrchestratorCompleted {
  type: 'OrchestratorCompleted';
}

export interface ExecutionStarted {
  type: 'ExecutionStarted';
  name: string;
  input?: unknown;
  parent?: ParentLink;
  /** GUIDs that earlier executions of a `continueAsNew` chain have drawn, so that none is drawn twice. */
  guids?: number;
}
export interface ExecutionTerminated {
  type: 'ExecutionTerminated';
  reason?: string;
}
export interface EventRaised {
  type: 'EventRaised';
  name: string;
  input?: unknown;
}
export interface TaskCompleted {
  type: 'TaskCompleted';
  taskId: number;
  result?: unknown;
}
export interface TaskFailed {
  type: 'TaskFailed';
  taskId: number;
  failure: FailureDetails;
}
export interface TimerFired {
  type: 'TimerFired';
  taskId: number;
  fireAt: number;
}
export interface SubOrchestrationInstanceCompleted {
  type: 'SubOrchestrationInstanceCompleted';
  taskId: number;
  result?: unknown;
}
export interface SubOrchestrationInstanceFailed {
  type: 'SubOrchestrationInstanceFailed';
  taskId: number;
  failure: FailureDetails;
}

/** What comes to an instance from outside and is applied, one at a time, within a turn. */
export type MessageEvent =
  | ExecutionStarted
  | ExecutionTerminated
  | EventRaised
  | TaskCompleted
  | TaskFailed
  | TimerFired
  | SubOrchestrationInstanceCompleted
  | SubOrchestrationInstanceFailed;

export interface TaskScheduled {
  type: 'TaskScheduled';
  taskId: number;
  name: string;
  input?: unknown;
}
export interface TimerCreated {
  type: 'TimerCreated';
  taskId: number;
  fireAt: number;
}
export interface SubOrchestrationInstanceCreated {
  type: 'SubOrchestrationInstanceCreated';
  taskId: number;
  name: string;
  instanceId: string;
  input?: unknown;
}
/** A task that nobody waits for any more. Durable Functions records no such event; without it, what is open could not be told from the history alone. */
export interface TaskCanceled {
  type: 'TaskCanceled';
  taskId: number;
  reason?: string;
}
export interface ContinueAsNew {
  type: 'ContinueAsNew';
  input?: unknown;
}
export interface ExecutionCompleted {
  type: 'ExecutionCompleted';
  status: 'Completed' | 'Failed';
  result?: unknown;
  failure?: FailureDetails;
}

/** What an orchestrator decided in a turn; a replay must decide the same. */
export type DecisionEvent =
  | TaskScheduled
  | TimerCreated
  | SubOrchestrationInstanceCreated
  | TaskCanceled
  | ContinueAsNew
  | ExecutionCompleted;

export type HistoryEvent = OrchestratorStarted | OrchestratorCompleted | MessageEvent | DecisionEvent;
