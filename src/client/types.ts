/*
 * The page's side of the API, typed from the app's own orchestrators. Each method has one signature: of several, the
 * compiler shows only the last one's error, and a loose one swallows every wrong call.
 */
import type { HistoryEvent } from '../core/history';
import type { CompletedInstance, InstanceId, InstanceStatus, NameOf } from '../core/types/instance';
import type {
  ContractOf,
  EventData,
  EventName,
  OrchestrationInput,
  OrchestrationName,
  Untyped,
} from '../core/types/orchestration';
import type { HubStorage } from '../protocol';
import type {
  CompletionOptions,
  ImportOptions,
  InstanceFilter,
  InstanceList,
  ListOptions,
  PurgeFilter,
  PurgeResult,
  RestartOptions,
  StartArgs,
  StatusOptions,
  TerminateOptions,
  WatchInstanceOptions,
  WatchInstancesOptions,
} from './options';

export type { HubStorage } from '../protocol';
export type * from './options';

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
  /**
   * Whether to ask the browser to keep this origin's data when space gets short. Chromium and Safari decide by how the site
   * is used; Firefox asks the user, so ask when the user sees why. What came of it is in `hub`. By default nobody is asked.
   */
  readonly persistentStorage?: boolean;
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

/** A list of instances as it is watched. */
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
  /** The epoch of whoever owns the hub: it rises with each take-over. This and what follows is known while somebody is subscribed. */
  readonly epoch: number | undefined;
  /** The build that the owner runs. */
  readonly build: string | undefined;
  /** Activity workers that the owner has started. */
  readonly workers: number | undefined;
  /** When the owner last committed; undefined if it has not yet. */
  readonly lastCommit: Date | undefined;
  readonly storage: HubStorage | undefined;
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
   * An ended instance with the same id is replaced, unless `onExisting` says otherwise. Rejects with an
   * `InstanceExistsError` if there is one that stays, with a `PayloadError` if the input cannot be cloned, with an
   * `InvalidNameError` for an id that is empty or too long, and with an `UnknownOrchestrationError` if the worker has no
   * orchestration of this name, or not in this version.
   *
   * @example
   * await client.startNew('sendReminder', { instanceId: `reminder-${cartId}`, startAt: '1d', onExisting: 'return' });
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
   * Ends an instance where it stands; no `finally` of its orchestrator runs, and its activities are aborted. Steps that
   * were added as compensations are undone. Its sub-orchestrations go on, unless it is `recursive`.
   *
   * Rejects with an `InstanceNotFoundError` if there is none, and with an `InstanceNotRunningError` if it has ended.
   */
  terminate(id: string, reason?: string, options?: TerminateOptions): Promise<void>;

  /**
   * Suspends an instance: what comes for it is kept, and played in order once it is resumed. What its activities are
   * doing goes on. One that is suspended already stays so.
   *
   * Rejects with an `InstanceNotFoundError` if there is none, and with an `InstanceNotRunningError` if it has ended.
   */
  suspend(id: string, reason?: string): Promise<void>;

  /**
   * Lets a suspended instance go on, and tries one again that is parked. One that is neither just goes on.
   *
   * Rejects with an `InstanceNotFoundError` if there is none, and with an `InstanceNotRunningError` if it has ended.
   */
  resume(id: string, reason?: string): Promise<void>;

  /**
   * Lets a failed instance go on from where its failure began, with what had succeeded kept: what failed is called
   * again. Sub-orchestrations that failed are rewound likewise.
   *
   * Rejects with an `InstanceNotFoundError` if there is none, with an `InstanceNotFailedError` if it has not failed, and
   * with an `InstanceRunningError` while its steps are still being undone.
   */
  rewind(id: string, reason?: string): Promise<void>;

  /**
   * Starts an instance's orchestration again from its beginning, with the same input, tags and version, under the same
   * id or a new one.
   *
   * Rejects with an `InstanceNotFoundError` if there is none, with an `InstanceRunningError` if it has not ended and is
   * to be replaced, and with an `InstanceExistsError` if the new id is in use.
   *
   * @returns the new instance's id
   */
  restart<Id extends string>(id: Id, options?: RestartOptions): Promise<Id>;

  /**
   * Deletes an ended instance with all that is stored of it and of those that it started; or all ended instances that
   * match a filter. A filter must have something in it: to purge all, name the statuses.
   *
   * Rejects with an `InstanceNotFoundError` if there is none with this id, and with an `InstanceRunningError` if it has
   * not ended.
   *
   * @example
   * await client.purge({ runtimeStatus: ['Completed'], lastUpdatedTimeTo: aWeekAgo });
   */
  purge(which: string | PurgeFilter<OrchestrationName<M>>): Promise<PurgeResult>;

  /**
   * Lists instances, newest first if no order is given, read page by page as they are asked for. Values that are missing
   * in the storage are `undefined` here; `getStatus` says which.
   *
   * @example
   * for await (const instance of client.listInstances({ runtimeStatus: ['Failed'] })) console.log(instance.failure);
   *
   * @throws TypeError, RangeError when the options are wrong
   */
  listInstances<N extends OrchestrationName<M> = OrchestrationName<M>>(options?: ListOptions<N>): InstanceList<M, N>;

  /** How many instances match. Those of a name or in a status are known at once; for anything else all are read. */
  countInstances(filter?: InstanceFilter<OrchestrationName<M>>): Promise<number>;

  /**
   * What happened to an instance, in order, with all values.
   *
   * Rejects with an `InstanceNotFoundError` if there is none, and with a `PayloadError` if a value is missing in the
   * storage.
   */
  getHistory(id: string): Promise<readonly HistoryEvent[]>;

  /**
   * An instance as JSON, with the sub-orchestrations that it waits for: all that it needs to go on in another hub, or
   * to be replayed in a test. Dates, Maps, Blobs and the like keep their types.
   *
   * Rejects with an `InstanceNotFoundError` if there is none, and with a `PayloadError` that says where if a value cannot
   * leave the browser, as a CryptoKey, or is missing in the storage.
   */
  exportInstance(id: string): Promise<string>;

  /**
   * Takes in what `exportInstance` gave. An instance that had not ended goes on: its open activities run again.
   *
   * Under another id, an orchestrator that has made use of its own id (in inputs, names or GUIDs) disagrees with its
   * history, and is parked when it goes on.
   *
   * Ended instances with its ids are replaced. Rejects with an `InvalidExportError` if it is no export, or not a whole
   * one, and with an `InstanceExistsError` if one of its ids is in use. It is parked if its orchestration is not there.
   *
   * @returns the instance's id
   */
  importInstance(json: string, options?: ImportOptions): Promise<string>;

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
