/**
 * One execution of an orchestration: the orchestrator's live function, and the tasks that it waits for. It is driven in
 * turns. A turn applies messages one at a time and lets the orchestrator run until it is quiet after each, since only
 * then will a replay, which does the same, see the same.
 *
 * A generator is quiet when it has yielded. The continuations of an async function run after the current one, so they
 * need one hop of the event loop; it is skipped when the message woke nobody.
 */
import { Calls } from './calls';
import { chance } from './chance';
import { Context } from './context';
import { NonDeterminismError, toFailure } from './errors';
import { isGenerator, runFiber } from './fiber';
import { deterministicGuid } from './guid';
import type { ContinueAsNew, DecisionEvent, EventRaised, ExecutionStarted, MessageEvent, ParentLink } from './history';
import type { Surroundings } from './surroundings';
import type { TaskOwner } from './task';
import { Timeouts } from './timeouts';
import type { Turn } from './turn';
import { copyValue } from './values';

/** An orchestrator, whatever it takes and gives. */
export type Orchestrator = (context: never, input: never) => unknown;

/** Thrown by `continueAsNew`, so that nothing after it runs. */
export class ContinuedAsNew extends Error {
  override name = 'ContinuedAsNew';
}

export class Execution implements TaskOwner {
  /** What the turn that is replayed decided when it first ran; absent in a turn that runs for the first time. */
  replayed: readonly DecisionEvent[] | undefined;
  /** What its orchestrator has called. */
  readonly calls = new Calls(this);

  #started: ExecutionStarted | undefined;
  #startedAt: number | undefined;
  #now = 0;
  #guids = 0;
  #inTurn = false;
  /** Somebody may have continuations queued. */
  #awake = false;
  #ended = false;
  #continued: ContinueAsNew | undefined;
  /** Why it cannot go on: the orchestrator left its turns, or did what it must not. */
  #strayed: NonDeterminismError | undefined;
  /** Events that came in the turn that continued as new, after it did. */
  #late: EventRaised[] | undefined;
  #customStatus: unknown;
  #newStatus: { value: unknown } | undefined;
  #random: (() => number) | undefined;
  #patches: Map<string, boolean> | undefined;
  #timeouts: Timeouts | undefined;

  constructor(
    readonly instanceId: string,
    readonly number: number,
    readonly orchestrator: Orchestrator,
    readonly surroundings: Surroundings,
  ) {}

  // ------------------------------------------------------------------------------------------------ what it is

  get parent(): ParentLink | undefined {
    return this.#started?.parent;
  }

  get input(): unknown {
    return this.#started?.input;
  }

  /** The version of the orchestration that it stays with. */
  get version(): string | undefined {
    return this.#started?.version;
  }

  get tags(): Readonly<Record<string, string>> | undefined {
    return this.#started?.tags;
  }

  /** The number that ids and chance are drawn from: its own, or that of the execution that it is a copy of. */
  get origin(): number {
    return this.#started?.execution ?? this.number;
  }

  /** The time of the turn, in milliseconds since 1970. */
  get now(): number {
    return this.#now;
  }

  /** The time of the first turn. */
  get startedAt(): number {
    return this.#startedAt ?? this.#now;
  }

  /** What was last shown to whoever asks for the status. */
  get customStatus(): unknown {
    return this.#customStatus;
  }

  /** The names of the events that it waits for, or the first of them. */
  get waits(): readonly string[] {
    return this.calls.waits;
  }

  // ------------------------------------------------------------------------------------------------ turns

  /**
   * Runs one turn, synchronously if nobody has to be waited for.
   * @param at the time of the turn; it never goes back within an execution
   * @param recorded how many of the messages are in the history already, from before the turn
   * @throws NonDeterminismError when the orchestrator waits for something that nothing here can bring, or did what it
   * must not
   */
  turn(at: number, messages: readonly MessageEvent[], recorded = 0): Turn | Promise<Turn> {
    this.#begin(at);
    let isUnderWay = false;
    try {
      const applied: MessageEvent[] = [];
      for (let i = 0; i < messages.length; i++) {
        this.#play(messages, i, i < recorded ? [] : applied);
        if (!this.#awake) continue;
        isUnderWay = true;
        return this.#turnWithHops(messages, i + 1, recorded, applied);
      }
      return this.#endTurn(recorded, applied);
    } finally {
      if (!isUnderWay) this.#leave();
    }
  }

  async #turnWithHops(
    messages: readonly MessageEvent[],
    next: number,
    recorded: number,
    applied: MessageEvent[],
  ): Promise<Turn> {
    try {
      await this.#quiet();
      for (let i = next; i < messages.length; i++) {
        this.#play(messages, i, i < recorded ? [] : applied);
        if (this.#awake) await this.#quiet();
      }
      return this.#endTurn(recorded, applied);
    } finally {
      this.#leave();
    }
  }

  #begin(at: number): void {
    this.#startedAt ??= at;
    this.#now = Math.max(this.#now, at);
    this.calls.decisions = [];
    this.#newStatus = undefined;
    this.#inTurn = true;
    this.surroundings.enter?.(this);
  }

