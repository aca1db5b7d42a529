/**
 * The host worker of one tab: it answers the page's calls, waits to own the task hub, and runs it when it does. While
 * another tab owns the hub, commands go through the inbox, and queries are answered from the database.
 */
import {
  type FailureDetails,
  HubUnavailableError,
  InstanceNotFoundError,
  type Orchestrator,
  toFailure,
} from '../../src/core';
import type { Call, HostMessage, HubRole, PageMessage, Reply, StatusRecord } from '../../src/protocol';
import { clearTimer, hop, monotonicNow, now, setTimer, type Timer } from '../platform';
import { type ActivityPool, WorkerPool, type WorkerPoolOptions } from '../pool';
import { IndexedDBStore } from '../store/indexeddb';
import { FencedError } from '../store/store';
import { type Command, isCommand, messageOf } from './commands';
import { Hub } from './hub';
import { Inbox, Outbox } from './inbox';
import { whileOwner } from './ownership';
import { Queries } from './queries';
import { Watches } from './watches';

export interface HostOptions {
  orchestrations: ReadonlyMap<string, Orchestrator>;
  pool: Omit<WorkerPoolOptions, 'onResults'>;
  post(message: HostMessage): void;
}

/** Live orchestrators above this number are evicted once they are checkpointed. */
const maxInstances = 10_000;
/** After a failed start the hub is tried again so many milliseconds later. */
const restartMs = 1_000;

/** The shortest time between two hints about changes, in milliseconds. */
const hintEveryMs = 50;
/** A hint about more than so many instances does not name them: it goes to every tab, after every commit. */
const mostIdsInHint = 32;

type Hint = { kind: 'inbox' } | { kind: 'outcomes' } | { kind: 'changed'; ids?: readonly string[] };

export class Host {
  readonly #options: HostOptions;
  readonly #taskHub: string;
  readonly #store: IndexedDBStore;
  readonly #queries: Queries;
  readonly #watches: Watches;
  readonly #outbox: Outbox;
  readonly #channel: BroadcastChannel;
  readonly #closing = new AbortController();
  /** Who waits for an instance's end, by instance. */
  readonly #waiting = new Map<string, Set<number>>();
  #role: HubRole = 'starting';
  #hub: Hub | undefined;
  #inbox: Inbox | undefined;
  /** Commands that came before it was known who owns the hub. */
  #early: (Command & { id: number })[] = [];
  #replies: Reply[] = [];
  /** What has changed since the last hint to the other tabs. */
  #unhinted = new Set<string>();
  #hintTimer: Timer | undefined;
  #owning: Promise<void>;

  constructor(taskHub: string, options: HostOptions) {
    this.#options = options;
    this.#taskHub = taskHub;
    this.#store = new IndexedDBStore(taskHub);
    this.#queries = new Queries(this.#store, () => this.#hub?.tail);
    this.#watches = new Watches(this.#queries, (watches) => options.post({ kind: 'seen', watches }));
    this.#outbox = new Outbox(this.#store);
    this.#channel = new BroadcastChannel(`perdure/${taskHub}`);
    this.#channel.onmessage = ({ data }: MessageEvent<Hint>) => this.#hear(data);
    this.#owning = this.#own();
  }

  receive(message: Exclude<PageMessage, { kind: 'open' }>): void {
    switch (message.kind) {
      case 'calls':
        for (const call of message.calls) this.#call(call);
        break;
      case 'forget':
        for (const [instance, ids] of this.#waiting) {
          for (const id of message.ids) ids.delete(id);
          if (ids.size === 0) this.#waiting.delete(instance);
        }
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
    this.#hintChanges();
    this.#closing.abort();
    this.#hub?.stop();
    await this.#owning;
    this.#watches.stop();
    this.#outbox.stop();
    this.#channel.close();
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
        for (const id of this.#waiting.keys()) void this.#lookForEnd(id, true);
        this.#watches.changed(undefined);
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
      hop,
      log: (who, args) => console.log(`[perdure ${who}]`, ...args),
      onChange: (ids) => this.#changed(ids),
      onTrouble: (error) => {
        if (error !== undefined) console.error(`[perdure] task hub '${this.#taskHub}':`, error);
        this.#setRole('owner', error === undefined ? undefined : toFailure(error));
      },
      onStop: stopped,
      maxInstances,
    });
    try {
      await hub.start();
      this.#hub = hub;
      this.#inbox = new Inbox(
        this.#store,
        (message) => hub.submit(message),
        () => {
          this.#hint({ kind: 'outcomes' });
          void this.#outbox.look().catch(() => {});
        },
      );
      await this.#inbox.take();
      this.#setRole('owner');
      // What the last owner committed and did not tell any more.
      this.#hint({ kind: 'changed' });
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
    this.#options.post({ kind: 'hub', role, ...(failure && { failure }) });
    if (role === 'waiting') for (const command of this.#early.splice(0)) this.#carryOut(command);
  }

  #refuseEarly(error: unknown): void {
    for (const { id } of this.#early.splice(0)) this.#reply({ id, failure: toFailure(error) });
  }

  // ------------------------------------------------------------------------------------------------ calls

  #call(call: Call): void {
    if (isCommand(call)) this.#carryOut(call);
    else if (call.method === 'waitForEnd') this.#waitForEnd(call.id, call.request.instanceId);
    else void this.#answer(call);
  }

