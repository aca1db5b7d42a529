/**
 * Deletes ended instances, page by page: those that match a filter, and, from time to time, those that a retention policy
 * does not keep. Each deletion is a message like any other, so it waits its turn and is committed with what else happens.
 */
import { type Duration, durationMs, InstanceNotFoundError, InstanceRunningError } from '../../src/core';
import type { Filter, StatusRecord } from '../../src/protocol';
import type { Message, PurgeByMessage } from './message';
import type { Queries } from './queries';
import type { TimerClock } from './timers';

export type EndedStatus = 'Completed' | 'Failed' | 'Terminated';

/** What is kept of the ended instances of one status. What exceeds either is deleted, with its children. */
export interface Retention {
  /** Since it ended. */
  readonly age?: Duration;
  /** How many, the newest. */
  readonly count?: number;
}

/** How long ended instances are kept, by status; those of a status that is not named are kept for ever. */
export type RetentionPolicy = { readonly [S in EndedStatus]?: Retention };

const endedStatuses: readonly EndedStatus[] = ['Completed', 'Failed', 'Terminated'];
const pageSize = 200;

/** How often a policy is kept to, and how soon at first, in milliseconds. */
const retainEveryMs = 60_000;
const firstRetainMs = 5_000;
/** A hub that is busy just then is asked again so soon; one that is never idle is not spared longer than this. */
const askAgainMs = 1_000;
const patienceMs = 15_000;

interface Keeping {
  policy: RetentionPolicy;
  clock: TimerClock;
  isIdle(): boolean;
}

export class Sweep {
  #timer: { clock: TimerClock; timer: unknown } | undefined;

  constructor(
    readonly queries: Queries,
    readonly submit: (message: Message) => void,
  ) {}

  /** Many messages, and an answer when all are handled: how many instances were deleted. */
  async answer({ filter, ...message }: PurgeByMessage): Promise<void> {
    const outcome = await this.#purge(filter).then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
    this.submit({ ...message, kind: 'answer', outcome });
  }

  /** Keeps to the policy from now on, best when nothing else is to do. */
  keepTo(policy: RetentionPolicy, clock: TimerClock, isIdle: () => boolean): void {
    this.#retainIn(firstRetainMs, 0, { policy, clock, isIdle });
  }

  /** @param busyMs for how long the hub has been found busy */
  #retainIn(inMs: number, busyMs: number, keeping: Keeping): void {
    const { policy, clock, isIdle } = keeping;
    const timer = clock.setTimer(async () => {
      const isTime = isIdle() || busyMs >= patienceMs;
      // What failed is found again the next time.
      if (isTime) await this.#retain(policy, clock.now()).catch(() => {});
      if (!this.#timer) return;
      if (isTime) this.#retainIn(retainEveryMs, 0, keeping);
      else this.#retainIn(askAgainMs, busyMs + askAgainMs, keeping);
    }, inMs);
    this.#timer = { clock, timer };
  }

  stop(): void {
    this.#timer?.clock.clearTimer(this.#timer.timer);
    this.#timer = undefined;
  }

  async #purge(filter: Filter): Promise<number> {
    const wanted = filter.runtimeStatus;
    const runtimeStatus = endedStatuses.filter((status) => !wanted || wanted.includes(status));
    if (runtimeStatus.length === 0) return 0;
    return this.#sweep({ ...filter, runtimeStatus }, 'oldest', async () => true);
  }

  /** Deletes what the policy does not keep. A child stays as long as its parent does. */
  async #retain(policy: RetentionPolicy, now: number): Promise<void> {
    for (const status of endedStatuses) {
      const { age, count } = policy[status] ?? {};
      const filter: Filter = { runtimeStatus: [status] };
      if (age !== undefined) {
        const before = new Date(now - durationMs(age));
        // What was created later cannot have ended before.
        const isFree = this.#freeOnes();
        await this.#sweep({ ...filter, createdTimeTo: before, lastUpdatedTimeTo: before }, 'oldest', isFree);
      }
      if (count !== undefined && (await this.queries.count(filter)) > count) {
        let kept = 0;
        const isFree = this.#freeOnes();
        await this.#sweep(filter, 'newest', async (instance) => (await isFree(instance)) && ++kept > count);
      }
    }
  }

  /** Tells those that have no parent, or none any more. */
  #freeOnes(): (instance: StatusRecord) => Promise<boolean> {
    const parents = new Map<string, Promise<boolean>>();
    return async ({ parent }) => {
      if (!parent) return true;
      const { instanceId } = parent;
      const isThere =
        parents.get(instanceId) ??
        this.queries.status(instanceId, { showInput: false, showOutput: false }).then(Boolean);
      parents.set(instanceId, isThere);
      return !(await isThere);
    };
  }

  async #sweep(
    filter: Filter,
    order: 'oldest' | 'newest',
    isDue: (instance: StatusRecord) => Promise<boolean>,
  ): Promise<number> {
    let deleted = 0;
    let after: readonly [number, string] | undefined;
    do {
      const page = await this.queries.list({ ...filter, order, limit: pageSize, ...(after && { after }) }, false);
      const due: string[] = [];
      for (const instance of page.instances) if (await isDue(instance)) due.push(instance.instanceId);
      for (const count of await Promise.all(due.map((id) => this.#delete(id)))) deleted += count;
      after = page.next;
    } while (after);
    return deleted;
  }

  #delete(to: string): Promise<number> {
    return new Promise((resolve, reject) => {
      const done = (outcome: { value?: unknown } | { error: unknown }) => {
        if (!('error' in outcome)) resolve(outcome.value as number);
        // Gone with its parent, or started anew meanwhile.
        else if (outcome.error instanceof InstanceNotFoundError || outcome.error instanceof InstanceRunningError)
          resolve(0);
        else reject(outcome.error);
      };
      this.submit({ kind: 'purge', to, caller: { done } });
    });
  }
}
