/**
 * The host worker of one tab: it answers the page's calls, waits to own the task hub, and runs it when it does. While
 * another tab owns the hub, commands go through the inbox, and queries are answered from the database.
 */
import { type FailureDetails, HubUnavailableError, InstanceNotFoundError, toFailure } from '../../src/core';
import type { Call, HostMessage, HubRole, PageMessage, Reply } from '../../src/protocol';
import { enter, leave } from '../determinism';
import { clearTimer, hop, monotonicNow, now, setTimer } from '../platform';
import { type ActivityPool, WorkerPool, type WorkerPoolOptions } from '../pool';
import { IndexedDBStore } from '../store/indexeddb';
import { FencedError } from '../store/store';
import { type Command, isCommand, messageOf } from './commands';
import { Ends } from './ends';
import { type Hint, Hints } from './hints';
import { Hub } from './hub';
import { Inbox, Outbox } from './inbox';
import { whileOwner } from './ownership';
import { Queries } from './queries';
import type { Registry } from './registry';
import type { RetentionPolicy } from './sweep';
import { Watches } from './watches';

export interface HostOptions {
  orchestrations: Registry;
  build: string;
  retention?: RetentionPolicy;
  pool: Omit<WorkerPoolOptions, 'onResults'>;
  post(message: HostMessage): void;
}

type OpenMessage = Extract<PageMessage, { kind: 'open' }>;
type Query = Exclude<Call, Command | { method: 'waitForEnd' }>;

/** Live orchestrators above this number are evicted once they are checkpointed. */
const maxInstances = 10_000;
/** After a failed start the hub is tried again so many milliseconds later. */
const restartMs = 1_000;

export class Host {
  readonly #options: HostOptions;
  readonly #taskHub: string;
  readonly #store: IndexedDBStore;
  readonly #queries: Queries;
  readonly #watches: Watches;
  readonly #outbox: Outbox;
  readonly #ends: Ends;
  readonly #hints: Hints;
  readonly #closing = new AbortController();
  /** This page ended its last host, which hung. */
  #wasWedged: boolean;
  /** The epoch of the last owner that left in good health. */
  #leftEpoch: number | undefined;
  #role: HubRole = 'starting';
  #hub: Hub | undefined;
  #inbox: Inbox | undefined;
  /** Commands that came before it was known who owns the hub. */
  #early: (Command & { id: number })[] = [];
  #replies: Reply[] = [];
  #owning: Promise<void>;

  constructor({ taskHub, wedged = false, leftEpoch }: OpenMessage, options: HostOptions) {
    this.#options = options;
    this.#wasWedged = wedged;
    this.#leftEpoch = leftEpoch;
    this.#taskHub = taskHub;
    this.#store = new IndexedDBStore(taskHub);
    const ownTail = () => this.#hub?.tail;
    this.#queries = new Queries(this.#store, ownTail);
    this.#watches = new Watches(this.#queries, (watches) => options.post({ kind: 'seen', watches }));
    this.#outbox = new Outbox(this.#store);
    this.#ends = new Ends(this.#queries, ownTail, (reply) => this.#reply(reply));
    this.#hints = new Hints(taskHub, (hint) => this.#hear(hint));
    this.#owning = this.#own();
  }

  receive(message: Exclude<PageMessage, { kind: 'open' }>): void {
    switch (message.kind) {
      case 'ping':
        this.#options.post({ kind: 'pong' });
        break;
      case 'left':
        this.#leftEpoch = message.epoch;
        break;
      case 'calls':
        for (const call of message.calls) this.#call(call);
        break;
      case 'forget':
        this.#ends.forget(message.ids);
        break;
      case 'watch':
        this.#watches.add(message.watch, message.watched);
        break;
      case 'unwatch':
        this.#watches.remove(message.watch);
        break;
      case 'close':
        void this.#close();
        break;
    }
  }

