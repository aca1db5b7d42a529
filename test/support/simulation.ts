/**
 * A task hub in this process: the real core, hub and store interface, over a database in memory and a clock that stands
 * still until it is moved. It can be crashed and opened again at any point; what a crash leaves is what was written.
 */
import type { Orchestrator } from '../../src/core';
import { toFailure } from '../../src/core';
import type { RequestOf, StatusRecord } from '../../src/protocol';
import { Coding, type PayloadCodec } from '../../worker/codec';
import { enter, leave } from '../../worker/determinism';
import { Hub, Registry, type RegistryOptions, type RetentionPolicy } from '../../worker/hub';
import { type Command, messageOf } from '../../worker/hub/commands';
import { Inbox } from '../../worker/hub/inbox';
import { LiveTasks } from '../../worker/hub/live-tasks';
import type { Source } from '../../worker/hub/payloads';
import { Queries } from '../../worker/hub/queries';
import { hop } from '../../worker/platform';
import type { ActivityPool, ActivityResult, ActivityTask } from '../../worker/pool';
import { type Fault, MemoryDatabase, MemoryStore, type StoreOperation } from '../../worker/store/memory';

export type Activities = Record<string, (input: never, task: ActivityTask) => unknown>;

export interface SimulationOptions {
  orchestrations: Record<string, Orchestrator>;
  activities?: Activities;
  faults?: (operation: StoreOperation) => Fault;
  maxInstances?: number;
  version?: string;
  versions?: RegistryOptions['versions'];
  build?: string;
  retention?: RetentionPolicy;
  codec?: PayloadCodec;
  wasWedged?: boolean;
  /** The epoch of an owner that this page ended, since it hung. */
  wedgedEpoch?: number;
  /** Whether the last owner left in good health. */
  hasLeft?: boolean;
}

export class VirtualClock {
  #now = Date.UTC(2026, 0, 1);
  /** Since the start; does not feel it when somebody moves the wall clock. */
  #elapsed = 0;
  #timers = new Map<object, { at: number; callback: () => void }>();
  readonly now = () => this.#now;
  /** Milliseconds that everything seems to take to whoever measures. */
  pace = 0;
  #measured = 0;
  readonly monotonicNow = () => {
    this.#measured += this.pace;
    return this.#elapsed + this.#measured;
  };
  readonly setTimer = (callback: () => void, ms: number): unknown => {
    const timer = {};
    this.#timers.set(timer, { at: this.#elapsed + ms, callback });
    return timer;
  };
  readonly clearTimer = (timer: unknown) => {
    this.#timers.delete(timer as object);
  };

