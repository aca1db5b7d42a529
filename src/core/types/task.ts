/*
 * A task is what an orchestrator waits for. `await` would hide a missing `await`, and `yield` has no type of its own:
 * so a task is a promise in type and methods, and a generator yields opaque steps that nothing else can use. A forgotten
 * `await` or `yield*` thus shows as a type error where the value is used.
 */

export declare const step: unique symbol;

/** What a generator orchestrator yields: opaque, there is nothing to do with it but to yield it. */
export interface Step {
  readonly [step]: 'await or yield* is missing';
}

/**
 * Something durable that is under way: an activity, a timer, an awaited event, a sub-orchestration, or several of them.
 *
 * Use `await` in an async orchestrator and `yield*` in a generator. It is a promise in type and methods, so `.catch`,
 * `.finally` and helpers that take a `Promise` work.
 *
 * @example
 * const name = await ctx.callActivity('greet', 'Ada'); // async function
 * const name = yield* ctx.callActivity('greet', 'Ada'); // generator
 */
export interface Task<out T = unknown> extends Promise<T>, Step {
  /** Whether it has ended, in success or in failure. */
  readonly isCompleted: boolean;
  /** Whether it has ended in failure. */
  readonly isFaulted: boolean;
  /**
   * Gives it up: who waits for it gets a `TaskCanceledError`. What it would still bring is ignored; a running activity
   * is told through its `signal`. Does nothing to a task that has ended.
   */
  cancel(reason?: string): void;
  /** For `yield*`. */
  [Symbol.iterator](): TaskIterator<T>;
}

/** What `yield*` walks over. Its third parameter is open so that a plain `yield` works too. */
export interface TaskIterator<out T> extends Iterator<Step, T, unknown> {
  [Symbol.iterator](): TaskIterator<T>;
}

/**
 * The return type of a generator orchestrator, where it is written down.
 *
 * @example
 * export function* chain(ctx: Context): Steps<string> {
 *   return yield* ctx.callActivity('greet', 'Ada');
 * }
 */
// biome-ignore lint/suspicious/noExplicitAny: what a plain `yield` gives back; anything narrower would need a cast there
export type Steps<T> = Generator<Step, T, any>;

/** What `all`, `any` and `allSettled` take: tasks, promises of async helpers, and generator helpers that were called. */
export type Joinable<T = unknown> = PromiseLike<T> | Generator<Step, T, never>;

/** The result of something joinable. */
export type Joined<J> = J extends Generator<Step, infer T, never> ? T : Awaited<J>;

type Key<K> = K extends `${infer N extends number}` ? N : K;

/**
 * The first of several tasks to settle. `key` tells which: its index in an array, its name in a record; with a record,
 * `first.key === 'approved'` narrows `first.value`.
 */
export type First<J> = J extends readonly unknown[]
  ? number extends J['length']
    ? FirstOf<number, J[number]>
    : { [K in keyof J & `${number}`]: FirstOf<Key<K>, J[K]> }[keyof J & `${number}`]
  : { [K in keyof J]: FirstOf<K, J[K]> }[keyof J];

/** One possible outcome of `any`. */
export interface FirstOf<K, J> {
  readonly key: K;
  readonly task: J;
  /** The task's result. Reading it throws what the task failed with. */
  readonly value: Joined<J>;
}
