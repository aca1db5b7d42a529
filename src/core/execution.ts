/**
 * One execution of an orchestration: the orchestrator's live function, and the tasks that it waits for. It is driven in
 * turns. A turn applies messages one at a time and lets the orchestrator run until it is quiet after each, since only
 * then will a replay, which does the same, see the same.
 *
 * A generator is quiet when it has yielded. The continuations of an async function run after the current one, so they
 * need one hop of the event loop; it is skipped when the message woke nobody.
 */
import { Context } from './context';
import { NonDeterminismError, TaskFailedError, toFailure } from './errors';
import { ExternalEvents } from './events';
import { isGenerator, runFiber } from './fiber';
import { deterministicGuid } from './guid';
import type { DecisionEvent, EventRaised, ExecutionStarted, HistoryEvent, MessageEvent, ParentLink } from './history';
import type { PayloadRef } from './payload';
import { DurableTask, type TaskOwner } from './task';
import { copyValue } from './values';

/** An orchestrator, whatever it takes and gives. */
export type Orchestrator = (context: never, input: never) => unknown;

/** What an execution needs of the world around it. All of it is handed in, so that the engine stays pure. */
export interface Surroundings {
  /** Resolves once all continuations that are queued now have run: one hop of the event loop. */
  hop(): Promise<void>;
  /** Where `ctx.log` writes to. */
  log(instanceId: string, args: readonly unknown[]): void;
  /** The payload that a Blob or the like was read from. */
  originOf(binary: object): PayloadRef | undefined;
  /** The name under which an orchestrator is registered. */
  nameOf(orchestrator: unknown): string | undefined;
  /** The orchestrator has left its turns: the next turn, though it bring nothing, throws the reason. */
  strayed?(): void;
}

/** What a turn led to. */
export interface Turn {
  /** What the turn adds to the history. Empty if no message concerned the execution. */
  events: HistoryEvent[];
  decisions: readonly DecisionEvent[];
  /** Present if it was set in this turn. */
  customStatus?: { value: unknown };
  /** The names of the events that it waits for now; absent if unchanged. */
  waits?: readonly string[];
  /** Whether the execution is over. */
  ended: boolean;
  /** Events that nobody has consumed, when it goes on as a new execution. */
  kept: readonly EventRaised[];
  /** GUIDs drawn so far. */
  guids: number;
}

/** Thrown by `continueAsNew`, so that nothing after it runs. */
export class ContinuedAsNew extends Error {
  override name = 'ContinuedAsNew';
}

export class Execution implements TaskOwner {
  /** Whether what runs now has run before. */
  replaying = false;
  parent: ParentLink | undefined;
  input: unknown;
  customStatus: { value: unknown } | undefined;

  #now = 0;
  #guids = 0;
  #taskIds = 0;
  #inTurn = false;
  /** Somebody may have continuations queued. */
  #awake = false;
  #ended = false;
  #continued = false;
  /** Why the orchestrator left its turns, if it did. */
  #strayed: NonDeterminismError | undefined;
  /** Events that came in the turn that continued as new, after it did. */
  readonly #late: EventRaised[] = [];
  #decisions: DecisionEvent[] = [];
  #waits: readonly string[] = [];
  readonly #open = new Map<number, { task: DurableTask; name: string }>();
  readonly #events = new ExternalEvents();

  constructor(
    readonly instanceId: string,
    readonly number: number,
    readonly orchestrator: Orchestrator,
    readonly surroundings: Surroundings,
  ) {}

  /**
   * Runs one turn, synchronously if nobody has to be waited for.
   * @param at the time of the turn; it never goes back within an execution
   * @param recorded how many of the messages are in the history already, from before the turn
   * @throws NonDeterminismError when the orchestrator waits for something that nothing here can bring
   */
  turn(at: number, messages: readonly MessageEvent[], recorded = 0): Turn | Promise<Turn> {
    this.#now = Math.max(this.#now, at);
    this.#decisions = [];
    this.customStatus = undefined;
    this.#inTurn = true;
    const applied: MessageEvent[] = [];
    for (let i = 0; i < messages.length; i++) {
      this.#play(messages, i, i < recorded ? [] : applied);
      if (this.#awake) return this.#turnWithHops(messages, i + 1, recorded, applied);
    }
    return this.#endTurn(recorded, applied);
  }

  async #turnWithHops(
    messages: readonly MessageEvent[],
    next: number,
    recorded: number,
    applied: MessageEvent[],
  ): Promise<Turn> {
    await this.#quiet();
    for (let i = next; i < messages.length; i++) {
      this.#play(messages, i, i < recorded ? [] : applied);
      if (this.#awake) await this.#quiet();
    }
    return this.#endTurn(recorded, applied);
  }

  async #quiet(): Promise<void> {
    this.#awake = false;
    await this.surroundings.hop();
  }

  #play(messages: readonly MessageEvent[], index: number, applied: MessageEvent[]): void {
    const message = messages[index] as MessageEvent;
    if (!this.#ended) {
      if (this.#apply(message)) applied.push(message);
    } else if (this.#continued && message.type === 'EventRaised') {
      this.#late.push(message);
    }
  }

