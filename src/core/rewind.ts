/**
 * A failed execution can go on from where it went wrong. Nothing in its history is changed for that: an
 * ExecutionRewound says from which event on nothing counts any more, and a replay passes over the rest, except for what
 * nothing can bring again: the events that were raised, and the results of tasks that had been scheduled before.
 */
import { InstanceNotFailedError } from './errors';
import type {
  CompensationAdded,
  ExecutionCompleted,
  ExecutionRewound,
  FailureDetails,
  HistoryEvent,
  OpenWork,
} from './history';
import { foldOpen } from './open-work';

/** An event that counts, and where it lies in the whole history. */
export interface Placed<E extends HistoryEvent = HistoryEvent> {
  readonly index: number;
  readonly event: E;
}

/** Where to go on, in the terms of an ExecutionRewound. */
export type RewindPoint = Pick<ExecutionRewound, 'from' | 'taskIds' | 'open' | 'compensations'>;

/** The events that a replay sees: all of them, unless the execution has been rewound. */
export function effectiveHistory(history: readonly HistoryEvent[]): readonly Placed[] {
  let counting: Placed[] = [];
  for (const [index, event] of history.entries()) {
    if (event.type === 'ExecutionRewound') counting = cut(counting, event.from);
    counting.push({ index, event });
  }
  return counting;
}

export function cut(events: readonly Placed[], from: number): Placed[] {
  const before = events.filter(({ index }) => index < from);
  const scheduled = new Set<number>();
  for (const { event } of before) if (isScheduling(event)) scheduled.add(event.taskId);
  const kept = events.filter(({ index, event }) => index >= from && cannotComeAgain(event, scheduled));
  return [...before, ...kept];
}

function cannotComeAgain(event: HistoryEvent, scheduled: ReadonlySet<number>): boolean {
  switch (event.type) {
    case 'ExecutionStarted':
    case 'EventRaised':
      return true;
    case 'TaskCompleted':
    case 'TimerFired':
    case 'SubOrchestrationInstanceCompleted':
      return scheduled.has(event.taskId);
    default:
      return false;
  }
}

/**
 * Where a failed execution has to go on so that it does not fail in the same way again: before the failure that it
 * failed with; if that was no task's, before the first failure that nobody made good by another attempt; and if there
 * was none, before its last turn. If steps have been undone since, it goes back to before the scope that they were of
 * began: they have to be done again.
 * @throws InstanceNotFailedError when it has not failed
 */
export function rewindPoint(history: readonly HistoryEvent[]): RewindPoint {
  const events = effectiveHistory(history);
  const last = events.findLast(({ event }) => event.type === 'ExecutionCompleted');
  const end = last?.event as ExecutionCompleted | undefined;
  if (!last || !end?.failure) throw new InstanceNotFailedError('it has not failed, so there is nothing to rewind');
  const failures = new Failures(events);
  const failed = failures.of(blamed(end.failure)) ?? failures.first() ?? turnOf(events, last.index);
  const from = beforeUndone(events, failed);
  const rest = cut(events, from);
  return { from, taskIds: nextTaskId(history), open: openIn(rest), compensations: addedIn(rest).size };
}

/** The steps that have been added and not removed, by their ids, in order. */
export function addedIn(events: readonly Placed[]): Map<number, CompensationAdded> {
  const added = new Map<number, CompensationAdded>();
  for (const { event } of events) {
    if (event.type === 'CompensationAdded') added.set(event.id, event);
    else if (event.type === 'CompensationsRemoved') for (const id of event.ids) added.delete(id);
  }
  return added;
}

/** The turn, not after `from`, from which on everything counts as not done that was undone since. */
function beforeUndone(events: readonly Placed[], from: number): number {
  // What is left of them in the end, the hub has undone when the execution failed.
  const scopes = new Map<number, number>();
  let firstTask = Infinity;
  for (const { index, event } of events) {
    if (event.type === 'CompensationAdded') scopes.set(event.id, event.scope);
    if (event.type !== 'CompensationsRemoved') continue;
    for (const id of event.ids) {
      if (event.undone && index >= from) firstTask = Math.min(firstTask, scopes.get(id) ?? firstTask);
      scopes.delete(id);
    }
  }
  firstTask = Math.min(firstTask, ...scopes.values());
  const first = events.find(({ event }) => isScheduling(event) && event.taskId >= firstTask);
  return first && first.index < from ? turnOf(events, first.index) : from;
}

/** The call that an execution failed with, if it was one. */
function blamed(failure: FailureDetails | undefined): number | undefined {
  return failure && (failure.taskId ?? blamed(failure.cause));
}

/** When each call failed for the first time, and which of them came to a result in the end. */
class Failures {
  /** By call. A failure outside a turn is its own beginning: the turn that plays it comes later. */
  readonly #turns = new Map<number, number>();
  readonly #madeGood = new Set<number>();

  constructor(events: readonly Placed[]) {
    const calls = new Map<number, number>();
    let turn: number | undefined;
    for (const { index, event } of events) {
      switch (event.type) {
        case 'OrchestratorStarted':
          turn = index;
          break;
        case 'OrchestratorCompleted':
          turn = undefined;
          break;
        case 'TaskScheduled':
        case 'SubOrchestrationInstanceCreated':
          calls.set(event.taskId, event.retryOf ?? event.taskId);
          break;
        case 'TaskCompleted':
        case 'SubOrchestrationInstanceCompleted':
          this.#madeGood.add(calls.get(event.taskId) ?? event.taskId);
          break;
        case 'TaskFailed':
        case 'SubOrchestrationInstanceFailed': {
          const call = calls.get(event.taskId) ?? event.taskId;
          if (!this.#turns.has(call)) this.#turns.set(call, turn ?? index);
        }
      }
    }
  }

  of(call: number | undefined): number | undefined {
    return call === undefined ? undefined : this.#turns.get(call);
  }

  first(): number | undefined {
    for (const [call, turn] of this.#turns) if (!this.#madeGood.has(call)) return turn;
    return undefined;
  }
}

/** The start of the turn that an event stands in; outside of all turns, the event itself. */
function turnOf(events: readonly Placed[], index: number): number {
  const before = events.findLast(
    (each) =>
      each.index < index && (each.event.type === 'OrchestratorStarted' || each.event.type === 'OrchestratorCompleted'),
  );
  return before?.event.type === 'OrchestratorStarted' ? before.index : index;
}

function nextTaskId(history: readonly HistoryEvent[]): number {
  let next = 0;
  for (const event of history) if (isScheduling(event)) next = Math.max(next, event.taskId + 1);
  return next;
}

export function openIn(events: readonly Placed[]): OpenWork[] {
  const open = new Map<number, OpenWork>();
  for (const { event } of events) foldOpen(open, event);
  return [...open.values()];
}

function isScheduling(
  event: HistoryEvent,
): event is Extract<HistoryEvent, { type: `${string}Scheduled` | `${string}Created` }> {
  return (
    event.type === 'TaskScheduled' || event.type === 'TimerCreated' || event.type === 'SubOrchestrationInstanceCreated'
  );
}
