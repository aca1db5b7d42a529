/**
 * Whether the events of a history can have happened in this order. A replay, and the hub that counts what is open, rely
 * on it, so a history that comes from outside is followed event by event before either sees it.
 */
import { InvalidExportError } from '../../core/errors';
import type { ExecutionRewound, HistoryEvent } from '../../core/history';
import { addedIn, cut, openIn, type Placed } from '../../core/rewind';

type TaskKind = 'activity' | 'timer' | 'subOrchestration';

interface Task {
  kind: TaskKind;
  isSettled: boolean;
  isCanceled: boolean;
}

/** More would take long to follow, and nobody rewinds so often. */
const mostRewinds = 1_000;

/**
 * Follows a history from its beginning to its end.
 * @returns the tasks that are open at its end, by id
 * @throws InvalidExportError
 */
export function followHistory(history: readonly HistoryEvent[], where: string): ReadonlyMap<number, TaskKind> {
  let counting: Placed[] = [];
  let following = new Following();
  let rewinds = 0;
  for (const [index, event] of history.entries()) {
    let problem: string | undefined;
    if (event.type === 'ExecutionRewound') {
      problem = following.mayRewind(event.from, event.taskIds, index);
      if (++rewinds > mostRewinds) problem ??= `rewinds for the ${rewinds}th time`;
      if (!problem) {
        counting = cut(counting, event.from);
        following = new Following();
        for (const placed of counting) problem ??= following.follow(placed.event);
        following.nextTask = event.taskIds;
        problem ??= isLeftBy(event, counting) ? undefined : 'tells of other work than there is';
      }
    } else {
      problem = following.follow(event);
    }
    if (problem) throw new InvalidExportError(`${where}[${index}], ${event.type}, ${problem}`);
    counting.push({ index, event });
  }
  const problem = following.atEnd();
  if (problem) throw new InvalidExportError(`${where} ${problem}`);
  return following.open;
}

/** Whether a rewind leaves open what it says. */
function isLeftBy({ open, compensations }: ExecutionRewound, counting: readonly Placed[]): boolean {
  return JSON.stringify(open) === JSON.stringify(openIn(counting)) && compensations === addedIn(counting).size;
}

/** Where an execution stands after some of its events. */
class Following {
  #isStarted = false;
  #isInTurn = false;
  #hasDecided = false;
  #at = 0;
  #end: 'Completed' | 'Failed' | 'Terminated' | 'ContinuedAsNew' | undefined;
  /** Task ids are never used again, not even those that a rewind has passed over. */
  nextTask = 0;
  readonly #tasks = new Map<number, Task>();
  readonly #compensations = new Set<number>();

