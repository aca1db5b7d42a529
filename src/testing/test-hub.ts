/** A task hub for tests: the real client and the real hub, in this process, with time and activities in the test's hands. */

import { Coding, type PayloadCodec } from '../../worker/codec';
import { Registry, type RegistryOptions } from '../../worker/hub/registry';
import { limitsOf } from '../../worker/limits';
import type { ActivityLimit, CheckActivities, CheckOrchestrations } from '../../worker/types';
import type { DurableClient } from '../client/types';
import {
  type ActivityContext,
  type ActivityName,
  type ActivityOutput,
  type Duration,
  durationMs,
  httpActivityName,
  type InputOf,
  type RunCondition,
} from '../core';
import { type ActivityCall, type LooseActivity, TestActivities } from './activities';
import { TestClient } from './client';
import { VirtualClock } from './clock';
import { Flow } from './flow';
import { TestHost } from './host';
import { type AnswerHttp, httpAnsweredBy } from './http';
import { InProcessWorker } from './in-process-worker';
import { InProcessPool } from './pool';
import { stuckError } from './stuck';
import { Work } from './work';

/** The code that a test hub runs. */
export interface TestHubCode<M extends object, A extends object> {
  /** The module of orchestrators, as `serve` takes it. */
  readonly orchestrations: M & CheckOrchestrations<M>;
  /** The activities; a test gives its own in place of those that it does not want. */
  readonly activities?: A & CheckActivities<A>;
  /** What `orchestrations` are the version of. */
  readonly version?: string;
  /** Other versions, as `serve` takes them. */
  readonly versions?: Readonly<Record<string, object>>;
  /** How much of an activity may run, as `serve` takes it; a rate goes by the hub's time. */
  readonly limits?: { readonly [N in ActivityName<A>]?: ActivityLimit };
}

/** What {@link createTestHub} takes. */
export interface TestHubOptions<M extends object, A extends object> extends TestHubCode<M, A> {
  /** Where time begins; by default 2026-01-01, so that every run of a test sees the same. */
  readonly startTime?: Date;
  /** Encodes what is stored, as `serve` takes it. */
  readonly codec?: PayloadCodec;
}

/** What {@link TestHub.failNext} does. */
export interface FailOptions {
  /** How many calls fail; by default one. */
  readonly times?: number;
  /** What they fail with. */
  readonly error?: unknown;
}

/** Another build's code: what is left out stays. */
export type NextBuild = Partial<TestHubCode<object, object>>;

/**
 * A task hub for tests. Everything is real but time, the database, which lies in memory, and the activity workers: their
 * activities run in this process.
 *
 * Time stands still as long as anything runs. It passes at once, from one due timer to the next, while
 * `client.waitForCompletion` waits and nothing runs, and when {@link TestHub.advance} says so.
 */
export interface TestHub<M, A> {
  /**
   * The client, as a page has it. `waitForCompletion` rejects with a {@link StuckError} when the instance cannot end by
   * itself; its `timeout` is virtual.
   */
  readonly client: DurableClient<M>;
  /** The time in the hub. Activities and the test itself see their own clock. */
  readonly now: Date;

  /**
   * Lets time pass, from one due timer to the next, and everything happen that it leads to.
   *
   * @example
   * await hub.advance('3d');
   */
  advance(duration: Duration): Promise<void>;
  /** Resolves when nothing runs any more, without time passing. */
  settle(): Promise<void>;

  /**
   * Lets the next calls of an activity fail, without running it.
   *
   * @example
   * hub.failNext('pay', { times: 2, error: new Error('down') });
   */
  failNext(activity: ActivityName<A>, options?: FailOptions): void;
  /**
   * Puts another function in an activity's place; calls that run already go on. {@link never} is one that never answers.
   *
   * @example
   * hub.replaceActivity('pay', async (order) => ({ paid: order.total }));
   */
  replaceActivity<N extends ActivityName<A>>(
    activity: N,
    replacement: (
      input: InputOf<A[N & keyof A]>,
      ctx: ActivityContext,
    ) => ActivityOutput<A[N & keyof A]> | Promise<ActivityOutput<A[N & keyof A]>>,
  ): void;
  /**
   * Answers the requests of `callHttp` from now on; without it, they go over the network. An answer of 202 is polled as a
   * server's is, in virtual time, so give it a `location` in its headers. An address without a host is one of
   * `http://localhost`.
   *
   * @example
   * hub.answerHttp(({ method, url }) => {
   *   const isDone = method === 'GET' && url === 'https://jobs.test/7';
   *   if (isDone) return { statusCode: 200, content: 'done', headers: {} };
   *   return { statusCode: 202, content: '', headers: { location: 'https://jobs.test/7', 'retry-after': '60' } };
   * });
   */
  answerHttp(answer: AnswerHttp): void;
  /**
   * What activities with `runWhen` wait for; all of it holds at first.
   *
   * @example
   * hub.setCondition('online', false);
   */
  setCondition(condition: RunCondition, holds: boolean): void;
  /** All calls of an activity, in order: each attempt, over all instances and reloads. */
  calls<N extends ActivityName<A>>(activity: N): readonly ActivityCall<InputOf<A[N & keyof A]>>[];

