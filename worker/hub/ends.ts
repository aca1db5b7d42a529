/** Who waits for instances to end. Each hears of it once: with the status, or with the reason why there is none. */
import { InstanceNotFoundError, toFailure } from '../../src/core';
import type { Reply, StatusRecord } from '../../src/protocol';
import type { Tail } from '../store/tail';
import type { Queries } from './queries';

export class Ends {
  readonly #queries: Queries;
  readonly #ownTail: () => Tail | undefined;
  readonly #reply: (reply: Reply) => void;
  /** Calls by instance. */
  readonly #calls = new Map<string, Set<number>>();
  /** Instances to look at. */
  readonly #stale = new Set<string>();
  #isLooking = false;

  /** @param ownTail the tail of the hub that runs in this worker, if one does */
  constructor(queries: Queries, ownTail: () => Tail | undefined, reply: (reply: Reply) => void) {
    this.#queries = queries;
    this.#ownTail = ownTail;
    this.#reply = reply;
  }

  get isAsked(): boolean {
    return this.#calls.size > 0;
  }

  wait(call: number, instanceId: string): void {
    const calls = this.#calls.get(instanceId);
    if (calls) calls.add(call);
    else this.#calls.set(instanceId, new Set([call]));
    this.#lookAt([instanceId]);
  }

  /** Nobody waits for these calls any more. */
  forget(ids: readonly number[]): void {
    for (const [instance, calls] of this.#calls) {
      for (const id of ids) calls.delete(id);
      if (calls.size === 0) this.#calls.delete(instance);
    }
  }

  /** @param ids the instances that changed; undefined if nobody knows which */
  changed(ids: ReadonlySet<string> | undefined): void {
    if (this.#calls.size === 0) return;
    this.#lookAt(ids ?? this.#calls.keys());
  }

  /**
   * Many may be waited for while it is not known which of them have changed: they are looked at together, as each read
   * stands in the way of the owner's commits.
   */
  #lookAt(ids: Iterable<string>): void {
    for (const id of ids) if (this.#calls.has(id) && this.#mayHaveEnded(id)) this.#stale.add(id);
    if (!this.#isLooking) void this.#lookOn();
  }

  async #lookOn(): Promise<void> {
    this.#isLooking = true;
    while (this.#stale.size > 0) {
      const ids = [...this.#stale];
      this.#stale.clear();
      // Whose state cannot be read is told so by a look of its own.
      const over = await this.#queries.over(ids).catch(() => ids);
      for (const id of over) void this.#look(id);
    }
    this.#isLooking = false;
  }

  /** False if this worker knows better: the owner has what runs in memory. */
  #mayHaveEnded(instanceId: string): boolean {
    const known = this.#ownTail()?.get(instanceId);
    return !known || known.deleted || (known.row.status !== 'Running' && known.row.status !== 'Pending');
  }

  async #look(instanceId: string): Promise<void> {
    try {
      const status = await this.#queries.status(instanceId);
      if (!status) throw new InstanceNotFoundError(`there is no instance '${instanceId}'`);
      if (!hasEnded(status)) return;
      for (const id of this.#take(instanceId)) this.#reply({ id, value: status });
    } catch (error) {
      for (const id of this.#take(instanceId)) this.#reply({ id, failure: toFailure(error) });
    }
  }

  #take(instanceId: string): Iterable<number> {
    const calls = this.#calls.get(instanceId) ?? [];
    this.#calls.delete(instanceId);
    return calls;
  }
}

function hasEnded({ runtimeStatus }: StatusRecord): boolean {
  return runtimeStatus === 'Completed' || runtimeStatus === 'Failed' || runtimeStatus === 'Terminated';
}
