/**
 * The client as React hooks, typed by the app's own orchestrators without a provider: they are made once, beside the
 * client, and imported where they are used. They render on a server too, as `loading`.
 */
import { useEffect, useMemo, useRef } from 'react';
import { startingHub } from '../client/hub-view';
import type {
  DurableClient,
  HubView,
  InstancesView,
  InstanceView,
  WatchInstanceOptions,
  WatchInstancesOptions,
} from '../client/types';
import type { InstanceId } from '../core/types/instance';
import type { OrchestrationInput, OrchestrationName } from '../core/types/orchestration';
import { still, useLive, watchSafely } from './live';
import { startedInstance } from './started-instance';

/** What `useOrchestration` takes for an orchestration without input, or with one that may be left out. */
export interface OrchestrationOptions<I = unknown> extends WatchInstanceOptions {
  /** What it is started with. Later changes have no effect: it is started once. */
  readonly input?: I;
}

/** The options of `useOrchestration`, which may be left out where the input may. */
export type OrchestrationArgs<I> = undefined extends I
  ? [options?: OrchestrationOptions<I>]
  : [options: OrchestrationOptions<I> & { readonly input: I }];

/** What {@link createHooks} gives. */
export interface Hooks<M> {
  /**
   * Follows one instance. Without an id, as before it is started, the state is `loading`.
   *
   * @example
   * const { state, instance } = useInstance(id);
   * if (state === 'ready' && instance.runtimeStatus === 'Completed') return <p>{instance.output}</p>;
   */
  useInstance<N extends OrchestrationName<M> = OrchestrationName<M>>(
    id: InstanceId<N> | string | undefined,
    options?: WatchInstanceOptions,
  ): InstanceView<M, N>;

  /** Follows a list of instances, newest first if nothing else is asked for. The options are compared by value, so they may be written in place. */
  useInstances<N extends OrchestrationName<M> = OrchestrationName<M>>(
    options?: WatchInstancesOptions<N>,
  ): InstancesView<M, N>;

  /**
   * Follows the instance with this id, and starts it if there is none. It starts once, however many components mount,
   * in whatever tabs, over reloads; one that has ended is shown as it ended. Without an id, nothing is started.
   *
   * The state is `loading` until it is started, and `error` if it cannot be started or if the id belongs to another
   * orchestration. One that is purged is `missing`; the next component that mounts starts it anew.
   *
   * @example
   * const { instance } = useOrchestration('checkout', `checkout-${cartId}`, { input: cart });
   */
  useOrchestration<N extends OrchestrationName<M>>(
    name: N,
    id: string | undefined,
    ...args: OrchestrationArgs<OrchestrationInput<M[N & keyof M]>>
  ): InstanceView<M, N>;

  /** How this tab stands to the task hub. */
  useHub(): HubView;
}

const loading = { state: 'loading' } as const;
const loadingList = { state: 'loading', instances: [], hasMore: false, error: undefined } as const;
const nothing = still(loading);

/**
 * Makes the hooks of a client. Call it once, in the module that calls `connect`.
 *
 * @example
 * export const client = connect<typeof orchestrations>({ worker });
 * export const { useInstance, useInstances, useOrchestration, useHub } = createHooks(client);
 */
export function createHooks<M>(client: DurableClient<M>): Hooks<M> {
  return {
    useInstance<N extends OrchestrationName<M>>(
      id: InstanceId<N> | string | undefined,
      options?: WatchInstanceOptions,
    ) {
      const history = options?.history ?? false;
      const live = useMemo(
        () => (id === undefined ? nothing : watchSafely(() => client.watchInstance<N>(id, { history }))),
        [client, id, history],
      );
      return useLive<InstanceView<M, N>>(live, loading);
    },

    useInstances<N extends OrchestrationName<M>>(options: WatchInstancesOptions<N> = {}) {
      const key = JSON.stringify(options);
      // biome-ignore lint/correctness/useExhaustiveDependencies: the key says what is in the options
      const live = useMemo(() => client.watchInstances<N>(options), [client, key]);
      return useLive<InstancesView<M, N>>(live, loadingList);
    },

    useOrchestration<N extends OrchestrationName<M>>(
      name: N,
      id: string | undefined,
      ...[options]: OrchestrationArgs<OrchestrationInput<M[N & keyof M]>>
    ) {
      const history = options?.history ?? false;
      const input = useRef(options?.input);
      // Runs before the subscription that starts it, so that a new id starts with the input that came with it.
      useEffect(() => {
        input.current = options?.input;
      });
      const live = useMemo(
        () =>
          id === undefined
            ? nothing
            : watchSafely(() => startedInstance(client, name, id, () => input.current, history)),
        [client, name, id, history],
      );
      return useLive<InstanceView<M, N>>(live, loading);
    },

    useHub: () => useLive(client.hub, startingHub),
  };
}
