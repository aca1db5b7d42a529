/** What a page and its orchestrations import: `import { connect } from 'perdure'`. */

export type {
  CompletionOptions,
  ConnectOptions,
  DurableClient,
  HubView,
  ImportOptions,
  InstanceFilter,
  InstanceList,
  InstancePage,
  InstancesView,
  InstanceView,
  ListOptions,
  Live,
  OnExisting,
  PageOptions,
  PurgeFilter,
  PurgeResult,
  RestartOptions,
  StartOptions,
  StartOptionsWithInput,
  StatusOptions,
  TerminateOptions,
  WatchInstanceOptions,
  WatchInstancesOptions,
} from './client';
export { connect } from './client';
export type { Duration } from './core/duration';
export {
  CodecError,
  CompensationFailedError,
  type ErrorCode,
  HubUnavailableError,
  InstanceExistsError,
  InstanceFailedError,
  InstanceNotFailedError,
  InstanceNotFoundError,
  InstanceNotRunningError,
  InstanceRunningError,
  InstanceTerminatedError,
  InvalidExportError,
  InvalidNameError,
  InvalidTokenError,
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
export type { FailureDetails, HistoryEvent, RunCondition } from './core/history';
export type { ActivityContext, AnyActivity } from './core/types/activity';
export type { HttpRequest, HttpResponse } from './core/types/http';
export type { ActivityProgress, InstanceId, InstanceStatus, RuntimeStatus, Wait } from './core/types/instance';
export type {
  ActivityOptions,
  AnyOrchestrator,
  CompensationOptions,
  ContinueOptions,
  DurableContext,
  OrchestrationContext,
  OrchestrationInput,
  OrchestrationName,
  OrchestrationOutput,
  OrchestrationScope,
  OrchestrationTypes,
  ParentInstance,
  RetryOptions,
  ScopeOptions,
  SubOrchestratorOptions,
  WaitOptions,
} from './core/types/orchestration';
export type { First, FirstOf, Joinable, Step, Steps, Task } from './core/types/task';
