/**
 * The activities of a test: run in this process by the runner that runs them in a real activity worker, recorded call by
 * call, failed and replaced as the test wants it.
 */
import type { ActivityTask } from '../../worker/pool';
import { httpActivity } from '../../worker/pool/http';
import { type ActivityContext, type AnyActivity, closest, httpActivityName } from '../core';

/** Any activity, once it has been found: what it takes is a matter of the app's types. */
export type LooseActivity = (input: unknown, ctx: ActivityContext) => unknown;

/** A call of an activity. */
export interface ActivityCall<I = unknown> {
  readonly input: I;
  readonly instanceId: string;
  readonly taskId: number;
  /** Which attempt it was, from 1. */
  readonly attempt: number;
  readonly idempotencyKey: string;
  /** Aborted once its result was not wanted any more. */
  readonly signal: ActivityContext['signal'];
}

/** Calls that are not going to end, by their contexts. */
const silent = new WeakSet<object>();

/**
 * An activity that never answers: give it in place of one, to see what happens then. It is the only one that time does
 * not wait for. An activity of your own that has done something goes on with it, and hands its context over.
 *
 * @example
 * hub.replaceActivity('pay', never);
 * hub.replaceActivity('upload', async (file, ctx) => {
 *   await ctx.heartbeat(1);
 *   return never(file, ctx);
 * });
 */
export function never(_input?: unknown, ctx?: object): Promise<never> {
  if (ctx) silent.add(ctx);
  return new Promise(() => {});
}

/** What a test does to its activities outlives every reload; what runs does not. */
export class TestActivities {
  readonly #activities = new Map<string, LooseActivity>();
  readonly #calls: { name: string; call: ActivityCall }[] = [];
  /** The context of the last run of each attempt. */
  readonly #contexts = new Map<string, ActivityContext>();
  readonly #failures = new Map<string, { times: number; error: unknown }[]>();

  constructor(activities: object) {
    // As in every activity worker. Here, a test can put another in its place.
    this.add({ [httpActivityName]: httpActivity });
    this.add(activities);
  }

  /** Takes a module's activities, in place of those of the same names. */
  add(activities: object): void {
    for (const [name, activity] of Object.entries(activities)) {
      if (typeof activity === 'function') this.#activities.set(name, activity as LooseActivity);
    }
  }

  replace(name: string, activity: LooseActivity): void {
    this.#assertKnown(name);
    this.#activities.set(name, activity);
  }

  failNext(name: string, times: number, error: unknown): void {
    this.#assertKnown(name);
    if (!Number.isInteger(times) || times < 1)
      throw new RangeError(`times must be a whole number above 0, not ${times}`);
    const failures = this.#failures.get(name) ?? [];
    failures.push({ times, error });
    this.#failures.set(name, failures);
  }

  calls(name: string): ActivityCall[] {
    this.#assertKnown(name);
    return this.#calls.filter((each) => each.name === name).map(({ call }) => call);
  }

  /** Whether a call that runs is going to end. */
  answers({ name, idempotencyKey, attempt }: Pick<ActivityTask, 'name' | 'idempotencyKey' | 'attempt'>): boolean {
    const ctx = this.#contexts.get(`${attempt} ${idempotencyKey}`);
    return this.#activities.get(name) !== never && !(ctx && silent.has(ctx));
  }

  /** As a module, for the runner. */
  get module(): Readonly<Record<string, AnyActivity>> {
    const names = [...this.#activities.keys()];
    return Object.fromEntries(names.map((name) => [name, (input: unknown, ctx) => this.#call(name, input, ctx)]));
  }

  #call(name: string, input: unknown, ctx: ActivityContext): unknown {
    const { instanceId, taskId, attempt, idempotencyKey } = ctx;
    this.#contexts.set(`${attempt} ${idempotencyKey}`, ctx);
    this.#calls.push({
      name,
      call: {
        input,
        instanceId,
        taskId,
        attempt,
        idempotencyKey,
        get signal() {
          return ctx.signal;
        },
      },
    });
    const failures = this.#failures.get(name);
    const failure = failures?.[0];
    if (failure) {
      if (--failure.times === 0) failures.shift();
      if (failures.length === 0) this.#failures.delete(name);
      throw failure.error;
    }
    return this.#activities.get(name)?.(input, ctx);
  }

  #assertKnown(name: string): void {
    if (this.#activities.has(name)) return;
    const suggestion = closest(name, [...this.#activities.keys()]);
    throw new TypeError(`there is no activity '${name}'${suggestion ? `; did you mean '${suggestion}'?` : ''}`);
  }
}
