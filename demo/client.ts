/** The page's one way to the task hub, and its hooks. */
import { connect, type InstanceStatus, type OrchestrationName } from 'perdure';
import { createHooks } from 'perdure/react';
import type * as orchestrations from './orchestrations';

type App = typeof orchestrations;

/** The orchestrations by name. */
export type Name = OrchestrationName<App>;
/** An instance of one of them. */
export type Instance<N extends Name = Name> = InstanceStatus<App, N>;

export const client = connect<App>({
  taskHub: 'demo',
  worker: () => new Worker(new URL('./durable.worker.ts', import.meta.url), { type: 'module' }),
});

// For the console. Under both names, so that a call copied from the page runs there as it is.
Object.assign(window, { durable: client, client });

export const { useHub, useInstance, useInstances } = createHooks(client);
