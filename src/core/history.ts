/**
 * The history of one execution: what happened to it and what it decided, in order, under the names that Durable
 * Functions gives to these events. A turn is an OrchestratorStarted, the messages that it applied, the decisions that
 * they led to, and an OrchestratorCompleted. Events outside such a pair have been kept for later and are not played yet.
 * {@link StandingEvent}s are never played: they tell what was done to the instance as a whole.
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
  /** Of a TaskFailedError: the call that failed, by the task of its first attempt, within the execution that records it. */
  taskId?: number;
  /** What a codec made of the whole: `message` says no more than that then, and stack and cause are in here. */
  encoded?: Uint8Array<ArrayBuffer>;
}

/** Who started a sub-orchestration, and as which of its tasks. */
export interface ParentLink {
  instanceId: string;
  execution: number;
  taskId: number;
  name: string;
  /** Nobody waits for it: it tells nobody how it ended. */
  detached?: true;
}

/** How often and when something that failed is tried again, as far as it can be recorded. Times in milliseconds. */
export interface RecordedRetry {
  maxAttempts: number;
  firstRetryInterval: number;
  backoffCoefficient?: number;
  maxRetryInterval?: number;
  retryTimeout?: number;
  jitter?: number;
}

/** When an activity may run: while there is a network, while a page of the app is seen, while nobody uses one. */
export type RunCondition = 'online' | 'visible' | 'idle';

/** How an attempt of an activity is to be run. Times in milliseconds. */
export interface RunOptions {
  timeout?: number;
  heartbeatTimeout?: number;
  runWhen?: RunCondition;
  priority?: number;
  transfer?: true;
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
  /** The version of the orchestration that it stays with. */
  version?: string;
  tags?: Readonly<Record<string, string>>;
  /** It is not to run before, in milliseconds since 1970. */
  startAt?: number;
  /** Of an imported instance: the number of the execution that was exported, from which ids and chance are drawn. */
  execution?: number;
}
export interface ExecutionTerminated {
  type: 'ExecutionTerminated';
  reason?: string;
  /** The sub-orchestrations that it waits for are terminated as well. */
  recursive?: true;
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

/** The user has suspended the instance: what comes is kept, and played when it is resumed. */
export interface ExecutionSuspended {
  type: 'ExecutionSuspended';
  reason?: string;
}
export interface ExecutionResumed {
  type: 'ExecutionResumed';
  reason?: string;
}
/**
 * A failed execution goes on. A replay passes over the events from `from` on, except those messages that nothing can
 * bring again (see `rewind.ts`).
 */
export interface ExecutionRewound {
  type: 'ExecutionRewound';
  reason?: string;
  /** Index of the event, the start of a turn mostly, from which on nothing counts any more. */
  from: number;
  /** The next task's number: those that are passed over are not used again. */
  taskIds: number;
  /** What has no result from there. */
  open: readonly OpenWork[];
  /** How many steps would have to be undone from there. */
  compensations: number;
}

/** A task that has been scheduled and has no result. */
export type OpenWork =
  | { kind: 'activity'; taskId: number; name: string; runWhen?: RunCondition }
  | { kind: 'timer'; taskId: number; fireAt: number }
  | { kind: 'subOrchestration'; taskId: number; name: string; instanceId: string };

/** What was done to an instance as a whole, between its turns. No orchestrator sees it. */
export type StandingEvent = ExecutionSuspended | ExecutionResumed | ExecutionRewound;

export interface TaskScheduled {
  type: 'TaskScheduled';
  taskId: number;
  name: string;
  input?: unknown;
  /** Which attempt of the call it is; absent for the first. */
  attempt?: number;
  /** The task of the first attempt. */
  retryOf?: number;
  /** Present if it is to be run in any special way. */
  run?: RunOptions;
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
  version?: string;
  tags?: Readonly<Record<string, string>>;
  /** Nobody waits for it. */
  detached?: true;
  /** Which attempt of the call it is; absent for the first. */
  attempt?: number;
  /** The task of the first attempt. */
  retryOf?: number;
}
/** An event for another instance. */
export interface EventSent {
  type: 'EventSent';
  instanceId: string;
  name: string;
  input?: unknown;
}
/** An activity that undoes a step, to be called should its scope fail or the instance be terminated. */
export interface CompensationAdded {
  type: 'CompensationAdded';
  id: number;
  name: string;
  input?: unknown;
  retry?: RecordedRetry;
  /** The number that the next task had when its scope, the outermost one, began: what is undone is undone from there. */
  scope: number;
}
/** These need not be called any more: their scope succeeded, or they have been called. */
export interface CompensationsRemoved {
  type: 'CompensationsRemoved';
  ids: readonly number[];
  /** They have been called. */
  undone?: true;
}
/** The orchestrator reached `patched(id)` with code that knows the patch, and goes its way. */
export interface PatchMarked {
  type: 'PatchMarked';
  id: string;
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
  /** Present if the next execution is of another version. */
  version?: string;
  /** Present if events that nobody has consumed are dropped. */
  dropEvents?: true;
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
  | EventSent
  | CompensationAdded
  | CompensationsRemoved
  | PatchMarked
  | ContinueAsNew
  | ExecutionCompleted;

export type HistoryEvent = OrchestratorStarted | OrchestratorCompleted | MessageEvent | DecisionEvent | StandingEvent;
