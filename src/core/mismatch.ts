/**
 * A replayed turn must decide what it decided when it first ran. Where it does not, somebody has to find out why: so the
 * error tells what the history records, what the code does now and where, what has probably happened, and what helps.
 */
import { firstDifference } from './difference';
import { NonDeterminismError } from './errors';
import type { Execution } from './execution';
import type { DecisionEvent, HistoryEvent } from './history';
import { describeBinary, isPayloadRef, payloadKey } from './payload';
import type { Placed } from './rewind';
import { equalValues } from './values';

/** Where in the history a turn lies. */
export interface TurnPlace {
  /** Which turn of the execution it is, from 1. */
  turn: number;
  /** The index of the event that ends it. */
  end: number;
  /** What follows it. */
  later: () => readonly Placed[];
}

/**
 * Compares what a turn decided with what is recorded. Marks of patches are passed over: a question that has been put in
 * or taken out changes nothing by itself.
 * @throws NonDeterminismError where they differ
 */
export function checkDecisions(
  execution: Execution,
  recorded: readonly Placed<DecisionEvent>[],
  made: readonly DecisionEvent[],
  place: TurnPlace,
): void {
  for (let r = 0, m = 0; ; r++, m++) {
    while (recorded[r]?.event.type === 'PatchMarked') r++;
    while (made[m]?.type === 'PatchMarked') m++;
    const [was, is] = [recorded[r], made[m]];
    if (!was && !is) return;
    if (was && is && sameDecision(was.event, is, execution)) continue;
    const said = was ? describe(was.event) : 'no further call in this turn';
    const does = is
      ? `${describe(is)}, as call ${m + 1} of turn ${place.turn}`
      : `no further call in turn ${place.turn}`;
    const laterMade = made.slice(m + 1);
    const laterRecorded = () => [...recorded.slice(r + 1), ...place.later()];
    throw new NonDeterminismError(
      `the replay of '${execution.instanceId}' disagrees with its history: event ${was?.index ?? place.end} records ${said}, but the code now makes ${does}. ${likelyCause(execution, was?.event, is, laterMade, laterRecorded)}. ${advice}`,
    );
  }
}

const advice =
  "If the code was changed on purpose, ask ctx.patched('…') which way to go, or register the old code beside the new as a version of its own; if it was not, it depends on something that changes from run to run, such as a global variable or a setting: move that into an activity";

function likelyCause(
  execution: Execution,
  was: DecisionEvent | undefined,
  is: DecisionEvent | undefined,
  laterMade: readonly DecisionEvent[],
  laterRecorded: () => readonly Placed[],
): string {
  if (was && is && callOf(was) === callOf(is)) return differenceOf(execution, was, is);
  const wasMadeLater = was && laterMade.some((each) => callOf(each) === callOf(was));
  const recordedLater = is && laterRecorded().find(({ event }) => callOf(event) === callOf(is));
  if (wasMadeLater && recordedLater) return 'The order of the calls has changed';
  if (wasMadeLater) return 'A call seems to have been put in before it';
  if (recordedLater) {
    return was
      ? `A call seems to have been removed: what the code makes now, event ${recordedLater.index} records`
      : `What the code makes now, event ${recordedLater.index} records: it does not wait any more for what it waited for then`;
  }
  if (was?.type === 'ExecutionCompleted' || was?.type === 'ContinueAsNew') return 'It ended here then, and goes on now';
  if (!is) return 'A call seems to have been removed, or the code goes another way';
  if (!was) return 'A call seems to have been added, or the code goes another way';
  return was.type === is.type
    ? 'What is called seems to have been renamed or replaced'
    : 'One call seems to have been replaced by another, or the code goes another way';
}

/** What is called, apart from what it is called with. Nothing for what is no decision. */
function callOf(event: HistoryEvent): string | undefined {
  switch (event.type) {
    case 'TaskScheduled':
    case 'SubOrchestrationInstanceCreated':
    case 'CompensationAdded':
      return `${event.type} ${event.name}`;
    case 'EventSent':
      return `${event.type} ${event.name} ${event.instanceId}`;
    case 'TaskCanceled':
      return `${event.type} ${event.taskId}`;
    case 'TimerCreated':
    case 'CompensationsRemoved':
    case 'ContinueAsNew':
    case 'ExecutionCompleted':
      return event.type;
    default:
      return undefined;
  }
}

