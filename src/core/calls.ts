/**
 * What an orchestrator has called: the decisions of the turn under way, and the tasks whose results it still lacks. The
 * numbers that tasks and compensations get here are what the history knows them by.
 */
import { TaskFailedError } from './errors';
import { ExternalEvents } from './events';
import type { CompensationAdded, DecisionEvent, EventRaised, MessageEvent } from './history';
import { DurableTask, type TaskOwner } from './task';
import { copyValue } from './values';

/** Whose calls they are. */
interface Caller extends TaskOwner {
  /** @throws unless calls can be made now */
  assertRunning(call: string): void;
}

/** A task without a result. */
interface OpenTask {
  task: DurableTask;
  name: string;
  /** The task of the call's first attempt. */
  call: number;
}

export class Calls {
  /** Those of the turn under way. */
  decisions: DecisionEvent[] = [];
  /** Steps that may have to be undone. */
  compensations = 0;
  #compensationIds = 0;
  #taskIds = 0;
  readonly #caller: Caller;
  /** One that only waits for events has none. */
  #open: Map<number, OpenTask> | undefined;
  /** Most never wait for any. */
  #events: ExternalEvents | undefined;

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  // ------------------------------------------------------------------------------------------------ what is called

  /** Records a decision that nobody waits for. */
  decide(decision: DecisionEvent): void {
    this.decisions.push(decision);
  }

  newTaskId(): number {
    return this.#taskIds++;
  }

  /** The number of the next task. */
  get nextTaskId(): number {
    return this.#taskIds;
  }

  /** The execution was rewound here: tasks are numbered on from there, and what was told since then counts no more. */
  rewound(taskIds: number): void {
    this.#taskIds = taskIds;
    this.#events?.tellAnew();
  }

  /**
   * Records a decision, and gives the task of its result.
   * @param call for another attempt, the task of the call's first one
   */
  schedule(name: string, decide: (taskId: number) => DecisionEvent, call?: number): DurableTask {
    const taskId = this.newTaskId();
    const decision = decide(taskId);
    const task = new DurableTask(this.#caller, (reason) => {
      this.#caller.assertRunning('cancel');
      this.#open?.delete(taskId);
      this.decide({ type: 'TaskCanceled', taskId, ...(reason !== undefined && { reason }) });
    });
    this.decide(decision);
    this.#open ??= new Map();
    this.#open.set(taskId, { task, name, call: call ?? taskId });
    return task;
  }

  /** @param fireAt in milliseconds since 1970 */
  startTimer(fireAt: number): DurableTask {
    return this.schedule('timer', (taskId) => ({ type: 'TimerCreated', taskId, fireAt }));
  }

  waitForEvent(name: string): DurableTask {
    this.#events ??= new ExternalEvents();
    return this.#events.wait(name, this.#caller);
  }

  /** Records a step to undo. Gives its id. */
  addCompensation(step: Omit<CompensationAdded, 'type' | 'id'>): number {
    const id = this.#compensationIds++;
    this.compensations++;
    this.decide({ type: 'CompensationAdded', id, ...step });
    return id;
  }

  removeCompensations(ids: readonly number[], undone = false): void {
    this.compensations -= ids.length;
    this.decide({ type: 'CompensationsRemoved', ids, ...(undone && ({ undone } as const)) });
  }

  // ------------------------------------------------------------------------------------------------ what comes of it

  /** Gives a message to who waits for it. False if it does not concern this execution (any more): a second completion, say. */
  settle(message: Exclude<MessageEvent, { type: 'ExecutionStarted' | 'ExecutionTerminated' }>): boolean {
    if (message.type === 'EventRaised') {
      this.#events ??= new ExternalEvents();
      this.#events.raise(message);
      return true;
    }
    const open = this.#open?.get(message.taskId);
    if (!open) return false;
    this.#open?.delete(message.taskId);
    if ('failure' in message) open.task.fail(new TaskFailedError(open.name, open.call, message.failure));
    else open.task.complete(message.type === 'TimerFired' ? undefined : copyValue(message.result, 'a result'));
    return true;
  }

  /** Whether anything can still come. */
  get areOpen(): boolean {
    return (this.#open?.size ?? 0) > 0 || (this.#events?.awaiting ?? false);
  }

  /** The names of the events that it waits for, or the first of them. */
  get waits(): readonly string[] {
    return this.#events?.awaited ?? [];
  }

  /** The same, unless they are those that were told last. */
  newsOfWaits(): readonly string[] | undefined {
    return this.#events?.news();
  }

  /** Nobody waits for anything any more. */
  abandon(): void {
    this.#events?.abandon();
  }

  /** Events that nobody has consumed. */
  get unconsumed(): EventRaised[] {
    return this.#events?.unconsumed ?? [];
  }
}
