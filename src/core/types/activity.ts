/*
 * An activity is a plain exported function `(input, ctx?) => result`. These types read names, inputs and results off the
 * app's own module, so that a wrong one does not compile; nothing is registered or wrapped.
 */

/** `AbortSignal`, or where there is no such thing, what a signal has to be. The engine itself compiles without the DOM. */
export type CancelSignal = typeof globalThis extends { AbortSignal: { prototype: infer T } }
  ? T
  : {
      readonly aborted: boolean;
      readonly reason: unknown;
      throwIfAborted(): void;
      addEventListener(type: 'abort', listener: () => void): void;
      removeEventListener(type: 'abort', listener: () => void): void;
    };

/** The second parameter of an activity. */
export interface ActivityContext {
  /** The instance that called it. */
  readonly instanceId: string;
  /** The number of the call within its instance's execution. */
  readonly taskId: number;
  /** Which recorded attempt this is, from 1. */
  readonly attempt: number;
  /**
   * The same for every attempt of one call, and different for all others. An activity may run more than once (the tab
   * may die before its result is stored): give this key to a service that ignores what it has seen before.
   */
  readonly idempotencyKey: string;
  /** Aborts when the result is no longer wanted: the task was cancelled, or its instance terminated. Hand it to `fetch`. */
  readonly signal: CancelSignal;
  /** Writes to the console, with the instance's id. */
  log(...args: unknown[]): void;
}

/** Any activity. */
// `=> void`, never `=> unknown`: with unknown the compiler must infer every body to list the names (completion 1,340 ms instead of 101 ms).
export type AnyActivity = (input: never, ctx: ActivityContext) => void;

/** The names of the activities in a module; constants, classes and helpers exported beside them are left out. */
export type ActivityName<A> = keyof { [K in keyof A & string as A[K] extends AnyActivity ? K : never]: K };

/** What an activity takes. */
export type InputOf<F> = F extends (...args: infer P) => void ? (P extends [] ? undefined : P[0]) : never;

/** What an activity gives. */
export type ActivityOutput<F> = F extends (...args: never) => infer R ? Awaited<R> : never;

/** The input as an argument, which may be left out where it may be undefined. */
export type InputArgs<I> = undefined extends I ? [input?: I] : [input: I];
