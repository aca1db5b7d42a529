/**
 * What the status view needs of a client, without the types of an app's orchestrations: any `DurableClient` is one, and
 * the view shows them all alike.
 */
import type {
  HubView,
  InstancesView,
  InstanceView,
  Live,
  WatchInstanceOptions,
  WatchInstancesOptions,
} from '../client/types';
import type { InstanceStatus } from '../core/types/instance';
import type { OrchestrationContext } from '../core/types/orchestration';

type AnyModule = Record<string, (ctx: OrchestrationContext, input: unknown) => unknown>;

/** The client that the status view is mounted with: what `connect` gives. */
export interface StatusClient {
  readonly hub: Live<HubView>;
  watchInstance(id: string, options?: WatchInstanceOptions): Live<InstanceView<AnyModule>>;
  watchInstances(options?: WatchInstancesOptions): Live<InstancesView<AnyModule>>;
  raiseEvent(id: string, name: string, data?: unknown): Promise<void>;
  terminate(id: string, reason?: string): Promise<void>;
  purge(id: string): Promise<void>;
}

/** An instance of whatever orchestration. */
export type AnyInstance = InstanceStatus<AnyModule>;

/** What is shown before the hub has answered. */
export const loadingInstance: InstanceView<AnyModule> = { state: 'loading' };
export const loadingInstances: InstancesView<AnyModule> = {
  state: 'loading',
  instances: [],
  hasMore: false,
  error: undefined,
};
export const startingHub: HubView = { role: 'starting', error: undefined };

export function isEnded({ runtimeStatus }: AnyInstance): boolean {
  return runtimeStatus === 'Completed' || runtimeStatus === 'Failed' || runtimeStatus === 'Terminated';
}