  #leave(): void {
    this.#inTurn = false;
    this.#awake = false;
    this.surroundings.leave?.();
  }

  async #quiet(): Promise<void> {
    this.#awake = false;
    await this.surroundings.hop();
  }

  #play(messages: readonly MessageEvent[], index: number, applied: MessageEvent[]): void {
    const message = messages[index] as MessageEvent;
    if (!this.#ended) {
      if (this.#apply(message)) applied.push(message);
    } else if (message.type === 'EventRaised') {
      // Whoever raised it was told that it is kept: for the next execution, or for when this one is rewound.
      if (!this.#continued) applied.push(message);
      else if (this.#late) this.#late.push(message);
      else this.#late = [message];
    }
  }

  /** False if the message does not concern this execution (any more). */
  #apply(message: MessageEvent): boolean {
    // The hub ends a terminated execution without asking it.
    if (message.type === 'ExecutionTerminated') return false;
    if (message.type !== 'ExecutionStarted') return this.calls.settle(message);
    this.#start(message);
    return true;
  }

  #start(message: ExecutionStarted): void {
    this.#started = message;
    this.#guids = message.guids ?? 0;
    const context = new Context(this, message.name);
    let started: unknown;
    try {
      const input = copyValue(message.input, 'the input');
      started = (this.orchestrator as (context: Context, input: unknown) => unknown)(context, input);
    } catch (error) {
      this.fail(error);
      return;
    }
    if (isGenerator(started)) {
      const task = runFiber(started, this);
      task.listen(() => {
        let result: unknown;
        try {
          result = task.result;
        } catch (error) {
          this.fail(error);
          return;
        }
        this.#complete(result);
      });
    } else if (typeof started === 'object' && started !== null && 'then' in started) {
      this.#awake = true;
      (started as PromiseLike<unknown>).then(
        (result) => this.#complete(result),
        (error) => this.fail(error),
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
      this.fail(error);
      return;
    }
    this.#end({ type: 'ExecutionCompleted', status: 'Completed', ...(copy !== undefined && { result: copy }) });
  }

  /** The orchestration fails, unless it has ended. */
  fail(error: unknown): void {
    if (!this.#ended) this.#end({ type: 'ExecutionCompleted', status: 'Failed', failure: toFailure(error) });
  }

  #end(decision: DecisionEvent): void {
    if (!this.#inTurn) {
      this.#strayOutside('the orchestrator ended');
      return;
    }
    this.calls.decide(decision);
    this.calls.abandon();
    this.#ended = true;
  }

  #endTurn(recorded: number, applied: readonly MessageEvent[]): Turn {
    this.#inTurn = false;
    const turn: Turn = {
      events: [],
      decisions: this.calls.decisions,
      ended: this.#ended,
      kept: this.#continued ? this.#kept(this.#continued) : [],
      guids: this.#guids,
    };
    if (this.#strayed) throw this.#strayed;
    if (applied.length === 0 && recorded === 0) return turn;
    if (!this.#ended && !this.calls.areOpen) throw this.#stray('the orchestrator went on');
    turn.events = [
      { type: 'OrchestratorStarted', at: this.#now },
      ...applied,
      ...this.calls.decisions,
      { type: 'OrchestratorCompleted' },
    ];
    if (this.#newStatus) turn.customStatus = this.#newStatus;
    const waits = this.calls.newsOfWaits();
    if (waits) turn.waits = waits;
    return turn;
  }

  /** What came after the decision is for the next execution, whatever becomes of what came before. */
  #kept({ dropEvents }: ContinueAsNew): EventRaised[] {
    const late = this.#late ?? [];
    return dropEvents ? late : [...this.calls.unconsumed, ...late];
  }

  // ------------------------------------------------------------------------------------------ what the context calls

  wake(): void {
    this.#awake = true;
  }

  /** Whether calls can be made: a turn is under way, and it has not ended. */
  get isRunning(): boolean {
    return this.#inTurn && !this.#ended;
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
      `${what} outside a turn of '${this.instanceId}': the orchestrator awaited something that is no task of its context, such as a promise that a library gave it; do such work in an activity`,
    );
    return this.#strayed;
  }

  newGuid(): string {
    return deterministicGuid(this.instanceId, this.#now, this.#guids++);
  }

  setCustomStatus(value: unknown): void {
    this.#customStatus = value;
    this.#newStatus = { value };
  }

  /** Whether the code that knows this patch runs: not where the execution has gone by without it. */
  patched(id: string): boolean {
    this.#patches ??= new Map();
    let answer = this.#patches.get(id);
    if (answer === undefined) {
      answer = this.replayed?.some((decision) => decision.type === 'PatchMarked' && decision.id === id) ?? true;
      this.#patches.set(id, answer);
      if (answer) this.calls.decide({ type: 'PatchMarked', id });
    }
    return answer;
  }

  /** @throws ContinuedAsNew always, unless it is refused */
  continueAsNew(next: Omit<ContinueAsNew, 'type'>): never {
    if (this.calls.compensations > 0) {
      throw new TypeError(
        'continueAsNew was called while steps may still have to be undone, of which the next execution would know nothing: call it when the scopes that added them have ended',
      );
    }
    const decision: ContinueAsNew = { type: 'ContinueAsNew', ...next };
    this.#end(decision);
    this.#continued = decision;
    throw new ContinuedAsNew('the orchestration continues as new');
  }

  // ---------------------------------------------------------------------- what the globals call while a turn runs

  /** A number of 0 or more and below 1, the same on replay. */
  random(): number {
    this.#random ??= chance(`${this.instanceId}_${this.origin}`);
    return this.#random();
  }

  setTimeout(callback: () => void, ms: number): number {
    this.#timeouts ??= new Timeouts(this);
    return this.#timeouts.set(callback, ms);
  }

  clearTimeout(timer: number): void {
    this.#timeouts?.clear(timer);
  }

  /** The error for what an orchestrator must not do. The turn ends with it, though the orchestrator swallow it. */
  forbid(call: string, instead: string): NonDeterminismError {
    const error = new NonDeterminismError(
      `${call} was called by the orchestrator of '${this.instanceId}', where it would not do the same on replay; ${instead}`,
    );
    this.#strayed ??= error;
    return error;
  }
}
