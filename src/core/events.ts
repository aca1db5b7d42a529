/**
 * External events of one execution. Each goes to whoever has waited longest for its name; one that nobody waits for is
 * kept, in order. Names compare without case, as in Durable Functions.
 */
import type { EventRaised } from './history';
import type { DurableTask } from './task';

export class ExternalEvents {
  readonly #waiters = new Map<string, { name: string; task: DurableTask }[]>();
  readonly #kept = new Map<string, EventRaised[]>();
  /** All that is kept, in the order of arrival. */
  readonly #unconsumed = new Set<EventRaised>();

  /** Gives the event to a waiter, or keeps it. */
  raise(event: EventRaised, deliver: (task: DurableTask, event: EventRaised) => void): void {
    const key = event.name.toLowerCase();
    const waiters = this.#waiters.get(key);
    const waiter = waiters?.shift();
    if (waiter) {
      if (waiters?.length === 0) this.#waiters.delete(key);
      deliver(waiter.task, event);
      return;
    }
    const queue = this.#kept.get(key);
    if (queue) queue.push(event);
    else this.#kept.set(key, [event]);
    this.#unconsumed.add(event);
  }

  /** Takes the oldest kept event of this name; without one, `task` waits in line. */
  wait(name: string, task: DurableTask): EventRaised | undefined {
    const key = name.toLowerCase();
    const event = this.#kept.get(key)?.shift();
    if (event) {
      this.#unconsumed.delete(event);
      return event;
    }
    const waiters = this.#waiters.get(key);
    if (waiters) waiters.push({ name, task });
    else this.#waiters.set(key, [{ name, task }]);
    return undefined;
  }

  /** The task waits no longer. */
  leave(name: string, task: DurableTask): void {
    const key = name.toLowerCase();
    const waiters = this.#waiters.get(key)?.filter((waiter) => waiter.task !== task);
    if (waiters?.length) this.#waiters.set(key, waiters);
    else this.#waiters.delete(key);
  }

  /** Whether somebody waits. */
  get awaiting(): boolean {
    return this.#waiters.size > 0;
  }

  /** The names that somebody waits for. */
  get awaited(): string[] {
    return Array.from(this.#waiters.values(), ([first]) => first?.name ?? '');
  }

  /** What nobody has consumed, in the order of arrival. */
  get unconsumed(): EventRaised[] {
    return [...this.#unconsumed];
  }
}
