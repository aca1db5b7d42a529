/*
 * What the hooks give, and what does not compile with them.
 */
import type { DurableClient, HubView, InstancesView, InstanceView } from '../../src/client/types';
import type { InstanceId } from '../../src/core/types/instance';
import type { StatusClient } from '../../src/devtools/client';
import type { Hooks } from '../../src/react/hooks';
import { holds, type Same } from './assert';
import type * as orchestrations from './orchestrations';

type M = typeof orchestrations;
declare const hooks: Hooks<M>;
const { useInstance, useInstances, useOrchestration, useHub } = hooks;

export function Instance({ id, text }: { id: InstanceId<'chain'>; text: string | undefined }) {
  const chain = useInstance(id, { history: true });
  holds<Same<typeof chain, InstanceView<M, 'chain'>>>();
  const any = useInstance(text);
  holds<Same<typeof any, InstanceView<M>>>();
  const named = useInstance<'monitor'>(text);
  holds<Same<typeof named, InstanceView<M, 'monitor'>>>();

  // @ts-expect-error an id
  useInstance();
  // @ts-expect-error an option that does not exist
  useInstance(id, { showHistory: true });
  // @ts-expect-error an instance is there once it is ready
  return chain.instance.output;
}

export function List() {
  const monitors = useInstances({ name: 'monitor', runtimeStatus: ['Failed'], limit: 20 });
  holds<Same<typeof monitors, InstancesView<M, 'monitor'>>>();
  useInstances({ parent: 'family-1', tags: { of: 'Ada' }, createdTimeFrom: new Date(), order: 'oldest' });
  const all = useInstances();
  holds<Same<typeof all, InstancesView<M>>>();

  // @ts-expect-error a name that no orchestration has
  useInstances({ name: 'chian' });
  // @ts-expect-error a filter that does not exist
  useInstances({ prefix: 'a' });
  // @ts-expect-error a tag that is no text
  useInstances({ tags: { of: 1 } });
}

export function Orchestration({ id }: { id: string | undefined }) {
  const chain = useOrchestration('chain', id, { input: ['Ada'] });
  holds<Same<typeof chain, InstanceView<M, 'chain'>>>();
  useOrchestration('noInput', 'x');
  useOrchestration('arrow', 'x');
  useOrchestration('arrow', 'x', { input: 3, history: true });

  // @ts-expect-error a name with a typing error
  useOrchestration('chian', id, { input: ['Ada'] });
  // @ts-expect-error an input of another type
  useOrchestration('chain', id, { input: 'Ada' });
  // @ts-expect-error no input
  useOrchestration('chain', id);
  // @ts-expect-error options without the input
  useOrchestration('chain', id, { history: true });
  // @ts-expect-error no id
  useOrchestration('noInput');
}

export function Hub() {
  const hub = useHub();
  holds<Same<typeof hub, HubView>>();
}

/** The status view shows the instances of any app. */
export const clients = [{} as DurableClient<M>, {} as DurableClient<unknown>] satisfies StatusClient[];
