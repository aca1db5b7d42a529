/**
 * Finds what an orchestrator depends on that a replay does not bring back. The orchestration is run several times, with
 * results, events and timers in ever another order; after every step the hub crashes, so that each turn begins with a
 * replay of all before it, and at the end each execution is replayed once more as a whole.
 */

import { Coding } from '../../worker/codec';
import { Unpacking } from '../../worker/hub/payloads';
import { Registry } from '../../worker/hub/registry';
import { MemoryStore } from '../../worker/store/memory';
import { Client } from '../client/client';
import {
  type AnyOrchestrator,
  type FailureDetails,
  type HistoryEvent,
  httpActivityName,
  NonDeterminismError,
  type OrchestrationInput,
  type RuntimeStatus,
  toError,
} from '../core';
import { chance } from '../core/chance';
import { TestActivities } from './activities';
import { VirtualClock } from './clock';
import { HeldPool } from './held-pool';
import { TestHost } from './host';
import { type AnswerHttp, httpAnsweredBy } from './http';
import { InProcessWorker } from './in-process-worker';
import { replayInstance } from './replay';
import { Work } from './work';

/** What {@link checkDeterminism} runs an orchestrator with. */
export interface DeterminismOptions<I = unknown> {
  readonly input?: I;
  readonly activities?: object;
  /** Answers the requests of `callHttp`; without it, they go over the network. */
  readonly answerHttp?: AnswerHttp;
  /** The module that its sub-orchestrations are in. */
  readonly orchestrations?: object;
  /** Raised in this order, at any time. */
  readonly events?: readonly { readonly name: string; readonly data?: unknown }[];
  /** How many times it is run; by default 20. */
  readonly runs?: number;
  /** What the orders are drawn from, for the first run; the next one has the next number. By default 1. */
  readonly seed?: number;
}

/** How one run went. It need not have ended: it may wait for an event that was not given, or go on for ever. */
export interface DeterminismRun {
  readonly seed: number;
  readonly runtimeStatus: RuntimeStatus;
  readonly output?: unknown;
  readonly failure?: FailureDetails;
}

type Args<I> = undefined extends I
  ? [options?: DeterminismOptions<I>]
  : [options: DeterminismOptions<I> & { readonly input: I }];

/** Nothing of it is stored for long. */
const coding = new Coding(undefined);

/** A run that has not ended by then goes on for ever. */
const mostSteps = 300;

/**
 * Runs an orchestrator again and again with completions and time shuffled, and with a replay before every turn.
 *
 * Rejects with a `NonDeterminismError` that says what differed, and in the run with which seed.
 *
 * @example
 * const runs = await checkDeterminism(orchestrations.checkout, { input: cart, activities: fakes });
 * expect(new Set(runs.map(({ output }) => output)).size).toBe(1); // the order does not matter to it
 */
export async function checkDeterminism<F extends AnyOrchestrator>(
  orchestrator: F,
  ...[options = {}]: Args<OrchestrationInput<F>>
): Promise<DeterminismRun[]> {
  const { runs = 20, seed = 1 } = options;
  const found: DeterminismRun[] = [];
  for (let i = 0; i < runs; i++) {
    const run = new ShuffledRun(orchestrator, options, seed + i);
    try {
      found.push(await run.play());
    } finally {
      await run.close();
    }
  }
  return found;
}

class ShuffledRun {
  readonly #seed: number;
  readonly #chance: () => number;
  readonly #work = new Work();
  readonly #clock: VirtualClock;
  readonly #pool: HeldPool;
  readonly #host: TestHost;
  readonly #client: Client;
  readonly #registry: Registry;
  readonly #name: string;
  readonly #input: unknown;
  readonly #events: { name: string; data?: unknown }[];
  /** The histories of all executions, by instance and execution. */
  readonly #histories = new Map<string, { instanceId: string; execution: number; history: HistoryEvent[] }>();
  #newest = -1;

