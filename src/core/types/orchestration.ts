/*
 * An orchestrator is a plain exported function `(ctx, input?) => result`, async or a generator. Its context is typed by
 * the app's own activities, and, where wanted, by a contract (input, events, custom status) that the page sees as well.
 */
import type { Duration } from '../duration';
import type { TaskFailedError } from '../errors';
import type { RunCondition } from '../history';
import type { ActivityName, ActivityOutput, AnyActivity, InputOf } from './activity';
import type { HttpRequest, HttpResponse } from './http';
import type { First, Joinable, Joined, Step, Task } from './task';

/** What an orchestration may declare about itself: the second type parameter of {@link OrchestrationContext}. */
export interface OrchestrationTypes {
  /** For those that read it with `getInput()` instead of taking it as second parameter. */
  input?: unknown;
  /** The data of each event, by name. */
  events?: object;
  customStatus?: unknown;
}

/** The contract of an orchestration that declares none. */
export type Untyped = Record<never, never>;

/** The input that a contract declares. */
export type InputIn<C> = C extends { input: infer I } ? I : unknown;

/** The custom status that a contract declares. */
export type StatusIn<C> = C extends { customStatus: infer S } ? S : unknown;

declare const undeclared: unique symbol;

/** Stands for "no type was given". */
export interface Undeclared {
  readonly [undeclared]: never;
}

/** The names of the events that a contract declares; any string if it declares none. */
export type EventName<C> = C extends { events: infer E } ? keyof E & string : string;

/** The data of the event N: by the contract, or else T, or else unknown. */
// The last line is T, written so that it is never inferred from where the result goes: an event's type is stated, or unknown.
export type EventData<C, N, T = Undeclared> = C extends { events: infer E }
  ? N extends keyof E
    ? E[N]
    : never
  : T extends Undeclared
    ? unknown
    : [T][T extends unknown ? 0 : never];

/** How long to wait for an event. */
export interface WaitOptions<D> {
  /** From now. When it is over, the task gives `default`; without one it fails with a `TimeoutError`. */
  readonly timeout: Duration;
  readonly default?: D;
}

/**
 * How often and when something that failed is tried again. Every attempt and every delay is recorded, so they survive
 * whatever happens to the tab.
 *
 * @example
 * await ctx.callActivity('pay', order, {
 *   retry: {
 *     maxAttempts: 5,
 *     firstRetryInterval: '1s',
 *     backoffCoefficient: 2, // 1 s, 2 s, 4 s, 8 s
 *     retryIf: (error) => error.failure.code !== 'CardRefused',
 *   },
 * });
 */
export interface RetryOptions {
  /** How often it is tried at most, the first time included: 1 or more, or `Infinity`. */
  readonly maxAttempts: number;
  /** The delay before the second attempt. */
  readonly firstRetryInterval: Duration;
  /** What each delay is multiplied by to give the next one: 1 or more. 1 if it is not given. */
  readonly backoffCoefficient?: number;
  /** No delay is longer. */
  readonly maxRetryInterval?: Duration;
  /** No attempt starts later than this after the call. */
  readonly retryTimeout?: Duration;
  /** The share of each delay that is left to chance, 0 to 1, so that many that failed together do not come back together. */
  readonly jitter?: number;
  /**
   * Whether this failure is worth another attempt. It is a part of the orchestrator: by the same error it must decide the
   * same. What it throws, the task fails with.
   */
  readonly retryIf?: (error: TaskFailedError) => boolean;
}

/** How to call an activity. */
export interface ActivityOptions {
  /** Without it, the first failure is the task's. */
  readonly retry?: RetryOptions;
  /**
   * How long one attempt may take, from when it begins to run. Then its signal aborts, and it has failed with a
   * `TimeoutError`. An attempt that is run again, since its tab or worker was lost, has the whole time again.
   */
  readonly timeout?: Duration;
  /** How long an attempt may keep silent: from its begin to its first `heartbeat`, and from one to the next. */
  readonly heartbeatTimeout?: Duration;
  /**
   * It waits until this holds, and its status says so.
   * - `online`: the browser has a network. If an attempt fails for want of one, it costs no attempt: it waits again.
   * - `visible`: a page of this app can be seen.
   * - `idle`: nobody has used any page of this app for two seconds.
   *
   * What runs already goes on when it does not hold any more.
   */
  readonly runWhen?: RunCondition;
  /** Those of higher priority run first; by default 0. */
  readonly priority?: number;
  /**
   * ArrayBuffers, ImageBitmaps and the like in the input and the result are moved between the workers, not copied. The
   * activity must not keep what it gives back.
   */
  readonly transfer?: boolean;
}