  async #answer(call: Call): Promise<void> {
    try {
      if (call.method === 'listInstances') {
        this.#reply({ id: call.id, value: await this.#queries.list(call.request) });
      } else if (call.method === 'getStatus') {
        const { instanceId } = call.request;
        const status = await this.#queries.status(instanceId, call.request);
        if (!status) throw new InstanceNotFoundError(`there is no instance '${instanceId}'`);
        this.#reply({ id: call.id, value: status });
      }
    } catch (error) {
      this.#reply({ id: call.id, failure: toFailure(error) });
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
      this.#hint({ kind: 'inbox' });
      // This tab may have become the owner while the command was being stored.
      await this.#inbox?.take();
    } catch (error) {
      done({ error });
    }
  }

  #waitForEnd(call: number, instanceId: string): void {
    const waiting = this.#waiting.get(instanceId);
    if (waiting) waiting.add(call);
    else this.#waiting.set(instanceId, new Set([call]));
    if (this.#mayHaveEnded(instanceId)) void this.#lookForEnd(instanceId, true);
  }

  /** False if this worker knows better: the owner has what runs in memory. */
  #mayHaveEnded(instanceId: string): boolean {
    const known = this.#hub?.tail?.get(instanceId);
    return !known || known.deleted || (known.row.status !== 'Running' && known.row.status !== 'Pending');
  }

  async #lookForEnd(instanceId: string, isNew: boolean): Promise<void> {
    let status: StatusRecord | undefined;
    try {
      status = await this.#queries.status(instanceId);
      if (!status && !isNew) return;
      if (!status) throw new InstanceNotFoundError(`there is no instance '${instanceId}'`);
      if (!hasEnded(status)) return;
    } catch (error) {
      for (const id of this.#takeWaiting(instanceId)) this.#reply({ id, failure: toFailure(error) });
      return;
    }
    for (const id of this.#takeWaiting(instanceId)) this.#reply({ id, value: status });
  }

  #takeWaiting(instanceId: string): Iterable<number> {
    const waiting = this.#waiting.get(instanceId) ?? [];
    this.#waiting.delete(instanceId);
    return waiting;
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

  #changed(ids: ReadonlySet<string>): void {
    this.#show(ids);
    for (const id of ids) this.#unhinted.add(id);
    // The first change is told at once, the rest together.
    if (this.#hintTimer === undefined) this.#hintChanges();
  }

  #hintChanges(): void {
    this.#hintTimer = undefined;
    const ids = this.#unhinted;
    if (ids.size === 0 || this.#closing.signal.aborted) return;
    this.#hint(ids.size > mostIdsInHint ? { kind: 'changed' } : { kind: 'changed', ids: [...ids] });
    this.#unhinted = new Set();
    this.#hintTimer = setTimer(() => this.#hintChanges(), hintEveryMs);
  }

  #show(ids: ReadonlySet<string> | undefined): void {
    this.#watches.changed(ids);
    if (this.#waiting.size === 0) return;
    for (const id of ids ?? this.#waiting.keys()) {
      if (!this.#waiting.has(id) || !this.#mayHaveEnded(id)) continue;
      void this.#lookForEnd(id, this.#hub?.tail?.get(id)?.deleted ?? false);
    }
  }

  #hear(hint: Hint): void {
    if (hint.kind === 'inbox') void this.#inbox?.take().catch(() => {});
    else if (hint.kind === 'outcomes') void this.#outbox.look().catch(() => {});
    else this.#show(hint.ids && new Set(hint.ids));
  }

  #hint(hint: Hint): void {
    this.#channel.postMessage(hint);
  }
}

function hasEnded({ runtimeStatus }: StatusRecord): boolean {
  return runtimeStatus === 'Completed' || runtimeStatus === 'Failed' || runtimeStatus === 'Terminated';
}
