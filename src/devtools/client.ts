/**
 * What the status view needs of a client, without the types of an app's orchestrations: any `DurableClient` is one, and
 * the view shows them all alike.
 */
import type { HubView, InstanceFilter, Live, WatchInstanceOptions, WatchInstancesOptions } from '../client/types';
import type { FailureDetails, HistoryEvent } from '../core/history';
import type { RuntimeStatus, Wait } from '../core/types/instance';
import type { ParentInstance } from '../core/types/orchestration';

/** An instance of whatever orchestration. */
export interface AnyInstance {
  readonly name: string;
  readonly instanceId: string;
  readonly runtimeStatus: RuntimeStatus;
  readonly createdTime: Date;
  readonly lastUpdatedTime: Date;
  readonly input: unknown;
  readonly output?: unknown;
  readonly failure?: FailureDetails | undefined;
  readonly reason?: string | undefined;
  readonly customStatus: unknown;
  readonly waitsFor: readonly Wait[];
  readonly parent?: ParentInstance;
  readonly version?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly suspended?: { readonly reason?: string };
  readonly parked?: { readonly reason: string };
  readonly history?: readonly HistoryEvent[];
}

export interface AnyInstanceView {
  readonly state: 'loading' | 'missing' | 'ready' | 'error';
  readonly instance?: AnyInstance | undefined;
  readonly error?: Error | undefined;
}

export interface AnyInstancesView {
  readonly state: 'loading' | 'ready' | 'error';
  readonly instances: readonly AnyInstance[];
  readonly hasMore: boolean;
  readonly error: Error | undefined;
}

/** The client that the status view is mounted with: what `connect` gives. */
export interface StatusClient {
  readonly hub: Live<HubView>;
  watchInstance(id: string, options?: WatchInstanceOptions): Live<AnyInstanceView>;
  watchInstances(options?: WatchInstancesOptions): Live<AnyInstancesView>;
  countInstances(filter?: InstanceFilter): Promise<number>;
  raiseEvent(id: string, name: string, data?: unknown): Promise<void>;
  suspend(id: string, reason?: string): Promise<void>;
  resume(id: string, reason?: string): Promise<void>;
  terminate(id: string, reason?: string, options?: { readonly recursive?: boolean }): Promise<void>;
  rewind(id: string, reason?: string): Promise<void>;
  restart(id: string, options?: { readonly newInstanceId?: boolean }): Promise<string>;
  purge(id: string): Promise<unknown>;
  exportInstance(id: string): Promise<string>;
  importInstance(json: string, options?: { readonly instanceId?: string }): Promise<string>;
}

/** What is shown before the hub has answered. */
export const loadingInstance: AnyInstanceView = { state: 'loading' };
export const loadingInstances: AnyInstancesView = { state: 'loading', instances: [], hasMore: false, error: undefined };
export { startingHub } from '../client/hub-view';

export function isEnded({ runtimeStatus }: AnyInstance): boolean {
  return runtimeStatus === 'Completed' || runtimeStatus === 'Failed' || runtimeStatus === 'Terminated';
}