/** How to start a sub-orchestration. */
export interface SubOrchestratorOptions {
  /** Without one, it is made from the parent's id and execution, and the call's number. */
  readonly instanceId?: string;
  /** Each attempt is a new instance, or the same id used again if one is given. */
  readonly retry?: RetryOptions;
  /** Words to find it by in lists. */
  readonly tags?: Readonly<Record<string, string>>;
  /** Starts it and leaves it to itself: the task gives its id at once, and nobody hears how it ends. */
  readonly detached?: boolean;
}

/** How an orchestration continues as new. */
export interface ContinueOptions {
  /** The version to go on with; without it, the same. */
  readonly version?: string;
  /** Whether events that nobody has consumed go over to the next execution. They do unless this is false. */
  readonly keepEvents?: boolean;
}

/** How long a scope may take. */
export interface ScopeOptions {
  /** From now. When it is over, the scope fails with a `TimeoutError`. */
  readonly timeout?: Duration;
}

/** How to call the activity that undoes a step. */
export interface CompensationOptions {
  /** Without a predicate: it may have to be called when the orchestrator does not run any more. */
  readonly retry?: Omit<RetryOptions, 'retryIf'>;
}

/** The arguments of a call that takes options: the input may be left out where it may be undefined. */
export type CallArgs<I, Options> = undefined extends I ? [input?: I, options?: Options] : [input: I, options?: Options];

/** The instance that started a sub-orchestration. */
export interface ParentInstance {
  readonly instanceId: string;
  readonly name: string;
}

/** What every orchestration context has, whatever its activities: the parameter type for helpers. */
export interface DurableContext {
  readonly instanceId: string;
  /** Who started it, if it is a sub-orchestration. */
  readonly parent: ParentInstance | undefined;
  /** The version that it started with and stays with, if versions are registered. */
  readonly version: string | undefined;
  /** What it was started with. */
  readonly tags: Readonly<Record<string, string>>;
  /** Whether it is running again what it has run before. Decide nothing by it. */
  readonly isReplaying: boolean;
  /** The time of the turn: the same on replay, and never going back. `new Date()` and `Date.now()` give it as well. */
  readonly currentUtcDateTime: Date;
  /** A UUID, the same on replay. */
  newGuid(): string;
  /** A number of 0 or more and below 1, the same on replay. `Math.random()` draws from the same ones. */
  random(): number;
  /**
   * Lets an orchestrator change while instances of it are under way. True for those that get here for the first time
   * with code that asks; false for those that went by here before. The answer stays the same throughout an execution.
   *
   * When no instance is left that goes the old way, the question and the old way can be removed.
   *
   * @example
   * if (ctx.patched('check-stock')) await ctx.callActivity('checkStock', order);
   * await ctx.callActivity('pay', order);
   */
  patched(id: string): boolean;
  /** Waits until a date, or for a while. There is no upper limit: it is due by the clock, whatever happens to the tab. */
  createTimer(due: Date | Duration): Task<void>;
  /** All results, in order. Fails with the first that fails; the others go on. */
  all<const J extends readonly Joinable[] | []>(tasks: J): Task<{ -readonly [K in keyof J]: Joined<J[K]> }>;
  /**
   * The first to settle, be it with a result or a failure. It never fails itself: reading `value` throws what the task
   * failed with. The others go on; cancel what is not needed any more. Of nothing, there is no first: it throws.
   *
   * @example
   * const approved = ctx.waitForExternalEvent<boolean>('approval');
   * const deadline = ctx.createTimer('3d');
   * const first = await ctx.any({ approved, deadline });
   * if (first.key === 'approved') {
   *   deadline.cancel();
   *   return first.value;
   * }
   */
  any<const J extends readonly Joinable[] | [] | Readonly<Record<string, Joinable>>>(tasks: J): Task<First<J>>;
  /** How each ended, in order. Never fails. */
  allSettled<const J extends readonly Joinable[] | []>(
    tasks: J,
  ): Task<{ -readonly [K in keyof J]: PromiseSettledResult<Joined<J[K]>> }>;
  /**
   * Makes an HTTP request from an activity worker, and gives what the server answered: a status such as 404 is an answer,
   * not a failure. The task fails with a `TaskFailedError` if there was no answer, in the last attempt if there are
   * several.
   *
   * As in Durable Functions, an answer of 202 with a `Location` is not the end of it. After a durable timer of
   * `Retry-After`, or of 30 seconds, the location is asked with GET and the same headers, until the answer is another
   * one. What goes on for days had better be asked in a loop of your own that continues as new: each time is recorded.
   *
   * `options` hold for each of these requests by itself; `timeout` is what limits one, as it gives no heartbeats. Each is
   * made at least once, as activities are: give a POST an id by which the server knows it again.
   *
   * @throws TypeError when the request or an option makes no sense
   * @throws RangeError when an option makes no sense
   * @throws PayloadError when the body cannot be cloned
   *
   * @example
   * const headers = { 'idempotency-key': ctx.newGuid() };
   * const { statusCode, content } = await ctx.callHttp({ method: 'POST', url: '/exports', body: { year: 2026 }, headers });
   */
  callHttp(request: HttpRequest, options?: ActivityOptions): Task<HttpResponse>;
  /**
   * Runs another orchestration. Give the function itself; it is found in the module that is registered with `serve`.
   *
   * The task fails with a `TaskFailedError` if the orchestration fails or is terminated.
   *
   * @throws UnknownOrchestrationError when the function is not registered
   */
  callSubOrchestrator<F extends AnyOrchestrator, const O extends SubOrchestratorOptions = SubOrchestratorOptions>(
    orchestrator: F,
    ...args: CallArgs<OrchestrationInput<F>, O>
  ): Task<SubOrchestratorResult<F, O>>;
  /**
   * Raises an event for another instance, as the client's `raiseEvent` does. It is sent when the turn is committed, once;
   * nobody hears of it if there is no such instance, or if it has ended.
   *
   * @throws InvalidNameError when the id or the name is empty or too long
   */
  sendEvent(instanceId: string, name: string, data?: unknown): void;
  /**
   * Runs a part of the orchestration that ends as a whole: what is started through `scope` is given up when `body` fails,
   * when its time is over, or when the task is cancelled. Further calls through `scope` then throw.
   *
   * @example
   * const found = await ctx.scope(async (scope) => search(scope), { timeout: '10m' });
   */
  scope<J extends Joinable>(body: (scope: DurableContext) => J, options?: ScopeOptions): Task<Joined<J>>;
  /** Writes to the console, with the instance's id, and only the first time: not again on replay. */
  log(...args: unknown[]): void;
}

