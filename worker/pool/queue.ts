/**
 * The tasks that are with no worker yet, and which of them comes next: those of higher priority first; among these,
 * activities take turns, and so do the instances that call the same one (`lane.ts`). So neither 100,000 calls of one
 * instance nor those of one activity hold up the others. What has reached its limit, or waits for a condition, is passed
 * by.
 */
import type { RunCondition } from '../../src/core/history';
import { Lane, type Place, type Queued } from './lane';

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

/** What of an activity with a limit runs, and when the last ones began. */
interface Use<T> {
  running: Set<T>;
  begun: number[];
}

export class TaskQueue<T extends Queued> {
  readonly #options: QueueOptions;
  readonly #lanes = new Map<string, Lane<T>>();
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
    const { name, run } = item.task;
    const key = `${run?.runWhen ?? ''} ${name}`;
    let lane = this.#lanes.get(key);
    if (!lane) {
      // Before the one that was served last, and behind those that wait already.
      lane = new Lane(key, name, run?.runWhen, this.#served - 0.5);
      this.#lanes.set(key, lane);
    }
    lane.push(item, this.#numbers++);
    this.#size++;
  }

  /** Takes the first task that may run and is wanted. */
  take(isWanted: (item: T) => boolean): T | undefined {
    let passedBy: Set<Lane<T>> | undefined;
    for (let lane = this.#next(passedBy); lane; lane = this.#next(passedBy)) {
      const first = lane.first as T;
      if (this.#mayRun(lane) && isWanted(first)) {
        lane.takeFirst();
        this.#size--;
        lane.servedAt = ++this.#served;
        if (lane.size === 0) this.#lanes.delete(lane.key);
        this.#begin(first);
        return first;
      }
      passedBy ??= new Set();
      passedBy.add(lane);
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
      this.#size -= lane.remove(isUnwanted);
      if (lane.size === 0) this.#lanes.delete(lane.key);
    }
  }

  /** Takes out all. */
  removeAll(): T[] {
    const all = [...this.#lanes.values()].flatMap((lane) => [...lane.items]);
    this.#lanes.clear();
    this.#size = 0;
    return all;
  }

  /** In how many milliseconds a rate lets the next task go; undefined if none waits for that. */
  nextInMs(): number | undefined {
    let next: number | undefined;
    if (this.#options.limits.size === 0) return next;
    for (const { name, condition } of this.#lanes.values()) {
      const limit = this.#options.limits.get(name);
      const use = this.#uses.get(name);
      const oldest = use?.begun[0];
      if (!limit?.rate || !use || oldest === undefined || !this.#isOpen(condition)) continue;
      if (use.begun.length < limit.rate.count || isBusy(limit, use)) continue;
      // Time goes on between two looks at the clock: that it has come meanwhile is no reason not to look again.
      const inMs = Math.max(oldest + limit.rate.perMs - this.#options.monotonicNow(), 1);
      next = Math.min(next ?? inMs, inMs);
    }
    return next;
  }

  /** The lane whose first task has the highest priority; of several, the one that has waited longest. */
  #next(passedBy: ReadonlySet<Lane<T>> | undefined): Lane<T> | undefined {
    let next: Lane<T> | undefined;
    let highest = Number.NEGATIVE_INFINITY;
    for (const lane of this.#lanes.values()) {
      if (passedBy?.has(lane)) continue;
      const { priority } = (lane.first as T).place as Place;
      if (next && (priority < highest || (priority === highest && lane.servedAt >= next.servedAt))) continue;
      next = lane;
      highest = priority;
    }
    return next;
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
    if (isBusy(limit, use)) return false;
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

/** Whether as many run as may at a time. */
function isBusy({ concurrency = Number.POSITIVE_INFINITY }: Limit, { running }: Use<unknown>): boolean {
  return running.size >= concurrency;
}
