/**
 * The host worker of one tab: it answers the page's calls, waits to own the task hub, and runs it when it does. While
 * another tab owns the hub, commands go through the inbox, and queries are answered from the database.
 */
import { type FailureDetails, HubUnavailableError, type RunCondition, toFailure } from '../../src/core';
import type { HostMessage, HubRole, PageMessage } from '../../src/protocol';
import type { Coding } from '../codec';
import { enter, leave } from '../determinism';
import { clearTimer, hop, monotonicNow, now, setTimer } from '../platform';
import { WorkerPool, type WorkerPoolOptions } from '../pool';
import { IndexedDBStore } from '../store/indexeddb';
import { FencedError } from '../store/store';
import { type Command, messageOf } from './commands';
import { Conditions } from './conditions';
import { Desk, type Errand } from './desk';
import { type Hint, Hints } from './hints';
import { Hub } from './hub';
import { Inbox, Outbox } from './inbox';
import { type LiveTask, LiveTasks } from './live-tasks';
import type { Caller } from './message';
import { whileOwner } from './ownership';
import type { Registry } from './registry';
import type { RetentionPolicy } from './sweep';
import { stateOf, type TaskState } from './task-state';

export interface HostOptions {
  orchestrations: Registry;
  build: string;
  coding: Coding;
  retention?: RetentionPolicy;
  pool: Omit<WorkerPoolOptions, 'onResults' | 'onNote' | 'holds'>;
  post(message: HostMessage): void;
}

type OpenMessage = Extract<PageMessage, { kind: 'open' }>;

/** Live orchestrators above this number are evicted once they are checkpointed. */
const maxInstances = 10_000;
/** After a failed start the hub is tried again so many milliseconds later. */
const restartMs = 1_000;

export class Host {
  readonly #options: HostOptions;
  readonly #taskHub: string;
  readonly #store: IndexedDBStore;
  readonly #desk: Desk;
  readonly #outbox: Outbox;
  readonly #hints: Hints;
  readonly #conditions: Conditions;
  readonly #liveTasks: LiveTasks;
  readonly #closing = new AbortController();
  /** The epoch of an owner that this page ended, since it hung. */
  readonly #wedgedEpoch: number | undefined;
  /** The epoch of the last owner that left in good health. */
  #leftEpoch: number | undefined;
  #role: HubRole = 'starting';
  #hub: Hub | undefined;
  #pool: WorkerPool | undefined;
  #inbox: Inbox | undefined;
  /** Commands that came before it was known who owns the hub. */
  #early: Errand[] = [];
  #owning: Promise<void>;

