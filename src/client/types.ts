/*
 * The page's side of the API, typed from the app's own orchestrators. Each method has one signature: of several, the
 * compiler shows only the last one's error, and a loose one swallows every wrong call.
 */
import type { Duration } from '../core/duration';
import type { CompletedInstance, InstanceId, InstanceStatus, NameOf, RuntimeStatus } from '../core/types/instance';
import type {
  ContractOf,
  EventData,
  EventName,
  OrchestrationInput,
  OrchestrationName,
  Untyped,
} from '../core/types/orchestration';

/** What `connect` takes. */
export interface ConnectOptions {
  /** The name of the database that the instances live in; by default `'default'`. */
  readonly taskHub?: string;
  /**
   * Makes the worker whose file calls `serve`.
   *
   * @example
   * worker: () => new Worker(new URL('./durable.worker.ts', import.meta.url), { type: 'module' })
   */
  readonly worker: () => Worker;
}

/** What `startNew` takes for an orchestration without input, or with one that may be left out. */
export interface StartOptions<I = unknown> {
  /** 1 to 256 characters. Without one, a random UUID is made. */
  readonly instanceId?: string;
  readonly input?: I;
}

/** What `startNew` takes for an orchestration that needs an input. */
export interface StartOptionsWithInput<I> extends StartOptions<I> {
  readonly input: I;
}

/** The options of `startNew`, which may be left out where the input may. */
export type StartArgs<I> = undefined extends I ? [options?: StartOptions<I>] : [options: StartOptionsWithInput<I>];

/** What `getStatus` shows. */
export interface StatusOptions {
  /** Whether `history` is there; by default not. */
  readonly showHistory?: boolean;
  /** Whether `input` is read; by default it is. What is not read is `undefined`. */
  readonly showInput?: boolean;
  /** Whether `output` is read; by default it is. */
  readonly showOutput?: boolean;
}

/** How long `waitForCompletion` waits. */
export interface CompletionOptions {
  /** After that it rejects with a `TimeoutError`; the instance goes on. Without it, it waits as long as it takes. */
  readonly timeout?: Duration;
  /** When it aborts, the call rejects with its reason; the instance goes on. */
  readonly signal?: AbortSignal;
}

/** Which instances. */
export interface InstanceFilter<N extends string = string> {
  /** Only those of one orchestration. */
  readonly name?: N;
  /** Only those in one of these. */
  readonly runtimeStatus?: readonly RuntimeStatus[];
  /** Only those whose id begins with it. */
  readonly idPrefix?: string;
}

/** Which instances to list. */
export interface ListOptions<N extends string = string> extends InstanceFilter<N> {
  /** How many are read at a time; by default 100. */
  readonly pageSize?: number;
}

/** Which instances to watch. */
export interface WatchInstancesOptions<N extends string = string> extends InstanceFilter<N> {
  /** How many at most, newest first; by default 100. */
  readonly limit?: number;
}

/** How to watch an instance. */
export interface WatchInstanceOptions {
  /** Whether `history` is there; by default not. */
  readonly history?: boolean;
}

/**
 * A value that changes. It is what React's `useSyncExternalStore(live.subscribe, live.get)` takes: both may be called
 * detached, and `get` gives the same object until there is something new.
 *
 * What is behind it is read only while somebody is subscribed.
 */
export interface Live<out T> {
  readonly get: () => T;
  /** Calls the listener after each change. Returns what ends it. */
  readonly subscribe: (listener: () => void) => () => void;
}

/** An instance as it is watched. `instance` and `error` can be read in every state. */
export type InstanceView<M, N extends OrchestrationName<M> = OrchestrationName<M>> =
  | { readonly state: 'loading'; readonly instance?: undefined; readonly error?: undefined }
  | { readonly state: 'missing'; readonly instance?: undefined; readonly error?: undefined }
  | { readonly state: 'ready'; readonly instance: InstanceStatus<M, N>; readonly error?: undefined }
  | { readonly state: 'error'; readonly instance?: InstanceStatus<M, N> | undefined; readonly error: Error };

/** A list of instances as it is watched, newest first. */
export interface InstancesView<M, N extends OrchestrationName<M> = OrchestrationName<M>> {
  readonly state: 'loading' | 'ready' | 'error';
  readonly instances: readonly InstanceStatus<M, N>[];
  /** Whether there are more than `limit`. */
  readonly hasMore: boolean;
  readonly error: Error | undefined;
}

/** How this tab stands to its task hub. */
export interface HubView {
  /** `owner` runs the hub; `waiting` is ready to, while another tab does. */
  readonly role: 'starting' | 'owner' | 'waiting';
  /** What keeps the hub from running in this tab. */
  readonly error: Error | undefined;
}

