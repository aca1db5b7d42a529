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

/**
 * The second parameter of an activity.
 *
 * @typeParam D what it gives to `heartbeat`, and its next attempt finds in `lastHeartbeat`
 */
export interface ActivityContext<D = unknown> {
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
  /**
   * Aborts when the result is no longer wanted: the task was cancelled, its instance terminated, its time is over, or
   * this tab runs the hub no longer. Hand it to `fetch`. What goes on past the grace period loses its worker.
   */
  readonly signal: CancelSignal;
  /**
   * Tells how far it is: shown by `getStatus` and whoever watches, some 20 times a second at most, and not recorded.
   *
   * @param fraction from 0 to 1
   * @throws TypeError when the fraction is no number, or the message no string
   */
  progress(fraction: number, message?: string): void;
  /**
   * Says that it is alive, and records how far it is. The next attempt finds it in `lastHeartbeat`, whether this one
   * failed or its tab died. Resolves when it is stored; of several that come together, only the last is kept.
   *
   * @param details plain values, 32 kB at most
   * @throws PayloadError when they cannot be stored, are larger, or hold something binary
   * @throws TaskCanceledError when the result is not wanted any more
   *
   * @example
   * let sent = ctx.lastHeartbeat ?? 0;
   * for (; sent < parts; sent++) {
   *   await send(file, sent, ctx.signal);
   *   await ctx.heartbeat(sent + 1); // from here on, this part is not sent again
   * }
   */
  heartbeat(details: D): Promise<void>;
  /** What this call has last given to `heartbeat`, in this attempt or an earlier one. */
  readonly lastHeartbeat: D | undefined;
  /** Writes to the console, with the instance's id. */
  log(...args: unknown[]): void;
}

/** Any activity. */
// `=> void`, never `=> unknown`: with unknown the compiler must infer every body to list the names (completion 1,340 ms instead of 101 ms).
// `never`, so that a context of any details is taken.
export type AnyActivity = (input: never, ctx: ActivityContext<never>) => void;

/** The names of the activities in a module; constants, classes and helpers exported beside them are left out. */
export type ActivityName<A> = keyof { [K in keyof A & string as A[K] extends AnyActivity ? K : never]: K };

/** What an activity takes. */
export type InputOf<F> = F extends (...args: infer P) => void ? (P extends [] ? undefined : P[0]) : never;

/** What an activity gives. */
export type ActivityOutput<F> = F extends (...args: never) => infer R ? Awaited<R> : never;

/** The input as an argument, which may be left out where it may be undefined. */
export type InputArgs<I> = undefined extends I ? [input?: I] : [input: I];
