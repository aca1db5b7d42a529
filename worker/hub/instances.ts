/**
 * The instances in memory. One that is not here is made from its row; its orchestrator
 * comes back to life by replay when a message needs it.
 */
import { Execution, type HistoryEvent, type Orchestrator, PayloadError, replay } from '../../src/core';
import type { Store } from '../store/store';
import type { Tail, TailInstance } from '../store/tail';
import { Around } from './around';
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
    if (instance) instance.isUsed = true;
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

  /**
   * Gives memory back: those go that were not used for longest, as far as the store knows all of them. Whoever was used
   * since it stood at the head of the line goes to its end: to move it there at each use would cost more.
   */
  evict(isBusy: (id: string) => boolean): void {
    let surplus = this.#live.size - this.hub.maxInstances;
    let looks = this.#live.size;
    for (const [id, instance] of this.#live) {
      if (surplus <= 0 || looks-- === 0) return;
      if (this.tail.changed.has(id) || isBusy(id)) continue;
      this.#live.delete(id);
      if (instance.isUsed) {
        instance.isUsed = false;
        this.#live.set(id, instance);
        continue;
      }
      this.tail.drop(id);
      surplus--;
    }
  }

  #around(instance: Instance): Around {
    return new Around(this.hub, instance, this.onStrayed);
  }

  #orchestrator(instance: Instance): Orchestrator {
    const { name, version } = instance;
    const orchestrator = this.hub.orchestrations.find(name, version);
    if (orchestrator) return orchestrator;
    throw this.hub.orchestrations.unknown(name, version);
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
  const events = known.events.read();
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