  /** False if the message does not concern this execution (any more): a second completion, say. */
  #apply(message: MessageEvent): boolean {
    switch (message.type) {
      case 'ExecutionStarted':
        this.#start(message);
        return true;
      case 'EventRaised':
        this.#events.raise(message, deliver);
        return true;
      case 'TaskCompleted':
      case 'SubOrchestrationInstanceCompleted':
        return this.#settle(message.taskId, (task) => task.complete(copyValue(message.result, 'a result')));
      case 'TimerFired':
        return this.#settle(message.taskId, (task) => task.complete(undefined));
      case 'TaskFailed':
      case 'SubOrchestrationInstanceFailed':
        return this.#settle(message.taskId, (task, name) =>
          task.fail(new TaskFailedError(name, message.taskId, message.failure)),
        );
      case 'ExecutionTerminated':
        // The hub ends a terminated execution without asking it.
        return false;
    }
  }

  #settle(taskId: number, settle: (task: DurableTask, name: string) => void): boolean {
    const open = this.#open.get(taskId);
    if (!open) return false;
    this.#open.delete(taskId);
    settle(open.task, open.name);
    return true;
  }

  #start(message: ExecutionStarted): void {
    this.parent = message.parent;
    this.input = message.input;
    this.#guids = message.guids ?? 0;
    const context = new Context(this, message.name);
    let started: unknown;
    try {
      const input = copyValue(message.input, 'the input');
      started = (this.orchestrator as (context: Context, input: unknown) => unknown)(context, input);
    } catch (error) {
      this.#fail(error);
      return;
    }
    if (isGenerator(started)) {
      const task = runFiber(started, this);
      task.listen(() => {
        let result: unknown;
        try {
          result = task.result;
        } catch (error) {
          this.#fail(error);
          return;
        }
        this.#complete(result);
      });
    } else if (typeof started === 'object' && started !== null && 'then' in started) {
      this.#awake = true;
      (started as PromiseLike<unknown>).then(
        (result) => this.#complete(result),
        (error) => this.#fail(error),
      );
    } else {
      this.#complete(started);
    }
  }

  #complete(result: unknown): void {
    if (this.#ended) return;
    let copy: unknown;
    try {
      copy = copyValue(result, 'the output of the orchestration');
    } catch (error) {
      this.#fail(error);
      return;
    }
    this.#end({ type: 'ExecutionCompleted', status: 'Completed', ...(copy !== undefined && { result: copy }) });
  }

  #fail(error: unknown): void {
    if (!this.#ended) this.#end({ type: 'ExecutionCompleted', status: 'Failed', failure: toFailure(error) });
  }

  #end(decision: DecisionEvent): void {
    if (!this.#inTurn) {
      this.#strayOutside('the orchestrator ended');
      return;
    }
    this.#decisions.push(decision);
    this.#ended = true;
  }

  #endTurn(recorded: number, applied: readonly MessageEvent[]): Turn {
    this.#inTurn = false;
    this.#awake = false;
    const turn: Turn = {
      events: [],
      decisions: this.#decisions,
      ended: this.#ended,
      kept: this.#continued ? [...this.#events.unconsumed, ...this.#late] : [],
      guids: this.#guids,
    };
    if (this.#strayed) throw this.#strayed;
    if (applied.length === 0 && recorded === 0) return turn;
    if (!this.#ended && this.#open.size === 0 && !this.#events.awaiting) throw this.#stray('the orchestrator went on');
    turn.events = [
      { type: 'OrchestratorStarted', at: this.#now },
      ...applied,
      ...this.#decisions,
      { type: 'OrchestratorCompleted' },
    ];
    if (this.customStatus) turn.customStatus = this.customStatus;
    const waits = this.#ended ? [] : this.#events.awaited;
    if (waits.length !== this.#waits.length || waits.some((name, i) => name !== this.#waits[i])) {
      this.#waits = waits;
      turn.waits = waits;
    }
    return turn;
  }

  // ------------------------------------------------------------------------------------------ what the context calls

  wake(): void {
    this.#awake = true;
  }

  /** @throws unless the orchestrator runs now and has not ended */
  assertRunning(call: string): void {
    if (this.#continued) throw new ContinuedAsNew('nothing runs after continueAsNew');
    if (!this.#inTurn) throw this.#strayOutside(`${call} was called`);
    if (this.#ended)
      throw new NonDeterminismError(`${call} was called after the orchestrator of '${this.instanceId}' had ended`);
  }

  /** Nobody runs a turn now that could tell of it. */
  #strayOutside(what: string): NonDeterminismError {
    if (!this.#strayed) this.surroundings.strayed?.();
    return this.#stray(what);
  }

  #stray(what: string): NonDeterminismError {
    this.#strayed ??= new NonDeterminismError(
      `${what} outside a turn of '${this.instanceId}': the orchestrator awaited something that is no task of its context, such as a promise of fetch or setTimeout; do such work in an activity`,
    );
    return this.#strayed;
  }

  get now(): number {
    return this.#now;
  }

  newGuid(): string {
    return deterministicGuid(this.instanceId, this.#now, this.#guids++);
  }

  /** Records a decision, and gives the task of its result. */
  schedule(name: string, decide: (taskId: number) => DecisionEvent): DurableTask {
    const taskId = this.#taskIds++;
    const decision = decide(taskId);
    const task = new DurableTask(this, (reason) => {
      this.assertRunning('cancel');
      this.#open.delete(taskId);
      this.#decisions.push({ type: 'TaskCanceled', taskId, ...(reason !== undefined && { reason }) });
    });
    this.#decisions.push(decision);
    this.#open.set(taskId, { task, name });
    return task;
  }

  waitForEvent(name: string): DurableTask {
    const task: DurableTask = new DurableTask(this, () => this.#events.leave(name, task));
    const event = this.#events.wait(name, task);
    if (event) deliver(task, event);
    return task;
  }

  continueAsNew(input: unknown): never {
    this.#end({ type: 'ContinueAsNew', ...(input !== undefined && { input }) });
    this.#continued = true;
    throw new ContinuedAsNew('the orchestration continues as new');
  }
}

function deliver(task: DurableTask, event: EventRaised): void {
  task.complete(copyValue(event.input, `the data of event '${event.name}'`));
}