/**
 * The first parameter of an orchestrator.
 *
 * @typeParam A the module of activities: `typeof activities`
 * @typeParam C what the orchestration declares about itself, if anything; it costs nothing at run time
 *
 * @example
 * type Context = OrchestrationContext<typeof activities, { events: { approval: boolean } }>;
 * export async function approve(ctx: Context, amount: number): Promise<string> {
 *   const approved = await ctx.waitForExternalEvent('approval');
 *   return approved ? await ctx.callActivity('pay', amount) : 'refused';
 * }
 */
export interface OrchestrationContext<
  A = Record<string, (input: unknown) => unknown>,
  C extends OrchestrationTypes = Untyped,
> extends DurableContext {
  /** `activities.greet(…)` is `callActivity('greet', …)`, with go-to-definition and rename. */
  readonly activities: {
    readonly [N in keyof A as A[N] extends AnyActivity ? N : never]: (
      ...args: CallArgs<InputOf<A[N]>, ActivityOptions>
    ) => Task<ActivityOutput<A[N]>>;
  };
  /** The input: the same as the second parameter. */
  getInput(): InputIn<C>;
  /**
   * Calls an activity. It is scheduled by the call, awaited or not. The task fails with a `TaskFailedError` if the
   * activity throws, in its last attempt if there are several.
   *
   * @throws PayloadError when the input cannot be cloned
   * @throws TypeError, RangeError when the options make no sense
   */
  callActivity<N extends ActivityName<A>>(
    name: N,
    ...args: CallArgs<InputOf<A[N & keyof A]>, ActivityOptions>
  ): Task<ActivityOutput<A[N & keyof A]>>;
  /**
   * Waits for an event that somebody raises. Events that come before anybody waits are kept, in order; two waits for
   * one name are served in the order in which they were made.
   *
   * @typeParam T the data's type, where no contract declares it; it is taken at its word
   * @throws InvalidNameError when the name is empty or too long
   *
   * @example
   * const name = await ctx.waitForExternalEvent<string>('addname', { timeout: '10m', default: 'nobody' });
   */
  waitForExternalEvent<
    T = Undeclared,
    const N extends EventName<C> = EventName<C>,
    D = T extends Undeclared ? never : T,
  >(name: N, options?: WaitOptions<D>): Task<EventData<C, N, T> | D>;
  /** Shows a value to whoever asks for the status, once the turn is committed. */
  setCustomStatus(status: StatusIn<C>): void;
  /** What this execution has given to `setCustomStatus` last. */
  readonly customStatus: StatusIn<C> | undefined;
  /**
   * Ends this execution and starts the orchestration anew, with an empty history; events that nobody has consumed are
   * kept. Nothing after it runs: it never returns.
   *
   * @typeParam F the orchestrator itself, where its input should be checked: `continueAsNew<typeof monitor>(state)`
   * @throws TypeError in a scope that has steps to undo, of which the next execution would know nothing
   */
  continueAsNew<F extends AnyOrchestrator = never>(
    ...args: CallArgs<[F] extends [never] ? InputIn<C> : OrchestrationInput<F>, ContinueOptions>
  ): never;
  /**
   * Runs a part of the orchestration that succeeds or is undone as a whole (a saga).
   *
   * When `body` fails, when its time is over, or when the task is cancelled, then all that was started through `scope`
   * and is still under way is given up, further calls through `scope` throw, the steps that were added are undone, newest
   * first, and the task fails with what the body failed with. If an undo fails, the others are called all the same, and
   * the task fails with a `CompensationFailedError`. If the instance is terminated, or ends while
   * the scope is under way, the hub has the steps undone by an orchestration of its own.
   *
   * When `body` succeeds, nothing is undone any more, except that the steps of a scope within a scope go over to the
   * outer one. A rewind does again what has been undone.
   *
   * @example
   * await ctx.scope(async (trip) => {
   *   const flight = await trip.callActivity('bookFlight', order);
   *   trip.addCompensation('cancelFlight', flight);
   *   const hotel = await trip.callActivity('bookHotel', order);
   *   trip.addCompensation('cancelHotel', hotel);
   *   await trip.callActivity('pay', order);
   * });
   */
  scope<J extends Joinable>(body: (scope: OrchestrationScope<A, C>) => J, options?: ScopeOptions): Task<Joined<J>>;
  /** Holds the contract for the compiler; never there at run time. */
  readonly types?: C;
}

