/**
 * Answers a page's messages as a host worker does, but in this process: the real task hub, over a database in memory. It
 * can crash at any moment; what a crash leaves is what was committed.
 */
import type { Coding } from '../../worker/codec';
import { messageOf } from '../../worker/hub/commands';
import { Desk, type Errand } from '../../worker/hub/desk';
import { Hub } from '../../worker/hub/hub';
import { LiveTasks } from '../../worker/hub/live-tasks';
import type { Registry } from '../../worker/hub/registry';
import type { HubClock } from '../../worker/hub/surroundings';
import { stateOf } from '../../worker/hub/task-state';
import { hop } from '../../worker/platform';
import type { ActivityPool } from '../../worker/pool';
import { MemoryDatabase, MemoryStore } from '../../worker/store/memory';
import type { InstanceRow, OpenTask } from '../../worker/store/records';
import { HubUnavailableError, OutcomeUnknownError, type RunCondition } from '../core';
import type { HostMessage, PageMessage } from '../protocol';
import type { InProcessPoolOptions } from './pool';
import { TurnGuard } from './turn-guard';
import type { Work } from './work';

export interface TestHostOptions {
  taskHub: string;
  clock: HubClock;
  work: Work;
  coding: Coding;
  /** Whether a condition that activities wait for holds now. */
  holds(condition: RunCondition): boolean;
  createPool(tell: Pick<InProcessPoolOptions, 'onResults' | 'onNote'>): ActivityPool;
  log(who: string, args: readonly unknown[]): void;
  post(message: HostMessage): void;
  /** Something has come that the hub works on now. */
  onNews(): void;
}

/** Orchestrators that stay in memory between their turns. */
const maxInstances = 10_000;

export class TestHost {
  readonly database = new MemoryDatabase();
  readonly #options: TestHostOptions;
  readonly #guard = new TurnGuard();
  readonly desk: Desk;
  readonly #liveTasks = new LiveTasks((changed) =>
    this.desk.showUnrecorded(new Set(changed.map(({ instanceId }) => instanceId))),
  );
  #running: { hub: Hub; pool: ActivityPool; store: MemoryStore } | undefined;

  constructor(options: TestHostOptions) {
    this.#options = options;
    this.desk = new Desk({
      source: { store: new MemoryStore(this.database), coding: options.coding },
      ownTail: () => this.#running?.hub.tail,
      stateOf: (key, runWhen) => stateOf(this.#liveTasks.get(key), runWhen, options.holds),
      carryOut: (errand) => this.#carryOut(errand),
      post: options.post,
    });
  }

  /** Opens a hub with this code over what the database holds. */
  open(orchestrations: Registry, build: string): Promise<void> {
    return this.#options.work.during(this.#open(orchestrations, build));
  }

  async #open(orchestrations: Registry, build: string): Promise<void> {
    // Neither what the test does nor a turn of the hub's may run within the other.
    await hop();
    const { taskHub, clock, work, holds, createPool, log, post, onNews } = this.#options;
    // A test's crashes are no sign that something kills the hub.
    delete this.database.meta.vitals;
    const store = new MemoryStore(this.database);
    const pool = createPool({
      onResults(results) {
        hub.finish(results);
        onNews();
      },
      onNote(note) {
        hub.note(note);
        onNews();
      },
    });
    this.#liveTasks.clear();
    const hub = new Hub({
      name: taskHub,
      store,
      coding: this.#options.coding,
      pool,
      clock,
      holds,
      liveTasks: this.#liveTasks,
      orchestrations,
      build,
      guard: this.#guard,
      hop: () => work.during(this.#guard.hop()),
      log,
      onChange: (ids) => this.desk.show(ids),
      onTrouble: (error) => {
        if (error !== undefined) console.error(`[perdure] task hub '${taskHub}':`, error);
      },
      onStop: () => {},
      maxInstances,
    });
    await hub.start();
    this.#running = { hub, pool, store };
    post({ kind: 'hub', role: 'owner' });
    this.desk.show(undefined);
    onNews();
    await hop();
  }

  /** The hub is gone with all that it had in memory. What it still had under way can write nothing any more. */
  crash(): void {
    const { hub, pool, store } = this.#running ?? {};
    this.#running = undefined;
    store?.close();
    pool?.close();
    hub?.stop(new OutcomeUnknownError('the task hub crashed; whether this call was carried out is not known'));
    this.#options.post({ kind: 'hub', role: 'starting' });
  }

  receive(message: PageMessage): void {
    if (message.kind === 'close') {
      this.crash();
      this.desk.stop();
      this.#options.post({ kind: 'closed' });
      return;
    }
    if (message.kind === 'ping') this.#options.post({ kind: 'pong' });
    this.desk.receive(message);
    if (message.kind === 'calls') this.#options.onNews();
  }

  /** When the next timer of an instance is due, or the time of an activity is over. */
  get nextDue(): number | undefined {
    let next = this.#running?.hub.nextDeadline;
    for (const { row, open } of this.instances()) {
      const times = row.startAt === undefined ? [] : [row.startAt];
      for (const task of open) if (task.kind === 'timer') times.push(task.fireAt);
      for (const time of times) next = Math.min(next ?? time, time);
    }
    return next;
  }

  isParked(instanceId: string): boolean {
    const row = this.#running?.hub.tail?.get(instanceId)?.row ?? this.database.instances.get(instanceId);
    return row?.parked !== undefined;
  }

  /** Each instance as of the newest commit. */
  *instances(): Generator<{ row: InstanceRow; open: Iterable<OpenTask> }> {
    const recent = this.#running?.hub.tail?.instances;
    for (const { row, open, deleted } of recent?.values() ?? []) if (!deleted) yield { row, open: open.values() };
    for (const row of this.database.instances.values()) if (!recent?.has(row.id)) yield { row, open: row.open };
  }

  #carryOut({ command, done }: Errand): void {
    try {
      if (!this.#running) throw new HubUnavailableError('the task hub is being reloaded');
      this.#running.hub.submit(messageOf(command, { done }));
    } catch (error) {
      done({ error });
    }
  }
}
