/** What a page and its orchestrations import: `import { connect } from 'perdure'`. */

export type {
  CompletionOptions,
  ConnectOptions,
  DurableClient,
  HubView,
  InstanceFilter,
  InstancesView,
  InstanceView,
  ListOptions,
  Live,
  StartOptions,
  StartOptionsWithInput,
  StatusOptions,
  WatchInstanceOptions,
  WatchInstancesOptions,
} from './client';
export { connect } from './client';
export type { Duration } from './core/duration';
export {
  type ErrorCode,
  HubUnavailableError,
  InstanceExistsError,
  InstanceFailedError,
  InstanceNotFoundError,
  InstanceNotRunningError,
  InstanceRunningError,
  InstanceTerminatedError,
  InvalidNameError,
  NewerSchemaError,
  NonDeterminismError,
  PayloadError,
  PerdureError,
  StorageError,
  TaskCanceledError,
  TaskFailedError,
  TimeoutError,
  UnknownActivityError,
  UnknownOrchestrationError,
  WorkerLostError,
} from './core/errors';
export type { FailureDetails, HistoryEvent } from './core/history';
export type { ActivityContext, AnyActivity } from './core/types/activity';
export type { InstanceId, InstanceStatus, RuntimeStatus, Wait } from './core/types/instance';
export type {
  AnyOrchestrator,
  DurableContext,
  OrchestrationContext,
  OrchestrationInput,
  OrchestrationName,
  OrchestrationOutput,
  OrchestrationTypes,
  ParentInstance,
  SubOrchestratorOptions,
  WaitOptions,
} from './core/types/orchestration';
export type { First, FirstOf, Joinable, Step, Steps, Task } from './core/types/task';