/** What the body of a scope is given: the context, for what belongs to the scope. */
export interface OrchestrationScope<
  A = Record<string, (input: unknown) => unknown>,
  C extends OrchestrationTypes = Untyped,
> extends OrchestrationContext<A, C> {
  /**
   * Adds an activity that undoes a step. Add it when the step is done; or before, if the step may have happened although
   * its task failed, and the activity does nothing where there is nothing to undo.
   *
   * @throws PayloadError when the input cannot be cloned
   */
  addCompensation<N extends ActivityName<A>>(
    name: N,
    ...args: CallArgs<InputOf<A[N & keyof A]>, CompensationOptions>
  ): void;
}

/** What calling a sub-orchestration gives: its result, or its id if nobody waits for it. */
export type SubOrchestratorResult<F, O> = O extends { readonly detached: true } ? string : OrchestrationOutput<F>;

/** Any orchestrator. */
// `=> void`, never `=> unknown`: see AnyActivity
export type AnyOrchestrator = (ctx: never, input: never) => void;

/** The context that an orchestrator takes. */
export type ContextOf<F> = F extends (...args: infer P) => void ? P[0] : never;

/** What an orchestrator declares about itself. */
export type ContractOf<F> = ContextOf<F> extends { readonly types?: infer C } ? C : Untyped;

/** What an orchestrator takes: its second parameter, or else the input of its contract. */
export type OrchestrationInput<F> = F extends (...args: infer P) => void
  ? P extends [unknown] | []
    ? ContractOf<F> extends { input: infer I }
      ? I
      : undefined
    : P[1]
  : never;

/** What an orchestrator gives. */
export type OrchestrationOutput<F> = F extends (...args: never) => infer R
  ? R extends Generator<unknown, infer T, never>
    ? T
    : Awaited<R>
  : never;

/** The names of the orchestrators in a module; whatever else it exports is left out. */
export type OrchestrationName<M> = keyof {
  [K in keyof M & string as IsOrchestrator<M[K]> extends true ? K : never]: K;
};

type IsOrchestrator<F> = F extends AnyOrchestrator
  ? Parameters<F> extends []
    ? true
    : [ContextOf<F>] extends [DurableContext]
      ? true
      : false
  : false;

/** Why a function cannot be an orchestrator, or `never`. */
export type FormProblem<F> = F extends (...args: never) => infer R
  ? R extends AsyncGenerator<unknown, unknown, never>
    ? 'an orchestrator is an async function or a generator, not both'
    : R extends Generator<infer Y, unknown, never>
      ? [Y] extends [Step]
        ? never
        : 'it yields something that is no task'
      : never
  : never;
