/**
 * One ownership of the task hub by this tab: from the take-over until another tab has it, its storage is gone, or this tab
 * lets go. Hub, activity workers and connection are made for it and end with it, so that whatever is still under way in
 * them meets the fence.
 */
import { HubUnavailableError, type RunCondition } from '../../src/core';
import type { OwnerStanding } from '../../src/protocol';
import { enter, leave } from '../determinism';
import { hop } from '../platform';
import type { ActivityPool } from '../pool';
import { FencedError, StorageTimeoutError, type Store } from '../store/store';
import type { Environment } from './environment';
import { Hub } from './hub';
import { Inbox } from './inbox';
import type { LiveTasks } from './live-tasks';
import type { Source } from './payloads';
import type { HubSurroundings } from './surroundings';

export interface TenureOptions
  extends Pick<
    HubSurroundings,
    'name' | 'coding' | 'orchestrations' | 'build' | 'retention' | 'wedgedEpoch' | 'leftEpoch' | 'onTrouble'
  > {
  environment: Environment;
  /** A connection for this tenure alone. */
  store: Store;
  /** The tab's own connection. */
  source: Source;
  liveTasks: LiveTasks;
  holds(condition: RunCondition): boolean;
  livingBuilds(builds: ReadonlySet<string>): Promise<ReadonlySet<string>>;
  onTakenOver(epoch: number): void;
  onChange(ids: ReadonlySet<string>): void;
  /** Commands of other tabs have an outcome. */
  onOutcome(): void;
  /** The hub runs: it takes commands from now on. */
  onReady(): void;
  /** What the owner tells of itself may have changed. */
  onStanding(): void;
}

/** Live orchestrations above this number are evicted once they are checkpointed. */
const maxInstances = 10_000;

export class Tenure {
  readonly hub: Hub;
  readonly pool: ActivityPool;
  readonly #options: TenureOptions;
  readonly #store: Store;
  readonly #inbox: Inbox;
  #isStarted = false;
  #committedAt: number | undefined;
  #stopReason: unknown;
  #stopped = () => {};
  readonly #untilStopped: Promise<void>;

  constructor(options: TenureOptions) {
    const { environment, store, source, holds, onChange, onTakenOver, onStanding, onOutcome, livingBuilds, ...rest } =
      options;
    this.#options = options;
    this.#untilStopped = new Promise<void>((resolve) => {
      this.#stopped = resolve;
    });
    this.#store = store;
    this.pool = environment.createPool({
      holds,
      onResults: (results) => this.hub.finish(results),
      onNote: (note) => this.hub.note(note),
    });
    this.hub = new Hub({
      ...rest,
      holds,
      store,
      pool: this.pool,
      clock: environment.clock,
      guard: { enter, leave },
      hop,
      log: (who, args) => console.log(`[perdure ${who}]`, ...args),
      onChange: (ids) => {
        this.#committedAt = environment.clock.now();
        onChange(ids);
        onStanding();
      },
      // Before anything runs: a page that has to end this host must know which owner it was.
      onTakenOver: (epoch) => {
        onTakenOver(epoch);
        onStanding();
      },
      onStop: () => this.#stopped(),
      maxInstances,
    });
    this.#inbox = new Inbox({
      ...source,
      submit: (message) => this.hub.submit(message),
      onOutcome,
      build: options.build,
      orchestrations: options.orchestrations,
      livingBuilds,
    });
  }

  get standing(): OwnerStanding {
    const { epoch } = this.hub;
    return {
      build: this.#options.build,
      workers: this.pool.workers,
      ...(epoch > 0 && { epoch }),
      ...(this.#committedAt !== undefined && { committedAt: this.#committedAt }),
    };
  }

  /** Takes over, and runs the hub until it has stopped and its last commit is over. */
  async run(): Promise<void> {
    const { source, onReady } = this.#options;
    try {
      // A database that is not the one this tab has known is not taken over as if it were.
      await source.store.read({}).catch(notToBeHad);
      await this.hub.start();
      if (this.#stopReason === undefined) {
        this.#isStarted = true;
        await this.#inbox.take();
        onReady();
        await this.#untilStopped;
      }
    } finally {
      this.hub.stop(this.#stopReason);
      await this.hub.ended;
      this.pool.close();
      this.#store.close();
    }
  }

  /** Looks what other tabs have asked for; not before what was under way has its place. */
  async take(): Promise<void> {
    if (this.#isStarted) await this.#inbox.take();
  }

  /** The hub is another tab's now. Who waits for a command that is not committed hears a `FencedError`. */
  handOver(): void {
    this.#stop(new FencedError('another tab has taken the hub over'));
  }

  close(): void {
    this.#stop(new HubUnavailableError('the client was closed'));
  }

  #stop(reason: unknown): void {
    this.#stopReason ??= reason;
    if (this.hub.tail) this.hub.stop(reason);
  }
}

/** Behind another tab's transaction, the hub cannot be had. The store says the same of the taking over itself. */
function notToBeHad(error: unknown): never {
  if (!(error instanceof StorageTimeoutError)) throw error;
  throw new HubUnavailableError(`the task hub cannot be taken over: ${error.message}`, { cause: error });
}