/** The contract of the orchestration that an id remembers; none for a plain string. */
export type ContractAt<M, Id> = [NameOf<M, Id>] extends [never] ? Untyped : ContractOf<M[NameOf<M, Id> & keyof M]>;

/** An event's data as an argument, which may be left out where it may be undefined. */
export type DataArgs<D> = undefined extends D ? [data?: D] : [data: D];

/**
 * This tab's way to the task hub. Every method can be called at once: calls wait until the hub is ready.
 *
 * All reject with a `HubUnavailableError` when there is no hub to be had, and with a `StorageError` when it cannot
 * write.
 *
 * @typeParam M the module of orchestrators: `connect<typeof orchestrations>(…)`
 */
export interface DurableClient<M> {
  /**
   * Resolves when the hub can be used. Waiting for it is never needed.
   *
   * Rejects with a `HubUnavailableError` when there is no hub to be had: the worker could not be loaded, or the client
   * was closed before.
   */
  readonly ready: Promise<void>;
  /** How this tab stands to the hub. */
  readonly hub: Live<HubView>;

  /**
   * Starts an orchestration. When it resolves, the start is stored: the orchestration runs, whatever happens to the tab.
   *
   * An ended instance with the same id is replaced. Rejects with an `InstanceExistsError` if one has not ended, with a
   * `PayloadError` if the input cannot be cloned, with an `InvalidNameError` for an id that is empty or too long, and
   * with an `UnknownOrchestrationError` if the worker has no orchestration of this name.
   *
   * @returns the instance's id
   */
  startNew<N extends OrchestrationName<M>>(
    name: N,
    ...args: StartArgs<OrchestrationInput<M[N & keyof M]>>
  ): Promise<InstanceId<N>>;

  /**
   * How an instance stands. Rejects with an `InstanceNotFoundError` if there is none, and with a `PayloadError` if a
   * value that it shows is missing in the storage; `showInput: false` and `showOutput: false` leave those out.
   */
  getStatus<N extends OrchestrationName<M> = OrchestrationName<M>>(
    id: InstanceId<N> | string,
    options?: StatusOptions,
  ): Promise<InstanceStatus<M, N>>;

  /**
   * Waits for an instance to complete.
   *
   * Rejects with an `InstanceFailedError` if it fails, with an `InstanceTerminatedError` if it is terminated, with an
   * `InstanceNotFoundError` if there is none, and with a `TimeoutError` when the time is over.
   */
  waitForCompletion<N extends OrchestrationName<M> = OrchestrationName<M>>(
    id: InstanceId<N> | string,
    options?: CompletionOptions,
  ): Promise<CompletedInstance<M, N>>;

  /**
   * Sends an event to an instance. When it resolves, the event is stored; it is kept until the orchestrator waits for it.
   *
   * Rejects with an `InstanceNotFoundError` if there is none, with an `InstanceNotRunningError` if it has ended, with a
   * `PayloadError` if the data cannot be cloned, and with an `InvalidNameError` for a name that is empty or too long.
   */
  raiseEvent<Id extends string, const E extends EventName<ContractAt<M, Id>>>(
    id: Id,
    name: E,
    ...data: DataArgs<EventData<ContractAt<M, Id>, E>>
  ): Promise<void>;

  /**
   * Ends an instance where it stands; no `finally` of its orchestrator runs, and its activities are aborted.
   *
   * Rejects with an `InstanceNotFoundError` if there is none, and with an `InstanceNotRunningError` if it has ended.
   */
  terminate(id: string, reason?: string): Promise<void>;

  /**
   * Deletes an ended instance with all that is stored of it.
   *
   * Rejects with an `InstanceNotFoundError` if there is none, and with an `InstanceRunningError` if it has not ended.
   */
  purge(id: string): Promise<void>;

  /**
   * Lists instances, newest first, read page by page as they are asked for. Values that are missing in the storage are
   * `undefined` here; `getStatus` says which.
   *
   * @example
   * for await (const instance of client.listInstances({ runtimeStatus: ['Failed'] })) console.log(instance.failure);
   */
  listInstances<N extends OrchestrationName<M> = OrchestrationName<M>>(
    options?: ListOptions<N>,
  ): AsyncIterable<InstanceStatus<M, N>>;

  /** Follows one instance, from any tab. */
  watchInstance<N extends OrchestrationName<M> = OrchestrationName<M>>(
    id: InstanceId<N> | string,
    options?: WatchInstanceOptions,
  ): Live<InstanceView<M, N>>;

  /** Follows a list of instances, from any tab. */
  watchInstances<N extends OrchestrationName<M> = OrchestrationName<M>>(
    options?: WatchInstancesOptions<N>,
  ): Live<InstancesView<M, N>>;

  /**
   * Lets go of the hub: another tab may take it over. It lingers a second, in which `connect` hands the same client
   * back; after that its methods reject.
   */
  close(): Promise<void>;
}
