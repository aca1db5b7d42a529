/*
 * What the client's methods take and what lists give. `DurableClient` in `types.ts` says what each method does with it.
 */
import type { Duration } from '../core/duration';
import type { InstanceStatus, RuntimeStatus } from '../core/types/instance';
import type { OrchestrationName } from '../core/types/orchestration';

/**
 * What becomes of a start whose id is in use.
 *
 * - `'replaceTerminal'`: an instance that has ended is replaced; one that has not is an `InstanceExistsError`.
 * - `'reject'`: any instance with this id is an `InstanceExistsError`.
 * - `'replace'`: the instance is replaced; one that has not ended is terminated.
 * - `'return'`: the instance stays as it is, and its id is given back.
 */
export type OnExisting = 'replaceTerminal' | 'reject' | 'replace' | 'return';

/** What `startNew` takes for an orchestration without input, or with one that may be left out. */
export interface StartOptions<I = unknown> {
  /** 1 to 256 characters. Without one, a random UUID is made. */
  readonly instanceId?: string;
  readonly input?: I;
  /** Not before: a date, or a while from now. Until then the instance is `Pending`, and takes events. */
  readonly startAt?: Date | Duration;
  /** To find it by: at most 64, names of 1 to 256 characters, values of at most 256. */
  readonly tags?: Readonly<Record<string, string>>;
  /** One of the versions that the worker has registered; by default the current one. The instance stays with it. */
  readonly version?: string;
  /** What becomes of it if the id is in use; by default `'replaceTerminal'`. */
  readonly onExisting?: OnExisting;
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

/** What `terminate` takes. */
export interface TerminateOptions {
  /** Whether the sub-orchestrations that it waits for are terminated too, and theirs; by default not. */
  readonly recursive?: boolean;
}

/** What `restart` takes. */
export interface RestartOptions {
  /** The new instance's id, or `true` for a random UUID. By default it takes the old one's place. */
  readonly newInstanceId?: boolean | string;
}

/** What `importInstance` takes. */
export interface ImportOptions {
  /** Another id than the one that it was exported under. */
  readonly instanceId?: string;
}

/** Which instances: all that is given must hold. A range includes where it begins, and not where it ends. */
export interface InstanceFilter<N extends string = string> {
  /** Only those of one orchestration. */
  readonly name?: N;
  /** Only those in one of these. */
  readonly runtimeStatus?: readonly RuntimeStatus[];
  /** Only those whose id begins with it. */
  readonly idPrefix?: string;
  /** Only those that the instance with this id has started. */
  readonly parent?: string;
  /** Only those with all of these tags, with these values. */
  readonly tags?: Readonly<Record<string, string>>;
  readonly createdTimeFrom?: Date;
  readonly createdTimeTo?: Date;
  readonly lastUpdatedTimeFrom?: Date;
  readonly lastUpdatedTimeTo?: Date;
}

/** Which instances to purge. Nothing that has not ended is ever deleted. */
export interface PurgeFilter<N extends string = string> extends InstanceFilter<N> {
  /** Only those that ended so; by default any. */
  readonly runtimeStatus?: readonly ('Completed' | 'Failed' | 'Terminated')[];
}

/** What `purge` has done. */
export interface PurgeResult {
  /** How many were deleted, their children included. */
  readonly instancesDeleted: number;
}

/** Which instances to list, and in which order. */
export interface ListOptions<N extends string = string> extends InstanceFilter<N> {
  /** By creation; by default `'newest'` first. */
  readonly order?: 'newest' | 'oldest';
  /** How many are read at a time, at most 10,000; by default 100. */
  readonly pageSize?: number;
}

/** Where pages begin and how long they are. */
export interface PageOptions {
  /** What a page of the same list said: it goes on after that page, even after a reload. */
  readonly continuationToken?: string;
  /** How many a page has at most; by default what the list was made with. */
  readonly pageSize?: number;
}

/** Some instances of a list. */
export interface InstancePage<M, N extends OrchestrationName<M> = OrchestrationName<M>> {
  readonly instances: readonly InstanceStatus<M, N>[];
  /** Where the next page begins; absent on the last one. */
  readonly continuationToken?: string;
}

/** Instances, read as they are asked for. */
export interface InstanceList<M, N extends OrchestrationName<M> = OrchestrationName<M>>
  extends AsyncIterable<InstanceStatus<M, N>> {
  /**
   * The same, page by page.
   *
   * @example
   * const pages = client.listInstances({ name: 'checkout' }).byPage({ pageSize: 20, continuationToken });
   * for await (const page of pages) return page;
   */
  byPage(options?: PageOptions): AsyncIterable<InstancePage<M, N>>;
}

/** Which instances to watch. */
export interface WatchInstancesOptions<N extends string = string> extends InstanceFilter<N> {
  /** By creation; by default `'newest'` first. */
  readonly order?: 'newest' | 'oldest';
  /** How many at most, at most 10,000; by default 100. */
  readonly limit?: number;
}

/** How to watch an instance. */
export interface WatchInstanceOptions {
  /** Whether `history` is there; by default not. */
  readonly history?: boolean;
}