  constructor(orchestrator: AnyOrchestrator, options: DeterminismOptions, seed: number) {
    const { input, answerHttp, orchestrations = {}, events = [] } = options;
    const registered = Object.entries(orchestrations).find(([, each]) => each === orchestrator)?.[0];
    this.#seed = seed;
    this.#chance = chance(`determinism ${seed}`);
    this.#name = registered ?? (orchestrator.name || 'orchestrator');
    this.#input = input;
    this.#events = [...events];
    this.#registry = new Registry({ orchestrations: { ...orchestrations, [this.#name]: orchestrator } });
    this.#clock = new VirtualClock(Date.UTC(2026, 0, 1) + this.#draw(365 * 86_400_000));
    const activities = new TestActivities(options.activities ?? {});
    if (answerHttp) activities.replace(httpActivityName, httpAnsweredBy(answerHttp, this.#clock.now));
    this.#pool = new HeldPool(activities, this.#work, this.#clock);
    const port: InProcessWorker = new InProcessWorker(this.#work, (message) => this.#host.receive(message));
    this.#host = new TestHost({
      taskHub: 'test',
      clock: this.#clock,
      work: this.#work,
      coding,
      holds: () => true,
      createPool: ({ onResults, onNote }) => {
        Object.assign(this.#pool, { onResults, onNote });
        return this.#pool;
      },
      log: () => {},
      post: (message) => port.send(message),
      onNews: () => {},
    });
    this.#client = new Client({ taskHub: 'test', worker: () => port }, () => this.close());
    port.send({ kind: 'hello' });
  }

  async play(): Promise<DeterminismRun> {
    await this.#reopen();
    const instanceId = `run-${this.#seed}`;
    await this.#client.startNew(this.#name, { instanceId, input: this.#input });
    for (let step = 0; step < mostSteps; step++) {
      await this.#rest();
      await this.#collect();
      this.#checkParked();
      const { runtimeStatus } = await this.#client.getStatus(instanceId);
      if (runtimeStatus !== 'Running' && runtimeStatus !== 'Pending') break;
      this.#host.crash();
      await this.#reopen();
      await this.#rest();
      if (!(await this.#step(instanceId))) break;
    }
    for (const recorded of this.#histories.values()) await this.#explained(replayInstance(this.#registry, recorded));
    const { runtimeStatus, output, failure } = await this.#client.getStatus(instanceId);
    return { seed: this.#seed, runtimeStatus, ...(output !== undefined && { output }), ...(failure && { failure }) };
  }

  async close(): Promise<void> {
    await this.#client.end();
  }

  #reopen(): Promise<void> {
    return this.#host.open(this.#registry, 'the only build');
  }

  /** A whole number from 0 up to, but not including, `below`. */
  #draw(below: number): number {
    return Math.floor(this.#chance() * below);
  }

  /** Until nothing happens any more by itself. */
  async #rest(): Promise<void> {
    do await this.#work.done();
    while (this.#clock.fireDue());
    await this.#pool.answered();
    await this.#work.done();
  }

  /** One of the things that could happen next happens. False if there is none. */
  async #step(instanceId: string): Promise<boolean> {
    const { nextDue } = this.#host;
    const [event] = this.#events;
    const steps: (() => unknown)[] = Array.from({ length: this.#pool.size }, (_, i) => () => this.#pool.release(i));
    if (nextDue !== undefined) steps.push(() => this.#clock.moveTo(nextDue));
    if (event) {
      steps.push(() => {
        this.#events.shift();
        return this.#client.raiseEvent(instanceId, event.name, event.data);
      });
    }
    // Time passes also when nothing is due.
    this.#clock.moveTo(this.#clock.now() + this.#draw(50));
    await steps[this.#draw(steps.length)]?.();
    return steps.length > 0;
  }

  /** Notes what was committed, before a checkpoint or a new execution takes it away. */
  async #collect(): Promise<void> {
    const unpacking = new Unpacking({ store: new MemoryStore(this.#host.database), coding });
    for (const { commit, entries } of [...this.#host.database.log.values()]) {
      if (commit <= this.#newest) continue;
      this.#newest = commit;
      for (const entry of entries) {
        if (entry.kind === 'delete') continue;
        const { id: instanceId, execution } = entry;
        const key = `${execution}/${instanceId}`;
        const recorded = this.#histories.get(key) ?? { instanceId, execution, history: [] };
        this.#histories.set(key, recorded);
        recorded.history.push(...(await unpacking.events(entry.events)));
      }
    }
  }

  #checkParked(): void {
    for (const { row } of this.#host.instances()) {
      if (!row.parked) continue;
      const { code, reason } = row.parked;
      throw this.#explain(
        code === 'NonDeterminism'
          ? new NonDeterminismError(reason)
          : toError({ name: `${code}Error`, message: reason, code }),
      );
    }
  }

  async #explained(replay: Promise<void>): Promise<void> {
    await replay.catch((error: Error) => {
      throw this.#explain(error);
    });
  }

  #explain(error: Error): Error {
    error.message += ` (in the run with seed ${this.#seed})`;
    return error;
  }
}
