/**
 * The instances in memory, the least recently used first. One that is not here is made from its row; its orchestrator
 * comes back to life by replay when a message needs it.
 */
import {
  Execution,
  type HistoryEvent,
  type Orchestrator,
  PayloadError,
  replay,
  type Surroundings,
} from '../../src/core';
import type { Store } from '../store/store';
import type { Tail, TailInstance } from '../store/tail';
import { Instance } from './instance';
import { Unpacking } from './payloads';
import type { HubSurroundings } from './surroundings';

export class Instances {
  readonly #live = new Map<string, Instance>();
  /** @param onStrayed an orchestrator has left its turns; a look at it will tell why */
  constructor(
    readonly hub: HubSurroundings,
    readonly tail: Tail,
    readonly onStrayed: (id: string, execution: number) => void,
  ) {}

  has(id: string): boolean {
    return this.#live.has(id);
  }

  /** One that is in memory. */
  get(id: string): Instance | undefined {
    return this.#live.get(id);
  }

  /** It counts as used now. */
  touch(id: string): void {
    const instance = this.#live.get(id);
    if (!instance) return;
    this.#live.delete(id);
    this.#live.set(id, instance);
  }

  add(instance: Instance): void {
    this.#live.set(instance.id, instance);
  }

  forget(id: string): void {
    this.#live.delete(id);
  }

  /** Brings those that exist into memory. */
  async load(ids: readonly string[]): Promise<void> {
    const unknown = ids.filter((id) => !this.#live.has(id) && !this.tail.get(id));
    if (unknown.length > 0) {
      const { rows } = await this.hub.store.read({ rows: unknown });
      for (const row of rows.values()) this.tail.seed(row);
    }
    for (const id of ids) {
      const known = this.tail.get(id);
      if (!this.#live.has(id) && known && !known.deleted) this.add(Instance.of(known.row));
    }
  }

  /** Gives a new execution its live orchestrator. @throws UnknownOrchestrationError */
  begin(instance: Instance): Execution {
    instance.run = new Execution(instance.id, instance.execution, this.#orchestrator(instance), this.#around(instance));
    return instance.run;
  }

  /**
   * The live orchestrator of an instance, brought back by replay if need be.
   * @throws UnknownOrchestrationError, NonDeterminismError, NewerSchemaError, PayloadError: the instance cannot go on
   * @throws StorageError when its history could not be read
   */
  async revive(instance: Instance): Promise<Execution> {
    if (instance.run) return instance.run;
    const orchestrator = this.#orchestrator(instance);
    let history = await this.history(instance);
    if (instance.payloads > 0 || this.committed(instance)?.row.isCoded) {
      history = await new Unpacking(this.hub, instance.origins).events(history);
    }
    const run = new Execution(instance.id, instance.execution, orchestrator, this.#around(instance));
    instance.unplayed = await this.hub.coding.apart(() => replay(run, history));
    instance.run = run;
    return run;
  }

  /** What is committed of it; undefined if it was made by the batch under way. */
  committed({ id, execution }: Instance): TailInstance | undefined {
    const known = this.tail.get(id);
    return known?.row.execution === execution ? known : undefined;
  }

  /** Its whole history, the batch under way included. */
  async history(instance: Instance): Promise<readonly HistoryEvent[]> {
    const committed = this.committed(instance) ? await readHistory(this.hub.store, this.tail, instance.id) : [];
    return [...committed, ...instance.uncommitted];
  }

  /**
   * Brings those that an instance has started into memory.
   * @param touched what the batch under way has changed: it is in memory, or deleted, whatever the tail says
   */
  async loadChildren(id: string, touched: ReadonlySet<string>): Promise<Instance[]> {
    const { children } = await this.hub.store.read({ children: [id] });
    for (const row of children.get(id) ?? []) this.tail.seed(row);
    const committed = this.tail.childrenOf(id).map(({ row }) => row.id);
    const known = committed.filter((each) => !touched.has(each));
    await this.load(known);
    return [...known, ...touched]
      .flatMap((each) => this.get(each) ?? [])
      .filter(({ parent }) => parent?.instanceId === id);
  }

  /** Gives memory back: the least recently used go, as far as the store knows all of them. */
  evict(isBusy: (id: string) => boolean): void {
    let surplus = this.#live.size - this.hub.maxInstances;
    for (const id of this.#live.keys()) {
      if (surplus <= 0) return;
      if (this.tail.changed.has(id) || isBusy(id)) continue;
      this.#live.delete(id);
      this.tail.drop(id);
      surplus--;
    }
  }

  #orchestrator(instance: Instance): Orchestrator {
    const { name, version } = instance;
    const orchestrator = this.hub.orchestrations.find(name, version);
    if (orchestrator) return orchestrator;
    throw this.hub.orchestrations.unknown(name, version);
  }

  #around(instance: Instance): Surroundings {
    return {
      hop: this.hub.hop,
      log: this.hub.log,
      originOf: (binary) => instance.origins.get(binary),
      identify: (orchestrator, version) => this.hub.orchestrations.identify(orchestrator, version),
      enter: this.hub.guard.enter,
      leave: this.hub.guard.leave,
      strayed: () => this.onStrayed(instance.id, instance.execution),
    };
  }
}

/**
 * The whole committed history of an instance that the tail knows.
 * @throws PayloadError when a part of it is missing or damaged: it concerns this instance alone
 */
export async function readHistory(store: Store, tail: Tail, id: string): Promise<readonly HistoryEvent[]> {
  const known = tail.get(id);
  if (!known) return [];
  // A checkpoint may move events from the one part to the other while the store is read.
  const { chunked } = known;
  const events = [...known.events];
  const stored = chunked > 0 ? ((await store.read({ histories: [id] })).histories.get(id) ?? []) : [];
  const history = [...stored.slice(0, chunked), ...events];
  const damaged = history.findIndex((event) => !isEvent(event));
  if (damaged >= 0) throw new PayloadError(`event ${damaged} in the stored history of instance '${id}' is damaged`);
  return history;
}

/** What a replay finds out by itself is not looked for; but nobody would find the task that an event does not name. */
function isEvent(stored: unknown): boolean {
  const { type, taskId } = (stored ?? {}) as { type?: unknown; taskId?: unknown };
  return typeof type === 'string' && (Number.isSafeInteger(taskId) || !typesOfTasks.has(type));
}
const typesOfTasks: ReadonlySet<string> = new Set<HistoryEvent['type']>([
  'TaskScheduled',
  'TaskCompleted',
  'TaskFailed',
  'TaskCanceled',
  'TimerCreated',
  'TimerFired',
  'SubOrchestrationInstanceCreated',
  'SubOrchestrationInstanceCompleted',
  'SubOrchestrationInstanceFailed',
]);
