/**
 * The tasks of one activity that wait, under one condition: those of higher priority first, and of one priority the
 * instances in turns, so that one with 100,000 calls does not hold up another's single one.
 */
import type { RunCondition } from '../../src/core/history';
import { Heap } from '../heap';
import type { ActivityTask } from './exchange';

/** A task that waits. One that comes back has the place that it had. */
export interface Queued {
  readonly task: ActivityTask;
  place?: Place;
}

/** Where a task stands in its lane. */
export interface Place {
  priority: number;
  /** The turn of its instance. */
  turn: number;
  /** Of those in the same turn, who came first. */
  number: number;
}

/** The turns of one priority. */
interface Round {
  /** The turn that is under way. */
  turn: number;
  /** For each instance that has tasks here, how many, and the turn of its last. */
  readonly instances: Map<string, { count: number; turn: number }>;
}

export class Lane<T extends Queued> {
  readonly #waiting = new Heap<T>((a, b) => isBefore(a.place as Place, b.place as Place));
  readonly #rounds = new Map<number, Round>();
  /** When it was last served, as a number that grows. */
  servedAt: number;

  constructor(
    readonly key: string,
    readonly name: string,
    readonly condition: RunCondition | undefined,
    servedAt: number,
  ) {
    this.servedAt = servedAt;
  }

  get size(): number {
    return this.#waiting.size;
  }

  get first(): T | undefined {
    return this.#waiting.first;
  }

  get items(): Iterable<T> {
    return this.#waiting;
  }

  /** @param number that of those who have come before, and this one */
  push(item: T, number: number): void {
    const { instanceId, run } = item.task;
    const priority = run?.priority ?? 0;
    let round = this.#rounds.get(priority);
    if (!round) {
      round = { turn: 0, instances: new Map() };
      this.#rounds.set(priority, round);
    }
    const known = round.instances.get(instanceId);
    const next = round.turn + 1;
    // What comes back is no later than it would be if it were new.
    const turn = item.place ? Math.min(item.place.turn, next) : Math.max(known?.turn ?? 0, round.turn) + 1;
    item.place = { priority, turn, number: item.place?.number ?? number };
    if (known) {
      known.count++;
      known.turn = Math.max(known.turn, turn);
    } else {
      round.instances.set(instanceId, { count: 1, turn });
    }
    this.#waiting.push(item);
  }

  takeFirst(): void {
    const first = this.#waiting.removeFirst();
    if (!first) return;
    const { priority, turn } = first.place as Place;
    const round = this.#rounds.get(priority);
    if (round) round.turn = Math.max(round.turn, turn);
    this.#left(first);
  }

  /** @returns how many it took out */
  remove(isUnwanted: (item: T) => boolean): number {
    const before = this.size;
    this.#waiting.filter((item) => {
      if (!isUnwanted(item)) return true;
      this.#left(item);
      return false;
    });
    return before - this.size;
  }

  #left({ task: { instanceId }, place }: T): void {
    const { priority } = place as Place;
    const round = this.#rounds.get(priority);
    const instance = round?.instances.get(instanceId);
    if (!round || !instance || --instance.count > 0) return;
    round.instances.delete(instanceId);
    if (round.instances.size === 0) this.#rounds.delete(priority);
  }
}

function isBefore(a: Place, b: Place): boolean {
  if (a.priority !== b.priority) return a.priority > b.priority;
  return a.turn < b.turn || (a.turn === b.turn && a.number < b.number);
}
