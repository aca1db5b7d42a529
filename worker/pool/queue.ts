/**
 * The tasks that are with no worker yet, and which of them comes next: those of higher priority first; among these,
 * activities take turns, and so do the instances that call the same one. So neither 100,000 calls of one instance nor
 * those of one activity hold up the others. What has reached its limit, or waits for a condition, is passed by.
 */
import type { RunCondition } from '../../src/core/history';
import { Heap } from '../heap';
import type { ActivityTask } from './exchange';

/** How much of an activity may run. */
export interface Limit {
  /** So many at a time, in all workers together. */
  concurrency?: number;
  /** So many begin within `perMs` milliseconds. */
  rate?: { count: number; perMs: number };
}

export interface QueueOptions {
  /** By the activity's name. */
  limits: ReadonlyMap<string, Limit>;
  /** Whether a condition holds now. */
  holds(condition: RunCondition): boolean;
  monotonicNow(): number;
}

/** A task that waits. One that comes back has its old place. */
export interface Queued {
  readonly task: ActivityTask;
  place?: Place;
}

/** Where a task stands in its lane. */
export interface Place {
  /** The turn of its instance. */
  turn: number;
  /** Of those in the same turn, who came first. */
  number: number;
}

/** Tasks of one activity, priority and condition. */
class Lane<T extends Queued> {
  readonly waiting = new Heap<T>((a, b) => isBefore(a.place as Place, b.place as Place));
  /** For each instance with tasks here, how many, and the turn of its last. */
  readonly instances = new Map<string, { count: number; turn: number }>();
  /** The turn that is under way. */
  turn = 0;
  /** When it was last served, as a number that grows. */
  servedAt = 0;

  constructor(
    readonly key: string,
    readonly name: string,
    readonly priority: number,
    readonly condition: RunCondition | undefined,
  ) {}
}

/** What of an activity with a limit runs, and when the last ones began. */
interface Use<T> {
  running: Set<T>;
  begun: number[];
}

export class TaskQueue<T extends Queued> {
  readonly #options: QueueOptions;
  readonly #lanes = new Map<string, Lane<T>>();
  /** Lanes in the order in which they are served; undefined if that has changed. */
  #order: Lane<T>[] | undefined;
  readonly #uses = new Map<string, Use<T>>();
  #numbers = 0;
  #served = 0;
  #size = 0;

  constructor(options: QueueOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#size;
  }

  push(item: T): void {
    const { name, instanceId, run } = item.task;
    const priority = run?.priority ?? 0;
    const key = `${priority} ${run?.runWhen ?? ''} ${name}`;
    let lane = this.#lanes.get(key);
    if (!lane) {
      lane = new Lane(key, name, priority, run?.runWhen);
      // It waits for its turn as if it had just been served.
      lane.servedAt = this.#served;
      this.#lanes.set(key, lane);
      this.#order = undefined;
    }
    const known = lane.instances.get(instanceId);
    const turn = item.place?.turn ?? Math.max(known?.turn ?? 0, lane.turn) + 1;
    item.place ??= { turn, number: this.#numbers++ };
    if (known) {
      known.count++;
      known.turn = Math.max(known.turn, turn);
    } else {
      lane.instances.set(instanceId, { count: 1, turn });
    }
    lane.waiting.push(item);
    this.#size++;
  }

  /** Takes the first task that may run and is wanted. */
  take(isWanted: (item: T) => boolean): T | undefined {
    for (const lane of this.#lanesInOrder()) {
      const first = lane.waiting.first;
      if (!first || !this.#mayRun(lane) || !isWanted(first)) continue;
      lane.waiting.removeFirst();
      this.#left(lane, first);
      lane.turn = Math.max(lane.turn, (first.place as Place).turn);
      lane.servedAt = ++this.#served;
      this.#serve(lane);
      this.#begin(first);
      return first;
    }
    return undefined;
  }

  /** One that was taken does not run any more. */
  ended(item: T): void {
    this.#uses.get(item.task.name)?.running.delete(item);
  }

  /** Takes out what is not wanted any more. */
  remove(isUnwanted: (item: T) => boolean): void {
    for (const lane of [...this.#lanes.values()]) {
      lane.waiting.filter((item) => {
        if (!isUnwanted(item)) return true;
        this.#left(lane, item);
        return false;
      });
      this.#tidy(lane);
    }
  }

  /** Takes out all. */
  removeAll(): T[] {
    const all = [...this.#lanes.values()].flatMap((lane) => [...lane.waiting]);
    this.#lanes.clear();
    this.#order = undefined;
    this.#size = 0;
    return all;
  }

  /** In how many milliseconds a rate lets the next task go; undefined if none waits for that. */
  nextInMs(): number | undefined {
    let next: number | undefined;
    if (this.#options.limits.size === 0) return next;
    for (const { name, condition } of this.#lanes.values()) {
      const rate = this.#options.limits.get(name)?.rate;
      const oldest = this.#uses.get(name)?.begun[0];
      if (!rate || oldest === undefined || !this.#isOpen(condition)) continue;
      const inMs = oldest + rate.perMs - this.#options.monotonicNow();
      if (inMs > 0) next = Math.min(next ?? inMs, inMs);
    }
    return next;
  }

  // ------------------------------------------------------------------------------------------------ lanes

  #left(lane: Lane<T>, { task }: T): void {
    this.#size--;
    const instance = lane.instances.get(task.instanceId);
    if (instance && --instance.count === 0) lane.instances.delete(task.instanceId);
  }

  /** By priority; then the one that has waited longest. */
  #lanesInOrder(): Lane<T>[] {
    this.#order ??= [...this.#lanes.values()].sort((a, b) => b.priority - a.priority || a.servedAt - b.servedAt);
    return this.#order;
  }

  /** It goes behind the others of its priority. */
  #serve(lane: Lane<T>): void {
    if (lane.waiting.size === 0) this.#tidy(lane);
    else if (this.#lanes.size > 1) this.#order = undefined;
  }

  #tidy(lane: Lane<T>): void {
    if (lane.waiting.size > 0) return;
    this.#lanes.delete(lane.key);
    this.#order = undefined;
  }

  // ------------------------------------------------------------------------------------------------ limits

  #isOpen(condition: RunCondition | undefined): boolean {
    return condition === undefined || this.#options.holds(condition);
  }

  #mayRun({ name, condition }: Lane<T>): boolean {
    if (!this.#isOpen(condition)) return false;
    const limit = this.#options.limits.get(name);
    const use = this.#uses.get(name);
    if (!limit || !use) return true;
    if (limit.concurrency !== undefined && use.running.size >= limit.concurrency) return false;
    const { rate } = limit;
    if (!rate) return true;
    const since = this.#options.monotonicNow() - rate.perMs;
    while (use.begun[0] !== undefined && use.begun[0] <= since) use.begun.shift();
    return use.begun.length < rate.count;
  }

  #begin(item: T): void {
    const { name } = item.task;
    const limit = this.#options.limits.get(name);
    if (!limit) return;
    const use = this.#uses.get(name) ?? { running: new Set(), begun: [] };
    this.#uses.set(name, use);
    use.running.add(item);
    if (limit.rate) use.begun.push(this.#options.monotonicNow());
  }
}

function isBefore(a: Place, b: Place): boolean {
  return a.turn < b.turn || (a.turn === b.turn && a.number < b.number);
}