function differenceOf(execution: Execution, was: DecisionEvent, is: DecisionEvent): string {
  const { path, recorded, actual } = firstDifference(comparable(was), comparable(is), sameValues(execution));
  return `It is the same call, but \`${path}\` was ${shown(recorded)} and is ${shown(actual)} now`;
}

function shown(value: unknown): string {
  if (value === undefined) return 'absent';
  if (typeof value === 'bigint') return `${value}n`;
  let text: string;
  try {
    text = JSON.stringify(value) ?? String(value);
  } catch {
    text = Object.prototype.toString.call(value);
  }
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

// ------------------------------------------------------------------------------------------------ what is the same

function sameDecision(recorded: DecisionEvent, actual: DecisionEvent, execution: Execution): boolean {
  return recorded.type === actual.type && sameValues(execution)(comparable(recorded), comparable(actual));
}

/** What of a decision must be the same when it is made again. */
function comparable(decision: DecisionEvent): object {
  if (decision.type === 'ExecutionCompleted' && decision.failure) {
    // A failure's stack depends on the build; that the orchestration failed, and with what, does not.
    const { name, message } = decision.failure;
    return { ...decision, failure: { name, message } };
  }
  if (decision.type === 'SubOrchestrationInstanceCreated') {
    // Where a child's function is registered may have changed since; it stays with the version that it started with.
    const { version: _, ...rest } = decision;
    return rest;
  }
  if (decision.type === 'TaskScheduled') {
    // How it is run changes nothing of what was decided.
    const { run: _, ...rest } = decision;
    return rest;
  }
  return decision;
}

function sameValues(execution: Execution): (recorded: unknown, actual: unknown) => boolean {
  return (recorded, actual) => equalValues(recorded, actual, (was, is) => sameBinary(was, is, execution));
}

function sameBinary(recorded: unknown, actual: object, execution: Execution): boolean {
  const origin = execution.surroundings.originOf(actual);
  if (!isPayloadRef(recorded)) return origin === undefined && sameShape(describeBinary(recorded as object), actual);
  const { [payloadKey]: ref } = recorded;
  const from = origin?.[payloadKey];
  return from?.execution === ref.execution ? from.number === ref.number : sameShape(ref, actual);
}

function sameShape(recorded: { size: number; type: string }, actual: object): boolean {
  const { size, type } = describeBinary(actual);
  return recorded.size === size && recorded.type === type;
}

// ------------------------------------------------------------------------------------------------ in words

function describe(decision: DecisionEvent): string {
  switch (decision.type) {
    case 'TaskScheduled':
      return `a call of activity '${decision.name}' (${taskOf(decision)})`;
    case 'SubOrchestrationInstanceCreated':
      return `a call of orchestration '${decision.name}' (${taskOf(decision)})`;
    case 'TimerCreated':
      return `a timer for ${new Date(decision.fireAt).toISOString()} (task ${decision.taskId})`;
    case 'TaskCanceled':
      return `the cancelling of task ${decision.taskId}`;
    case 'EventSent':
      return `the sending of event '${decision.name}' to '${decision.instanceId}'`;
    case 'CompensationAdded':
      return `the compensation '${decision.name}'`;
    case 'CompensationsRemoved':
      return `the removal of compensations ${decision.ids.join(', ')}`;
    case 'PatchMarked':
      return `the patch '${decision.id}'`;
    case 'ContinueAsNew':
      return 'continueAsNew';
    case 'ExecutionCompleted':
      return `the end of the orchestration (${decision.status})`;
  }
}

function taskOf({ taskId, attempt }: { taskId: number; attempt?: number }): string {
  return attempt === undefined ? `task ${taskId}` : `task ${taskId}, attempt ${attempt}`;
}
