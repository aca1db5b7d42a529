/*
 * An orchestrator is a plain exported function `(ctx, input?) => result`, async or a generator. Its context is typed by
 * the app's own activities, and, where wanted, by a contract (input, events, custom status) that the page sees as well.
 */
import type { Duration } from '../duration';
import type { ActivityName, ActivityOutput, AnyActivity, InputArgs, InputOf } from './activity';
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

/** How to start a sub-orchestration. */
export interface SubOrchestratorOptions {
  /** Without one, it is made from the parent's id and execution, and the call's number. */
  readonly instanceId?: string;
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
  /** Whether it is running again what it has run before. Decide nothing by it. */
  readonly isReplaying: boolean;
  /** The time of the turn: the same on replay, and never going back. Use it instead of `new Date()` and `Date.now()`. */
  readonly currentUtcDateTime: Date;
  /** A UUID, the same on replay. */
  newGuid(): string;
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
   * Runs another orchestration. Give the function itself; it is found in the module that is registered with `serve`.
   *
   * The task fails with a `TaskFailedError` if the orchestration fails or is terminated.
   *
   * @throws UnknownOrchestrationError when the function is not registered
   */
  callSubOrchestrator<F extends AnyOrchestrator>(
    orchestrator: F,
    ...args: CallArgs<OrchestrationInput<F>, SubOrchestratorOptions>
  ): Task<OrchestrationOutput<F>>;
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
      ...args: InputArgs<InputOf<A[N]>>
    ) => Task<ActivityOutput<A[N]>>;
  };
  /** The input: the same as the second parameter. */
  getInput(): InputIn<C>;
  /**
   * Calls an activity. It is scheduled by the call, awaited or not. The task fails with a `TaskFailedError` if the
   * activity throws.
   *
   * @throws PayloadError when the input cannot be cloned
   */
  callActivity<N extends ActivityName<A>>(
    name: N,
    ...args: InputArgs<InputOf<A[N & keyof A]>>
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
  /**
   * Ends this execution and starts the orchestration anew, with an empty history; events that nobody has consumed are
   * kept. Nothing after it runs: it never returns.
   *
   * @typeParam F the orchestrator itself, where its input should be checked: `continueAsNew<typeof monitor>(state)`
   */
  continueAsNew<F extends AnyOrchestrator = never>(
    ...input: InputArgs<[F] extends [never] ? InputIn<C> : OrchestrationInput<F>>
  ): never;
  /** Holds the contract for the compiler; never there at run time. */
  readonly types?: C;
}

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