  /** Moves to the next timer and fires it. False if there is none. */
  tick(): boolean {
    let next: { timer: object; at: number; callback: () => void } | undefined;
    for (const [timer, { at, callback }] of this.#timers) if (!next || at < next.at) next = { timer, at, callback };
    if (!next) return false;
    this.#timers.delete(next.timer);
    const ms = Math.max(0, next.at - this.#elapsed);
    this.#elapsed += ms;
    this.#now += ms;
    next.callback();
    return true;
  }

  /** Lets time pass, and fires what is due meanwhile. */
  pass(ms: number): void {
    const end = this.#elapsed + ms;
    while (Math.min(...Array.from(this.#timers.values(), ({ at }) => at)) <= end) this.tick();
    this.#now += end - this.#elapsed;
    this.#elapsed = end;
  }

  /** Moves the wall clock, as its user may, or as it goes on while the machine sleeps. */
  move(ms: number): void {
    this.#now += ms;
  }
}

export class InProcessPool implements ActivityPool {
  readonly canceled: string[] = [];
  #closed = false;

  constructor(
    readonly activities: Activities,
    readonly onResults: (results: ActivityResult[]) => void,
  ) {}

  submit(tasks: readonly ActivityTask[]): void {
    for (const task of tasks) void this.#run(task);
  }

  async #run(task: ActivityTask): Promise<void> {
    let result: ActivityResult;
    let isUnread = task.read !== undefined;
    try {
      await hop();
      if (this.#closed) return;
      const { input } = task.read ? await task.read() : task;
      isUnread = false;
      const activity = this.activities[task.name];
      if (!activity) throw new Error(`no activity '${task.name}'`);
      result = {
        key: task.key,
        ok: true,
        value: structuredClone(await activity(structuredClone(input) as never, task)),
      };
    } catch (error) {
      result = { key: task.key, ok: false, failure: toFailure(error), ...(isUnread && { isUnread }) };
    }
    if (!this.#closed && !this.canceled.includes(task.key)) this.onResults([result]);
  }

  cancel(keys: readonly string[]): void {
    this.canceled.push(...keys);
  }

  readonly workers = 0;

  hold(): void {}

  close(): void {
    this.#closed = true;
  }
}

export class Simulation {
  readonly database = new MemoryDatabase();
  readonly clock = new VirtualClock();
  readonly logged: unknown[][] = [];
  readonly troubles: unknown[] = [];
  options: SimulationOptions;
  hub: Hub | undefined;
  store: MemoryStore | undefined;
  pool: InProcessPool | undefined;
  #builds = 0;
  #coding: { codec: PayloadCodec | undefined; coding: Coding } = { codec: undefined, coding: new Coding(undefined) };
  readonly #crashed = new WeakSet<object>();
  /** Every change that the hub told of. */
  readonly changes: string[] = [];

  constructor(options: SimulationOptions) {
    this.options = options;
  }

  /** By the codec of now: one for all that happens in the tab. */
  get coding(): Coding {
    const { codec } = this.options;
    if (this.#coding.codec !== codec) this.#coding = { codec, coding: new Coding(codec) };
    return this.#coding.coding;
  }

  /** What any tab reads from. */
  get source(): Source {
    return { store: new MemoryStore(this.database), coding: this.coding };
  }

  /** Opens the hub, again and again if the store fails it. */
  async open(): Promise<this> {
    for (let tries = 0; ; tries++) {
      const faults = (operation: StoreOperation): Fault =>
        this.#crashed.has(store) ? 'fail-before' : (this.options.faults?.(operation) ?? 'ok');
      const store: MemoryStore = new MemoryStore(this.database, { faults });
      const pool = new InProcessPool(this.options.activities ?? {}, (results) => hub.finish(results));
      const hub = new Hub({
        name: 'test',
        store,
        pool,
        clock: this.clock,
        coding: this.coding,
        holds: () => true,
        liveTasks: new LiveTasks(),
        orchestrations: new Registry(this.options),
        // A hub that is opened again is another build, unless a test says otherwise.
        build: this.options.build ?? `build ${this.#builds++}`,
        wedgedEpoch: this.options.wedgedEpoch ?? (this.options.wasWedged ? this.database.meta.owner.epoch : undefined),
        leftEpoch: this.options.hasLeft ? this.database.meta.owner.epoch : undefined,
        ...(this.options.retention && { retention: this.options.retention }),
        guard: { enter, leave },
        hop,
        log: (who, args) => this.logged.push([who, ...args]),
        onChange: (ids) => this.changes.push(...ids),
        onTrouble: (error) => this.troubles.push(error),
        onStop: () => pool.close(),
        maxInstances: this.options.maxInstances ?? 1_000,
      });
      Object.assign(this, { hub, store, pool });
      try {
        await hub.start();
        return this;
      } catch (error) {
        if (tries > 50) throw error;
        this.crash();
      }
    }
  }

  /** The worker is gone, with all that was in its memory. What it still had under way can write nothing any more. */
  crash(): void {
    if (this.store) this.#crashed.add(this.store);
    this.pool?.close();
    this.hub?.stop();
    this.hub = undefined;
  }

  command<K extends Command['method']>(method: K, request: RequestOf<K>): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const done = (outcome: { value?: unknown } | { error: unknown }) =>
        'error' in outcome ? reject(outcome.error) : resolve(outcome.value);
      this.hub?.submit(messageOf({ method, request } as Command, { done }));
    });
  }

  /** Takes the commands of other tabs, as the owner does. */
  async takeInbox(): Promise<void> {
    const hub = this.hub;
    if (hub && this.store)
      await new Inbox({
        store: this.store,
        coding: this.coding,
        submit: (message) => hub.submit(message),
        onOutcome: () => {},
      }).take();
  }

  async start(name: string, input?: unknown, instanceId = 'i'): Promise<string> {
    return (await this.within(this.command('startNew', { name, instanceId, input, fresh: false }))) as string;
  }

  async raise(instanceId: string, name: string, data?: unknown): Promise<void> {
    await this.within(this.command('raiseEvent', { instanceId, name, data }));
  }

  status(instanceId: string, showHistory = false): Promise<StatusRecord | undefined> {
    const queries = new Queries(this.source, () => this.hub?.tail);
    return queries.status(instanceId, { showHistory });
  }

  /** The status once the instance has ended; time flies meanwhile. */
  async end(instanceId = 'i'): Promise<StatusRecord> {
    return this.until(async () => {
      const status = await this.status(instanceId);
      return status && ['Completed', 'Failed', 'Terminated'].includes(status.runtimeStatus) ? status : undefined;
    });
  }

  /** Lets things happen, and time fly, until `look` finds something. */
  async until<T>(look: () => T | undefined | Promise<T | undefined>, steps = 5_000): Promise<T> {
    for (let step = 0; step < steps; step++) {
      const found = await look();
      if (found !== undefined) return found;
      for (let i = 0; i < 4; i++) await hop();
      this.clock.tick();
    }
    throw new Error('it did not happen');
  }

  /** Lets things happen while `promise` is awaited. */
  async within<T>(promise: Promise<T>): Promise<T> {
    let settled = false;
    promise.finally(() => (settled = true)).catch(() => {});
    await this.until(() => settled || undefined);
    return promise;
  }

  /** Lets happen what happens without time passing. */
  async quiet(hops = 30): Promise<void> {
    for (let i = 0; i < hops; i++) await hop();
  }
}
