/**
 * What an exported instance must look like, event by event. Unknown fields are refused as well: a newer perdure means
 * something by them that this one would pass over. Values are checked elsewhere, all at once.
 */
import * as v from 'valibot';
import type { FailureDetails, HistoryEvent } from '../../core/history';
import { checkTags, maxNameLength } from '../../core/names';
import type { InstanceCopy } from '../../protocol';

/** The last moment that a Date can be, in milliseconds since 1970. */
const lastMs = 8.64e15;
/** More than `toFailure` keeps. */
const longestCauses = 16;

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const positive = v.pipe(count, v.minValue(1));
const time = v.pipe(v.number(), v.finite(), v.minValue(0), v.maxValue(lastMs));
const duration = v.pipe(v.number(), v.finite(), v.minValue(0));
const text = v.string();
const name = v.pipe(v.string(), v.minLength(1), v.maxLength(maxNameLength));
const yes = v.exactOptional(v.literal(true));
const value = v.exactOptional(v.unknown());
const tags = v.custom<Readonly<Record<string, string>>>((given) => {
  try {
    checkTags(given);
    return true;
  } catch {
    return false;
  }
}, 'Invalid tags');

/** What the hub itself starts for an instance is the task -1. */
const taskId = v.pipe(v.number(), v.safeInteger(), v.minValue(-1));

const parent = v.strictObject({
  instanceId: name,
  execution: count,
  taskId,
  name,
  detached: yes,
});

const link = v.strictObject({
  name: text,
  message: text,
  code: v.exactOptional(text),
  stack: v.exactOptional(text),
  taskId: v.exactOptional(count),
  cause: value,
});

/** A chain of causes, but no circle, and none so long that a recursion over it would fail. */
const failure = v.custom<FailureDetails>((given) => {
  let next = given;
  for (let depth = 0; depth < longestCauses; depth++) {
    if (!v.is(link, next)) return false;
    if (!Object.hasOwn(next, 'cause')) return true;
    next = next.cause;
  }
  return false;
}, 'Invalid failure');

const retry = v.strictObject({
  maxAttempts: v.union([positive, v.literal(Number.POSITIVE_INFINITY)]),
  firstRetryInterval: duration,
  backoffCoefficient: v.exactOptional(duration),
  maxRetryInterval: v.exactOptional(duration),
  retryTimeout: v.exactOptional(duration),
  jitter: v.exactOptional(v.pipe(v.number(), v.minValue(0), v.maxValue(1))),
});

const attempts = { attempt: v.exactOptional(v.pipe(count, v.minValue(2))), retryOf: v.exactOptional(count) };
const reason = v.exactOptional(text);

const condition = v.picklist(['online', 'visible', 'idle']);
const run = v.strictObject({
  timeout: v.exactOptional(duration),
  heartbeatTimeout: v.exactOptional(duration),
  runWhen: v.exactOptional(condition),
  priority: v.exactOptional(v.pipe(v.number(), v.finite())),
  transfer: yes,
});

const openWork = v.variant('kind', [
  v.strictObject({ kind: v.literal('activity'), taskId: count, name: text, runWhen: v.exactOptional(condition) }),
  v.strictObject({ kind: v.literal('timer'), taskId: count, fireAt: time }),
  v.strictObject({ kind: v.literal('subOrchestration'), taskId: count, name: text, instanceId: name }),
]);

/** An event of a history. */
export const eventShape = v.variant('type', [
  v.strictObject({ type: v.literal('OrchestratorStarted'), at: time }),
  v.strictObject({ type: v.literal('OrchestratorCompleted') }),
  v.strictObject({
    type: v.literal('ExecutionStarted'),
    name,
    input: value,
    parent: v.exactOptional(parent),
    guids: v.exactOptional(count),
    version: v.exactOptional(text),
    tags: v.exactOptional(tags),
    startAt: v.exactOptional(time),
    execution: v.exactOptional(count),
  }),
  v.strictObject({ type: v.literal('ExecutionTerminated'), reason, recursive: yes }),
  v.strictObject({ type: v.literal('EventRaised'), name, input: value }),
  v.strictObject({ type: v.literal('TaskCompleted'), taskId: count, result: value }),
  v.strictObject({ type: v.literal('TaskFailed'), taskId: count, failure }),
  v.strictObject({ type: v.literal('TimerFired'), taskId: count, fireAt: time }),
  v.strictObject({ type: v.literal('SubOrchestrationInstanceCompleted'), taskId: count, result: value }),
  v.strictObject({ type: v.literal('SubOrchestrationInstanceFailed'), taskId: count, failure }),
  v.strictObject({ type: v.literal('ExecutionSuspended'), reason }),
  v.strictObject({ type: v.literal('ExecutionResumed'), reason }),
  v.strictObject({
    type: v.literal('ExecutionRewound'),
    reason,
    from: count,
    taskIds: count,
    open: v.pipe(v.array(openWork), v.readonly()),
    compensations: count,
  }),
  v.strictObject({
    type: v.literal('TaskScheduled'),
    taskId: count,
    name: text,
    input: value,
    ...attempts,
    run: v.exactOptional(run),
  }),
  v.strictObject({ type: v.literal('TimerCreated'), taskId: count, fireAt: time }),
  v.strictObject({
    type: v.literal('SubOrchestrationInstanceCreated'),
    taskId,
    name,
    instanceId: name,
    input: value,
    version: v.exactOptional(text),
    tags: v.exactOptional(tags),
    detached: yes,
    ...attempts,
  }),
  v.strictObject({ type: v.literal('EventSent'), instanceId: name, name, input: value }),
  v.strictObject({
    type: v.literal('CompensationAdded'),
    id: count,
    name: text,
    input: value,
    retry: v.exactOptional(retry),
    scope: count,
  }),
  v.strictObject({ type: v.literal('CompensationsRemoved'), ids: v.pipe(v.array(count), v.readonly()), undone: yes }),
  v.strictObject({ type: v.literal('PatchMarked'), id: text }),
  v.strictObject({ type: v.literal('TaskCanceled'), taskId: count, reason }),
  v.strictObject({ type: v.literal('ContinueAsNew'), input: value, version: v.exactOptional(text), dropEvents: yes }),
  v.strictObject({
    type: v.literal('ExecutionCompleted'),
    status: v.picklist(['Completed', 'Failed']),
    result: value,
    failure: v.exactOptional(failure),
  }),
]) satisfies v.GenericSchema<HistoryEvent>;

const copy = v.strictObject({
  instanceId: name,
  execution: count,
  createdTime: v.date(),
  lastUpdatedTime: v.date(),
  parent: v.exactOptional(parent),
  customStatus: value,
  waits: v.array(name),
  history: v.array(eventShape),
  heartbeats: v.exactOptional(v.array(v.strictObject({ call: count, taskId: count, details: value }))),
}) satisfies v.GenericSchema<InstanceCopy>;

const copies = v.pipe(v.array(copy), v.minLength(1));

/** All types of events that this version knows. */
export const knownTypes: ReadonlySet<unknown> = new Set(
  eventShape.options.map((option) => option.entries.type.literal),
);

/** What is wrong with the first thing that is, and where; undefined if it is an instance with its children. */
export function problemOf(given: unknown): { path: string; problem: string } | undefined {
  const { issues } = v.safeParse(copies, given, { abortEarly: true });
  if (!issues) return undefined;
  const [issue] = issues;
  return { path: v.getDotPath(issue) ?? '', problem: issue.message };
}
