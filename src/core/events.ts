/**
 * External events of one execution. Each goes to whoever has waited longest for its name; one that nobody waits for is
 * kept, in order. Names compare without case, as in Durable Functions.
 */
import type { EventRaised } from './history';
import { Line } from './line';
import { DurableTask, type TaskOwner } from './task';
import { copyValue } from './values';

/** How many names are told of those that an execution waits for: more than anybody reads. */
const namesTold = 100;

export class ExternalEvents {
  /** Nobody stands in a line that is not here. */
  readonly #waiters = new Map<string, Line<{ name: string; task: DurableTask }>>();
  /** What nobody waits for. Most executions never have any. */
  #kept: { readonly lines: Map<string, Line<EventRaised>>; readonly inOrder: Set<EventRaised> } | undefined;
  #told: readonly string[] = [];
  #changed = false;

  /** Gives the event to a waiter, or keeps it. */
  raise(event: EventRaised): void {
    const key = event.name.toLowerCase();
    const waiter = this.#waiters.get(key)?.next();
    if (waiter) {
      this.#left(key);
      deliver(waiter.task, event);
    } else {
      this.#kept ??= { lines: new Map(), inOrder: new Set() };
      lineOf(this.#kept.lines, key).join(event);
      this.#kept.inOrder.add(event);
    }
  }

  /** The task of the oldest kept event of this name, or else of the next that comes. */
  wait(name: string, owner: TaskOwner): DurableTask {
    const key = name.toLowerCase();
    const event = this.#kept?.lines.get(key)?.next();
    if (event) {
      const task = new DurableTask(owner);
      this.#kept?.inOrder.delete(event);
      deliver(task, event);
      return task;
    }
    const task: DurableTask = new DurableTask(owner, () => {
      leave();
      this.#left(key);
    });
    const leave = lineOf(this.#waiters, key).join({ name, task });
    this.#changed = true;
    return task;
  }

  #left(key: string): void {
    if (this.#waiters.get(key)?.isEmpty) this.#waiters.delete(key);
    this.#changed = true;
  }

  /** Whether somebody waits. */
  get awaiting(): boolean {
    return this.#waiters.size > 0;
  }

  /** Nobody waits any more. */
  abandon(): void {
    this.#waiters.clear();
    this.#changed = true;
  }

  /** The names that somebody waits for, or the first of them. */
  get awaited(): readonly string[] {
    const names: string[] = [];
    for (const line of this.#waiters.values()) {
      if (names.length === namesTold) break;
      names.push(line.first?.name ?? '');
    }
    return names;
  }

  /** The same, unless they are those that were told last. */
  news(): readonly string[] | undefined {
    if (!this.#changed) return undefined;
    this.#changed = false;
    const names = this.awaited;
    if (names.length === this.#told.length && names.every((name, i) => name === this.#told[i])) return undefined;
    this.#told = names;
    return names;
  }

  /** What was told is forgotten, as if nobody had waited. */
  tellAnew(): void {
    this.#told = [];
    this.#changed = true;
  }

  /** What nobody has consumed, in the order of arrival. */
  get unconsumed(): EventRaised[] {
    return [...(this.#kept?.inOrder ?? [])];
  }
}

function lineOf<T>(lines: Map<string, Line<T>>, key: string): Line<T> {
  let line = lines.get(key);
  if (!line) {
    line = new Line();
    lines.set(key, line);
  }
  return line;
}

function deliver(task: DurableTask, event: EventRaised): void {
  task.complete(copyValue(event.input, `the data of event '${event.name}'`));
}
