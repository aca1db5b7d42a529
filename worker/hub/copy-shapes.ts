/**
 * What a copy of an instance must look like for the hub to take it in, event by event. The page that imports it has
 * looked closer (`client/portable`), also at whether it is a story that can have happened: a replay finds that out too,
 * and parks the instance. But what has the wrong shape would be committed before anything stumbles over it.
 */
import {
  checkName,
  checkTags,
  checkValue,
  type FailureDetails,
  type HistoryEvent,
  InvalidExportError,
  type ParentLink,
} from '../../src/core';
import type { OpenWork, RecordedRetry, RunOptions } from '../../src/core/history';
import type { HeartbeatCopy, InstanceCopy } from '../../src/protocol';
import {
  amount,
  anything,
  type Check,
  count,
  date,
  duration,
  type Fields,
  listOf,
  maybe,
  nothing,
  number,
  object,
  oneOf,
  text,
  time,
  variant,
  yes,
} from './shape';

/** More causes than `toFailure` keeps. */
const longestCauses = 16;

const instanceId: Check = (value) => checkName(value, 'an instance id');
const name: Check = (value) => checkName(value, 'an orchestration name');
const eventName: Check = (value) => checkName(value, 'an event name');
const reason = maybe(text);
const version = maybe(text);
const tags = maybe(checkTags);
const detached = maybe(yes);
const input = maybe(anything);
const result = input;
/** What the hub itself starts for an instance is the task -1. */
const childTaskId: Check = (value, path) => value === -1 || count(value, path);

const parent = object<ParentLink>({ instanceId, execution: count, taskId: childTaskId, name, detached });

/** A chain of causes, but no circle. What a codec encoded is decoded in a copy. */
function failureOf(causes: number): Check {
  const fields: Fields<Omit<FailureDetails, 'encoded'>> = {
    name: text,
    message: text,
    code: maybe(text),
    stack: maybe(text),
    taskId: maybe(count),
    cause: causes > 0 ? maybe(failureOf(causes - 1)) : nothing,
  };
  return object(fields);
}
const failure = failureOf(longestCauses);

const runWhen = maybe(oneOf('online', 'visible', 'idle'));
const run = maybe(
  object<RunOptions>({
    timeout: maybe(duration),
    heartbeatTimeout: maybe(duration),
    runWhen,
    priority: maybe(number),
    transfer: maybe(yes),
  }),
);
const retry = maybe(
  object<RecordedRetry>({
    maxAttempts: amount,
    firstRetryInterval: duration,
    backoffCoefficient: maybe(duration),
    maxRetryInterval: maybe(duration),
    retryTimeout: maybe(duration),
    jitter: maybe(duration),
  }),
);
const attempt = { attempt: maybe(count), retryOf: maybe(count) };

type Work<K extends OpenWork['kind']> = Extract<OpenWork, { kind: K }>;
const openWork = variant('kind', {
  activity: object<Work<'activity'>>({ kind: anything, taskId: count, name: text, runWhen }),
  timer: object<Work<'timer'>>({ kind: anything, taskId: count, fireAt: time }),
  subOrchestration: object<Work<'subOrchestration'>>({ kind: anything, taskId: count, name: text, instanceId }),
});

type Events = { readonly [T in HistoryEvent['type']]: Omit<Fields<Extract<HistoryEvent, { type: T }>>, 'type'> };
const events: Events = {
  OrchestratorStarted: { at: time },
  OrchestratorCompleted: {},
  ExecutionStarted: {
    name,
    input,
    parent: maybe(parent),
    guids: maybe(count),
    version,
    tags,
    startAt: maybe(time),
    execution: maybe(count),
  },
  ExecutionTerminated: { reason, recursive: maybe(yes) },
  EventRaised: { name: eventName, input },
  TaskCompleted: { taskId: count, result },
  TaskFailed: { taskId: count, failure },
  TimerFired: { taskId: count, fireAt: time },
  SubOrchestrationInstanceCompleted: { taskId: count, result },
  SubOrchestrationInstanceFailed: { taskId: count, failure },
  ExecutionSuspended: { reason },
  ExecutionResumed: { reason },
  ExecutionRewound: { reason, from: count, taskIds: count, open: listOf(openWork), compensations: count },
  TaskScheduled: { taskId: count, name: text, input, run, ...attempt },
  TimerCreated: { taskId: count, fireAt: time },
  SubOrchestrationInstanceCreated: {
    taskId: childTaskId,
    name,
    instanceId,
    input,
    version,
    tags,
    detached,
    ...attempt,
  },
  EventSent: { instanceId, name: eventName, input },
  CompensationAdded: { id: count, name: text, input, retry, scope: count },
  CompensationsRemoved: { ids: listOf(count), undone: maybe(yes) },
  PatchMarked: { id: text },
  TaskCanceled: { taskId: count, reason },
  ContinueAsNew: { input, version, dropEvents: maybe(yes) },
  ExecutionCompleted: { status: oneOf('Completed', 'Failed'), result, failure: maybe(failure) },
};

const event = variant(
  'type',
  Object.fromEntries(Object.entries(events).map(([type, fields]) => [type, object({ type: anything, ...fields })])),
);

const copy = object<InstanceCopy>({
  instanceId,
  execution: count,
  createdTime: date,
  lastUpdatedTime: date,
  parent: maybe(parent),
  customStatus: anything,
  waits: listOf(eventName),
  history: listOf(event),
  heartbeats: maybe(listOf(object<HeartbeatCopy>({ call: count, taskId: count, details: anything }))),
});

const list = listOf(copy);

/** An instance, and after it the children that it waits for. @throws InvalidExportError */
export const copies: Check = (value, path) => {
  try {
    list(value, path);
    checkTogether(value as readonly InstanceCopy[]);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new InvalidExportError(`what is imported is no instance: ${error.message}`, { cause: error });
  }
};

/** @throws TypeError, PayloadError */
function checkTogether(all: readonly InstanceCopy[]): void {
  if (all.length === 0) throw new TypeError('there is none');
  const ids = new Set(all.map((each) => each.instanceId));
  const executions = new Set(all.map((each) => each.execution));
  if (ids.size < all.length || executions.size < all.length) throw new TypeError('two are the same');
  for (const { instanceId, history, customStatus, heartbeats } of all) {
    const starts = history.filter(({ type }) => type === 'ExecutionStarted');
    if (starts.length !== 1) throw new TypeError(`'${instanceId}' starts ${starts.length} times`);
    checkValue([history, customStatus, heartbeats], `instance '${instanceId}'`);
  }
}