  async #close(): Promise<void> {
    this.#closing.abort();
    this.#hub?.stop();
    await this.#owning;
    this.#watches.stop();
    this.#outbox.stop();
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
        this.#show(undefined);
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
    const pool: ActivityPool = new WorkerPool({ ...this.#options.pool, onResults: (results) => hub.finish(results) });
    // A store of its own: whatever a hub that was given up still tries to write meets the fence.
    const store = new IndexedDBStore(this.#taskHub);
    const hub = new Hub({
      name: this.#taskHub,
      store,
      pool,
      clock: { now, monotonicNow, setTimer, clearTimer: clearTimer as (timer: unknown) => void },
      orchestrations: this.#options.orchestrations,
      build: this.#options.build,
      wasWedged: this.#wasWedged,
      leftEpoch: this.#leftEpoch,
      ...(this.#options.retention && { retention: this.#options.retention }),
      guard: { enter, leave },
      hop,
      log: (who, args) => console.log(`[perdure ${who}]`, ...args),
      onChange: (ids) => {
        this.#show(ids);
        this.#hints.changed(ids);
      },
      onTrouble: (error) => {
        if (error !== undefined) console.error(`[perdure] task hub '${this.#taskHub}':`, error);
        this.#setRole('owner', error === undefined ? undefined : toFailure(error));
      },
      onStop: stopped,
      maxInstances,
    });
    // It concerns the first try only.
    this.#wasWedged = false;
    try {
      await hub.start();
      this.#hub = hub;
      this.#inbox = new Inbox(
        this.#store,
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
      this.#show(undefined);
      for (const command of this.#early.splice(0)) this.#carryOut(command);
      if (this.#closing.signal.aborted) hub.stop();
      await untilStopped;
    } finally {
      this.#hub = undefined;
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
    if (role === 'waiting') for (const command of this.#early.splice(0)) this.#carryOut(command);
  }

  #refuseEarly(error: unknown): void {
    for (const { id } of this.#early.splice(0)) this.#reply({ id, failure: toFailure(error) });
  }

  // ------------------------------------------------------------------------------------------------ calls

  #call(call: Call): void {
    if (isCommand(call)) this.#carryOut(call);
    else if (call.method === 'waitForEnd') this.#ends.wait(call.id, call.request.instanceId);
    else void this.#answer(call);
  }

  async #answer(call: Query): Promise<void> {
    try {
      this.#reply({ id: call.id, value: await this.#ask(call) });
    } catch (error) {
      this.#reply({ id: call.id, failure: toFailure(error) });
    }
  }

  async #ask({ method, request }: Query): Promise<unknown> {
    switch (method) {
      case 'listInstances':
        return this.#queries.list(request);
      case 'countInstances':
        return this.#queries.count(request.filter);
      case 'exportInstance':
        return this.#queries.export(request.instanceId);
      case 'getStatus': {
        const { instanceId } = request;
        const status = await this.#queries.status(instanceId, request);
        if (!status) throw new InstanceNotFoundError(`there is no instance '${instanceId}'`);
        return status;
      }
    }
  }

  #carryOut(command: Command & { id: number }): void {
    const done = (outcome: { value?: unknown } | { error: unknown }) => {
      // It has not happened here; whoever owns the hub now will see to it.
      if ('error' in outcome && outcome.error instanceof FencedError) this.#early.push(command);
      else if ('error' in outcome) this.#reply({ id: command.id, failure: toFailure(outcome.error) });
      else this.#reply({ id: command.id, value: outcome.value });
    };
    try {
      if (this.#closing.signal.aborted) throw new HubUnavailableError('the client was closed');
      if (this.#hub && this.#role === 'owner') this.#hub.submit(messageOf(command, { done }));
      else if (this.#role === 'waiting') void this.#post(command, done);
      else this.#early.push(command);
    } catch (error) {
      done({ error });
    }
  }

  async #post(command: Command, done: (outcome: { value?: unknown } | { error: unknown }) => void): Promise<void> {
    try {
      await this.#outbox.post(command, done);
      this.#hints.send({ kind: 'inbox' });
      // This tab may have become the owner while the command was being stored.
      await this.#inbox?.take();
    } catch (error) {
      done({ error });
    }
  }

  #reply(reply: Reply): void {
    if (this.#replies.push(reply) > 1) return;
    // All replies of one commit travel together.
    queueMicrotask(() => {
      const replies = this.#replies;
      this.#replies = [];
      this.#options.post({ kind: 'replies', replies });
    });
  }

  // ------------------------------------------------------------------------------------------------ changes

  /** @param ids the instances that changed; undefined if nobody knows which */
  #show(ids: ReadonlySet<string> | undefined): void {
    this.#watches.changed(ids);
    this.#ends.changed(ids);
  }

  #hear(hint: Hint): void {
    if (hint.kind === 'inbox') void this.#inbox?.take().catch(() => {});
    else if (hint.kind === 'outcomes') void this.#outbox.look().catch(() => {});
    else this.#show(hint.ids && new Set(hint.ids));
  }
}
