/**
 * Drives one execution turn by turn, without a hub: activities, children and timers are what the test says, and time
 * moves only to fire a timer. Whatever has happened can be replayed at any point.
 */
import {
  type DecisionEvent,
  Execution,
  type ExecutionStarted,
  effectiveHistory,
  type HistoryEvent,
  type MessageEvent,
  type OpenWork,
  type Orchestrator,
  replay,
  rewindPoint,
  type Surroundings,
  type Turn,
  toFailure,
} from '../../src/core';
import { hop } from '../../worker/platform';

type Scheduled = Extract<DecisionEvent, { type: 'TaskScheduled' | 'SubOrchestrationInstanceCreated' }>;

export interface PlayOptions {
  input?: unknown;
  started?: Partial<ExecutionStarted>;
  instanceId?: string;
  number?: number;
  /** What activities and children do, by name. They throw to fail. */
  does?: Record<string, (input: never, task: Scheduled) => unknown>;
  /** Orchestrators that can be called, by name. */
  children?: Record<string, Orchestrator>;
  surroundings?: Partial<Surroundings>;
  /** Which of the open tasks comes next. The first, if it is not given. */
  pick?: (count: number) => number;
}

export class Play {
  readonly history: HistoryEvent[] = [];
  readonly turns: Turn[] = [];
  readonly logged: unknown[][] = [];
  readonly open = new Map<number, OpenWork>();
  now = Date.UTC(2026, 0, 1);
  ended = false;
  execution: Execution;
  #unplayed: MessageEvent[] = [];

  constructor(
    public orchestrator: Orchestrator,
    readonly options: PlayOptions = {},
  ) {
    this.execution = this.#execution();
  }

  static async start(orchestrator: Orchestrator, options: PlayOptions = {}): Promise<Play> {
    const play = new Play(orchestrator, options);
    const { input, started } = options;
    await play.apply({ type: 'ExecutionStarted', name: 'main', ...(input !== undefined && { input }), ...started });
    return play;
  }

  #execution(): Execution {
    const { instanceId = 'i', number = 7, children = {}, surroundings } = this.options;
    const names = new Map(Object.entries(children).map(([name, each]) => [each as unknown, name]));
    return new Execution(instanceId, number, this.orchestrator, {
      hop,
      log: (_, args) => this.logged.push([...args]),
      originOf: () => undefined,
      identify: (each, version) => {
        const name = names.get(each);
        return name === undefined ? undefined : { name, ...(version !== undefined && { version }) };
      },
      ...surroundings,
    });
  }

  /** One turn with these messages. */
  async apply(...messages: MessageEvent[]): Promise<Turn> {
    const turn = await this.execution.turn(this.now, [...this.#unplayed, ...messages], this.#unplayed.length);
    this.#unplayed = [];
    this.turns.push(turn);
    this.history.push(...turn.events);
    for (const message of messages) if ('taskId' in message) this.open.delete(message.taskId);
    for (const decision of turn.decisions) this.#note(decision);
    this.ended ||= turn.ended;
    return turn;
  }

  #note(decision: DecisionEvent): void {
    if (decision.type === 'TaskScheduled') {
      this.open.set(decision.taskId, { kind: 'activity', taskId: decision.taskId, name: decision.name });
    } else if (decision.type === 'TimerCreated') {
      this.open.set(decision.taskId, { kind: 'timer', taskId: decision.taskId, fireAt: decision.fireAt });
    } else if (decision.type === 'SubOrchestrationInstanceCreated' && !decision.detached) {
      const { taskId, name, instanceId } = decision;
      this.open.set(taskId, { kind: 'subOrchestration', taskId, name, instanceId });
    } else if (decision.type === 'TaskCanceled') {
      this.open.delete(decision.taskId);
    }
  }

  /** Appends messages that no turn plays yet, as to an instance that is suspended. */
  keep(...messages: MessageEvent[]): void {
    this.history.push(...messages);
    this.#unplayed.push(...messages);
    for (const message of messages) if ('taskId' in message) this.open.delete(message.taskId);
  }

  raise(name: string, input?: unknown): Promise<Turn> {
    return this.apply({ type: 'EventRaised', name, ...(input !== undefined && { input }) });
  }

  complete(taskId: number, result?: unknown): Promise<Turn> {
    return this.apply({ type: 'TaskCompleted', taskId, ...(result !== undefined && { result }) });
  }

  fail(taskId: number, error: unknown): Promise<Turn> {
    return this.apply({ type: 'TaskFailed', taskId, failure: toFailure(error) });
  }

  /** What an open task comes to. A timer moves the time to when it is due. */
  messageOf(work: OpenWork): MessageEvent {
    const { taskId } = work;
    if (work.kind === 'timer') {
      this.now = Math.max(this.now, work.fireAt);
      return { type: 'TimerFired', taskId, fireAt: work.fireAt };
    }
    const scheduled = this.history.find(
      (event): event is Scheduled =>
        (event.type === 'TaskScheduled' || event.type === 'SubOrchestrationInstanceCreated') && event.taskId === taskId,
    ) as Scheduled;
    const prefix = work.kind === 'activity' ? 'Task' : 'SubOrchestrationInstance';
    try {
      const does = this.options.does?.[work.name];
      if (!does) throw new Error(`nothing says what ${work.name} does`);
      const result = does(scheduled.input as never, scheduled);
      return { type: `${prefix}Completed`, taskId, ...(result !== undefined && { result }) } as MessageEvent;
    } catch (error) {
      return { type: `${prefix}Failed`, taskId, failure: toFailure(error) } as MessageEvent;
    }
  }

  /** Lets one open task come to its end: the activities and children first, then the timer that is due first. */
  async step(): Promise<void> {
    const work = [...this.open.values()];
    const busy = work.filter(({ kind }) => kind !== 'timer');
    const timers = work.filter((each) => each.kind === 'timer').sort((a, b) => a.fireAt - b.fireAt);
    const next = busy.length > 0 ? busy[this.options.pick?.(busy.length) ?? 0] : timers[0];
    if (!next) throw new Error('it waits for nothing that can come by itself');
    await this.apply(this.messageOf(next));
  }

  /** Until it has ended. Gives how. */
  async finish(): Promise<Extract<DecisionEvent, { type: 'ExecutionCompleted' | 'ContinueAsNew' }>> {
    for (let steps = 0; !this.ended; steps++) {
      if (steps > 20_000) throw new Error('it does not end');
      await this.step();
    }
    return this.end;
  }

  get end(): Extract<DecisionEvent, { type: 'ExecutionCompleted' | 'ContinueAsNew' }> {
    return this.turns.at(-1)?.decisions.at(-1) as never;
  }

  get decisions(): DecisionEvent[] {
    return this.turns.flatMap(({ decisions }) => decisions);
  }

  get types(): string[] {
    return this.history.map(({ type }) => type);
  }

  /** Forgets the live orchestrator, and brings it back by replay, perhaps with changed code. */
  async reload(orchestrator = this.orchestrator): Promise<this> {
    this.orchestrator = orchestrator;
    this.execution = this.#execution();
    this.#unplayed = await replay(this.execution, this.history);
    return this;
  }

  /** Rewinds a failed execution, and plays what is kept. */
  async rewind(): Promise<Turn> {
    const point = rewindPoint(this.history);
    this.history.push({ type: 'ExecutionRewound', ...point });
    this.open.clear();
    for (const work of point.open) this.open.set(work.taskId, work);
    this.ended = false;
    await this.reload();
    return this.apply();
  }

  get effective(): HistoryEvent[] {
    return effectiveHistory(this.history).map(({ event }) => event);
  }
}