  /**
   * Crashes the hub where it stands, and starts it again from what is stored, as a reload of the page does: activities
   * that ran are run again, and each orchestrator comes back by replay when something comes for it. With other code it
   * is the deploy of another build.
   *
   * @example
   * await hub.reload({ orchestrations: { ...orchestrations, checkout: changed } });
   */
  reload(next?: NextBuild): Promise<void>;
  /** Ends the hub. What runs is given up. */
  close(): Promise<void>;
}

const defaultStart = new Date('2026-01-01T00:00:00Z');

/**
 * Makes a task hub for a test, in Node or in a browser, under any test runner.
 *
 * @example
 * const hub = await createTestHub({ orchestrations, activities: { ...activities, pay: async () => 'paid' } });
 * const id = await hub.client.startNew('checkout', { input: cart });
 * const { output } = await hub.client.waitForCompletion(id); // three days pass at once
 * expect(hub.calls('pay')).toHaveLength(1);
 * await hub.close();
 */
export async function createTestHub<M extends object, A extends object>(
  options: TestHubOptions<M, A>,
): Promise<TestHub<M, A>> {
  const hub = new InProcessHub(options);
  await hub.open();
  // What the class takes and gives loosely, the interface types by the app's own functions.
  return hub as unknown as TestHub<M, A>;
}

type Code = TestHubOptions<object, object>;

function earliest(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || (b !== undefined && b < a) ? b : a;
}

class InProcessHub {
  readonly client: TestClient;
  readonly #clock: VirtualClock;
  readonly #activities: TestActivities;
  readonly #host: TestHost;
  readonly #flow: Flow;
  #code: Code;
  #builds = 0;
  #pool: InProcessPool | undefined;
  /** Conditions that do not hold. */
  readonly #lacking = new Set<RunCondition>();
  #closing: Promise<void> | undefined;

  constructor(options: Code) {
    const { startTime = defaultStart, activities = {} } = options;
    const taskHub = 'test';
    const work = new Work();
    const clock = new VirtualClock(startTime.getTime());
    const port: InProcessWorker = new InProcessWorker(work, (message) => this.#host.receive(message));
    this.#code = options;
    this.#clock = clock;
    this.#activities = new TestActivities(activities);
    this.#host = new TestHost({
      taskHub,
      clock,
      work,
      coding: new Coding(options.codec),
      holds: (condition) => this.#holds(condition),
      createPool: (tell) => {
        const holds = (condition: RunCondition) => this.#holds(condition);
        const limits = limitsOf(this.#code.limits ?? {}, this.#activities.module);
        this.#pool = new InProcessPool({ activities: this.#activities, work, clock, limits, holds, ...tell });
        return this.#pool;
      },
      log: (who, args) => console.log(`[perdure ${who}]`, ...args),
      post: (message) => port.send(message),
      onNews: () => this.#flow.wake(),
    });
    this.#flow = new Flow({
      clock,
      work,
      running: () => this.#pool?.running ?? [],
      nextDue: () => earliest(this.#host.nextDue, this.#pool?.nextLook),
      isParked: (id) => this.#host.isParked(id),
    });
    port.send({ kind: 'hello' });
    this.client = new TestClient({
      taskHub,
      port,
      clock,
      flow: this.#flow,
      explain: (id) => stuckError(id, (each) => this.#host.desk.queries.status(each)),
      close: () => this.close(),
    });
  }

  get now(): Date {
    return new Date(this.#clock.now());
  }

  #holds(condition: RunCondition): boolean {
    return !this.#lacking.has(condition);
  }

  setCondition(condition: RunCondition, holds: boolean): void {
    if (holds) this.#lacking.delete(condition);
    else this.#lacking.add(condition);
    this.#pool?.lookAgain();
    this.#host.desk.showUnrecorded(undefined);
    this.#flow.wake();
  }

  open(): Promise<void> {
    return this.#host.open(new Registry(this.#code as RegistryOptions), `build ${this.#builds}`);
  }

  advance(duration: Duration): Promise<void> {
    return this.#flow.advanceTo(this.#clock.now() + durationMs(duration));
  }

  settle(): Promise<void> {
    return this.#flow.rest();
  }

  failNext(
    activity: string,
    { times = 1, error = new Error(`activity '${activity}' was made to fail`) }: FailOptions = {},
  ): void {
    this.#activities.failNext(activity, times, error);
  }

  replaceActivity(activity: string, replacement: LooseActivity): void {
    this.#activities.replace(activity, replacement);
  }

  answerHttp(answer: AnswerHttp): void {
    this.#activities.replace(httpActivityName, httpAnsweredBy(answer, this.#clock.now));
  }

  calls(activity: string): ActivityCall[] {
    return this.#activities.calls(activity);
  }

  async reload(next: NextBuild = {}): Promise<void> {
    this.#host.crash();
    if (Object.keys(next).length > 0) this.#builds++;
    if (next.activities) this.#activities.add(next.activities);
    this.#code = { ...this.#code, ...next };
    await this.open();
  }

  close(): Promise<void> {
    this.#closing ??= this.client.end().then(() => this.#flow.close());
    return this.#closing;
  }
}