  get open(): ReadonlyMap<number, TaskKind> {
    const open = new Map<number, TaskKind>();
    if (this.#end) return open;
    for (const [id, { kind, isSettled, isCanceled }] of this.#tasks) if (!isSettled && !isCanceled) open.set(id, kind);
    return open;
  }

  /** What is wrong with an event after those before it. */
  follow(event: HistoryEvent): string | undefined {
    if (this.#end && !this.#mayFollowEnd(event)) return 'comes after the end';
    switch (event.type) {
      case 'OrchestratorStarted':
        if (this.#isInTurn) return 'begins a turn within a turn';
        if (event.at < this.#at) return 'is earlier than the turn before';
        this.#isInTurn = true;
        this.#hasDecided = false;
        this.#at = event.at;
        return undefined;
      case 'OrchestratorCompleted':
        if (!this.#isInTurn) return 'ends no turn';
        if (!this.#isStarted) return 'ends a turn before the execution has started';
        this.#isInTurn = false;
        return undefined;
      case 'ExecutionStarted':
        if (this.#isStarted) return 'starts the execution a second time';
        this.#isStarted = true;
        return undefined;
      case 'EventRaised':
        return this.#message();
      case 'TaskCompleted':
      case 'TaskFailed':
        return this.#message() ?? this.#settle(event.taskId, 'activity');
      case 'TimerFired':
        return this.#message() ?? this.#settle(event.taskId, 'timer');
      case 'SubOrchestrationInstanceCompleted':
      case 'SubOrchestrationInstanceFailed':
        return this.#message() ?? this.#settle(event.taskId, 'subOrchestration');
      case 'ExecutionSuspended':
      case 'ExecutionResumed':
      case 'ExecutionRewound':
        return this.#standing();
      case 'ExecutionTerminated':
        this.#end = 'Terminated';
        return this.#standing();
      default:
        return this.#decision(event);
    }
  }

  /** A turn ends after its last decision; and the hub notes whom it has told to undo what a terminated one had done. */
  #mayFollowEnd(event: HistoryEvent): boolean {
    if (this.#isInTurn) return event.type === 'OrchestratorCompleted';
    return this.#end === 'Terminated' && isUndoing(event);
  }

  mayRewind(from: number, taskIds: number, index: number): string | undefined {
    if (this.#end !== 'Failed' || this.#isInTurn) return 'rewinds what has not failed';
    if (from >= index) return 'rewinds to what comes after it';
    if (taskIds < this.nextTask) return 'would number tasks as others are numbered already';
    return undefined;
  }

  atEnd(): string | undefined {
    if (!this.#isStarted) return 'does not start the execution';
    if (this.#isInTurn) return 'ends within a turn';
    // The instance went on under a history of its own.
    return this.#end === 'ContinuedAsNew' ? 'continues as new, and nothing follows' : undefined;
  }

  #message(): string | undefined {
    if (!this.#isStarted) return 'comes before the execution has started';
    return this.#isInTurn && this.#hasDecided ? 'comes after decisions of its turn' : undefined;
  }

  #standing(): string | undefined {
    if (!this.#isStarted) return 'comes before the execution has started';
    return this.#isInTurn ? 'stands within a turn' : undefined;
  }

  #settle(taskId: number, kind: TaskKind): string | undefined {
    const task = this.#tasks.get(taskId);
    if (task?.kind !== kind) return `settles task ${taskId}, which is none that was scheduled`;
    if (task.isSettled) return `settles task ${taskId} a second time`;
    task.isSettled = true;
    return undefined;
  }

  #decision(event: Exclude<HistoryEvent, { type: 'OrchestratorStarted' }>): string | undefined {
    if (!this.#isStarted) return 'comes before the execution has started';
    // The hub itself fails an execution between its turns.
    const isFailing = event.type === 'ExecutionCompleted' && event.status === 'Failed';
    if (!this.#isInTurn && !isFailing) return this.#end ? undefined : 'is a decision outside of all turns';
    this.#hasDecided = true;
    switch (event.type) {
      case 'TaskScheduled':
        return this.#schedule(event.taskId, 'activity', event.retryOf);
      case 'TimerCreated':
        return this.#schedule(event.taskId, 'timer');
      case 'SubOrchestrationInstanceCreated':
        return this.#schedule(event.taskId, 'subOrchestration', event.retryOf, event.detached);
      case 'TaskCanceled': {
        const task = this.#tasks.get(event.taskId);
        if (!task || task.isCanceled) return `cancels task ${event.taskId}, which is none that is open`;
        task.isCanceled = true;
        return undefined;
      }
      case 'CompensationAdded':
        if (this.#compensations.has(event.id)) return `adds compensation ${event.id} a second time`;
        this.#compensations.add(event.id);
        return undefined;
      case 'CompensationsRemoved': {
        const unknown = event.ids.find((id) => !this.#compensations.delete(id));
        return unknown === undefined ? undefined : `removes compensation ${unknown}, which is none that was added`;
      }
      case 'ContinueAsNew':
        this.#end = 'ContinuedAsNew';
        return undefined;
      case 'ExecutionCompleted':
        if ((event.status === 'Failed') !== (event.failure !== undefined)) return 'has no failure, or one too many';
        this.#end = event.status;
        return undefined;
      default:
        return undefined;
    }
  }

  #schedule(taskId: number, kind: TaskKind, retryOf?: number, detached?: true): string | undefined {
    if (taskId < this.nextTask) return `schedules task ${taskId} out of order`;
    if (retryOf !== undefined && this.#tasks.get(retryOf)?.kind !== kind) {
      return `tries task ${retryOf} again, which is none that was scheduled`;
    }
    this.nextTask = taskId + 1;
    // Nobody waits for what is detached.
    this.#tasks.set(taskId, { kind, isSettled: detached === true, isCanceled: false });
    return undefined;
  }
}

function isUndoing(event: HistoryEvent): boolean {
  return event.type === 'SubOrchestrationInstanceCreated' && event.taskId === -1 && event.detached === true;
}