  constructor({ taskHub, wedgedEpoch, leftEpoch }: OpenMessage, options: HostOptions) {
    this.#options = options;
    this.#wedgedEpoch = wedgedEpoch;
    this.#leftEpoch = leftEpoch;
    this.#taskHub = taskHub;
    this.#store = new IndexedDBStore(taskHub);
    this.#conditions = new Conditions(
      taskHub,
      () => this.#onCondition(),
      () => this.#hints.send({ kind: 'attention' }),
    );
    this.#liveTasks = new LiveTasks((changed) => {
      this.#showTasks(changed);
      this.#hints.send({ kind: 'live', tasks: changed });
    });
    this.#desk = new Desk({
      source: { store: this.#store, coding: options.coding },
      ownTail: () => this.#hub?.tail,
      stateOf: (key, runWhen) => this.#stateOf(key, runWhen),
      carryOut: (errand) => this.#carryOut(errand),
      post: options.post,
    });
    this.#outbox = new Outbox({ store: this.#store, coding: options.coding });
    this.#hints = new Hints(taskHub, (hint) => this.#hear(hint));
    this.#hints.send({ kind: 'hello' });
    this.#owning = this.#own();
  }

  receive(message: Exclude<PageMessage, { kind: 'open' }>): void {
    if (message.kind === 'close') void this.#close();
    else if (message.kind === 'left') this.#leftEpoch = message.epoch;
    else if (message.kind === 'attention') void this.#conditions.setPage(message);
    else this.#desk.receive(message);
  }

  async #close(): Promise<void> {
    this.#closing.abort();
    this.#hub?.stop();
    await this.#owning;
    this.#desk.stop();
    this.#outbox.stop();
    this.#conditions.close();
    this.#liveTasks.clear();
    this.#hints.close();
    this.#store.close();
    this.#options.post({ kind: 'closed' });
  }

  // ------------------------------------------------------------------------------------------------ ownership

  async #own(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      try {
        await whileOwner(
          this.#taskHub,
          signal,
          () => this.#setRole('waiting'),
          () => this.#runHub(),
        );
      } catch (error) {
        this.#setRole('starting', toFailure(error));
        this.#refuseEarly(error);
        // Nobody is to go on looking at what may be gone.
        this.#desk.show(undefined);
        await new Promise<void>((resolve) => setTimer(resolve, restartMs));
      }
    }
  }

  /** Runs the hub until it stops. */
  async #runHub(): Promise<void> {
    let stopped = () => {};
    const untilStopped = new Promise<void>((resolve) => {
      stopped = resolve;
    });
    const holds = (condition: RunCondition) => this.#conditions.holds(condition);
    const pool = new WorkerPool({
      ...this.#options.pool,
      holds,
      onResults: (results) => hub.finish(results),
      onNote: (note) => hub.note(note),
    });
    // A store of its own: whatever a hub that was given up still tries to write meets the fence.
    const store = new IndexedDBStore(this.#taskHub);
    const hub = new Hub({
      name: this.#taskHub,
      store,
      coding: this.#options.coding,
      pool,
      holds,
      liveTasks: this.#liveTasks,
      clock: { now, monotonicNow, setTimer, clearTimer: clearTimer as (timer: unknown) => void },
      orchestrations: this.#options.orchestrations,
      build: this.#options.build,
      wedgedEpoch: this.#wedgedEpoch,
      leftEpoch: this.#leftEpoch,
      ...(this.#options.retention && { retention: this.#options.retention }),
      guard: { enter, leave },
      hop,
      log: (who, args) => console.log(`[perdure ${who}]`, ...args),
      onChange: (ids) => {
        this.#desk.show(ids);
        this.#hints.changed(ids);
      },
      onTrouble: (error) => {
        if (error !== undefined) console.error(`[perdure] task hub '${this.#taskHub}':`, error);
        this.#setRole('owner', error === undefined ? undefined : toFailure(error));
      },
      // Before anything runs: a page that has to end this host must know which owner it was.
      onTakenOver: (epoch) => this.#options.post({ kind: 'takenOver', epoch }),
      onStop: stopped,
      maxInstances,
    });
    try {
      // What the last owner told of its activities is over.
      this.#liveTasks.clear();
      this.#hints.send({ kind: 'live', tasks: [], isAll: true });
      this.#pool = pool;
      await hub.start();
      this.#hub = hub;
      this.#inbox = new Inbox(
        { store: this.#store, coding: this.#options.coding },
        (message) => hub.submit(message),
        () => {
          this.#hints.send({ kind: 'outcomes' });
          void this.#outbox.look().catch(() => {});
        },
      );
      await this.#inbox.take();
      this.#setRole('owner');
      // What the last owner committed and did not tell any more.
      this.#hints.send({ kind: 'changed' });
      this.#desk.show(undefined);
      for (const errand of this.#early.splice(0)) this.#carryOut(errand);
      if (this.#closing.signal.aborted) hub.stop();
      await untilStopped;
    } finally {
      this.#hub = undefined;
      this.#pool = undefined;
      this.#inbox = undefined;
      hub.stop();
      pool.close();
      store.close();
      if (this.#role === 'owner') this.#setRole('waiting');
    }
  }

  #setRole(role: HubRole, failure?: FailureDetails): void {
    this.#role = role;
    const epoch = role === 'owner' ? this.#hub?.epoch : undefined;
    this.#options.post({ kind: 'hub', role, ...(epoch !== undefined && { epoch }), ...(failure && { failure }) });
    if (role === 'waiting') for (const errand of this.#early.splice(0)) this.#carryOut(errand);
  }

  #refuseEarly(error: unknown): void {
    for (const { done } of this.#early.splice(0)) done({ error });
  }

  // ------------------------------------------------------------------------------------------------ calls

  #carryOut(errand: Errand): void {
    const { command } = errand;
    const done: Caller['done'] = (outcome) => {
      // It has not happened here; whoever owns the hub now will see to it.
      if ('error' in outcome && outcome.error instanceof FencedError) this.#early.push(errand);
      else errand.done(outcome);
    };
    try {
      if (this.#closing.signal.aborted) throw new HubUnavailableError('the client was closed');
      if (this.#hub && this.#role === 'owner') this.#hub.submit(messageOf(command, { done }));
      else if (this.#role === 'waiting') void this.#post(command, done);
      else this.#early.push(errand);
    } catch (error) {
      done({ error });
    }
  }

  async #post(command: Command, done: Caller['done']): Promise<void> {
    try {
      await this.#outbox.post(command, done);
      this.#hints.send({ kind: 'inbox' });
      // This tab may have become the owner while the command was being stored.
      await this.#inbox?.take();
    } catch (error) {
      done({ error });
    }
  }

  // ------------------------------------------------------------------------------------------------ changes

  #hear(hint: Hint): void {
    switch (hint.kind) {
      case 'inbox':
        void this.#inbox?.take().catch(() => {});
        break;
      case 'outcomes':
        void this.#outbox.look().catch(() => {});
        break;
      case 'changed':
        this.#desk.show(hint.ids && new Set(hint.ids));
        break;
      case 'attention':
        void this.#conditions.look();
        break;
      case 'live':
        if (this.#hub) break;
        if (hint.isAll) this.#liveTasks.clear();
        this.#liveTasks.apply(hint.tasks);
        this.#showTasks(hint.tasks);
        break;
      case 'hello':
        if (this.#hub) this.#hints.send({ kind: 'live', tasks: this.#liveTasks.all, isAll: true });
        break;
    }
  }

  #showTasks(tasks: readonly LiveTask[]): void {
    if (tasks.length > 0) this.#desk.showUnrecorded(new Set(tasks.map(({ instanceId }) => instanceId)));
  }

  #onCondition(): void {
    this.#pool?.lookAgain();
    // Whoever waits for it says so in its status.
    this.#desk.showUnrecorded(undefined);
  }

  /** What is known of an open activity beyond what is recorded. */
  #stateOf(key: string, runWhen: RunCondition | undefined): TaskState {
    return stateOf(this.#liveTasks.get(key), runWhen, (condition) => this.#conditions.holds(condition));
  }
}
