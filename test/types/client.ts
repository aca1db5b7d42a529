/*
 * What the page sees, and what does not compile there.
 */
import type * as v from 'valibot';
import type { eventShape } from '../../src/client/portable/shapes';
import type {
  ConnectOptions,
  DurableClient,
  InstancePage,
  InstanceView,
  Live,
  PurgeResult,
} from '../../src/client/types';
import type { HistoryEvent } from '../../src/core/history';
import type { InstanceId, InstanceStatus, StatusOf } from '../../src/core/types/instance';
import { holds, type Same } from './assert';
import type * as orchestrations from './orchestrations';

type M = typeof orchestrations;
declare const client: DurableClient<M>;

export async function starts() {
  const id = await client.startNew('chain', { input: ['Ada'] });
  holds<Same<typeof id, InstanceId<'chain'>>>();
  const asText: string = id;
  await client.startNew('chain', { input: ['Ada'], instanceId: asText });
  await client.startNew('noInput');
  await client.startNew('noInput', { instanceId: 'x' });
  await client.startNew('arrow');
  await client.startNew('arrow', { input: 3 });
  await client.startNew('inputByContract', { input: { city: 'Paris' } });
  await client.startNew('generatorChain', { input: 3 });
  await client.startNew('untyped');
  await client.startNew('noInput', { startAt: new Date(), tags: { of: 'Ada' }, version: '2', onExisting: 'return' });
  await client.startNew('noInput', { startAt: '2h' });

  // @ts-expect-error a name with a typing error
  await client.startNew('chian', { input: ['Ada'] });
  // @ts-expect-error a constant of the module
  await client.startNew('version');
  // @ts-expect-error a helper of the module
  await client.startNew('format', { input: 'Ada' });
  // @ts-expect-error a class of the module
  await client.startNew('Cart');
  // @ts-expect-error an input of another type
  await client.startNew('chain', { input: 'Ada' });
  // @ts-expect-error no options
  await client.startNew('chain');
  // @ts-expect-error options without the input
  await client.startNew('chain', { instanceId: 'x' });
  // @ts-expect-error the input in place of the options
  await client.startNew('chain', ['Ada']);
  // @ts-expect-error an input for an orchestration that takes none
  await client.startNew('noInput', { input: 'Ada' });
  // @ts-expect-error an optional input of another type
  await client.startNew('arrow', { input: 'Ada' });
  // @ts-expect-error an input other than the contract's
  await client.startNew('inputByContract', { input: { town: 'Paris' } });
  // @ts-expect-error the input of a generator
  await client.startNew('generatorChain', { input: 'Ada' });
  // @ts-expect-error an option that does not exist
  await client.startNew('noInput', { id: 'x' });
  // @ts-expect-error a date as text
  await client.startNew('noInput', { startAt: '2026-01-01' });
  // @ts-expect-error tags are strings
  await client.startNew('noInput', { tags: { n: 1 } });
  // @ts-expect-error a version is named
  await client.startNew('noInput', { version: 2 });
  // @ts-expect-error a choice that does not exist
  await client.startNew('noInput', { onExisting: 'keep' });
}

export async function readsStatus(id: InstanceId<'chain'>, text: string) {
  const status = await client.getStatus(id);
  holds<Same<typeof status, StatusOf<M, 'chain'>>>();
  holds<Same<typeof status.input, string[]>>();
  holds<Same<typeof status.output, string[] | undefined>>();
  if (status.runtimeStatus === 'Completed') holds<Same<typeof status.output, string[]>>();
  if (status.runtimeStatus === 'Failed') holds<Same<typeof status.failure.message, string>>();
  if (status.runtimeStatus === 'Terminated') holds<Same<typeof status.reason, string | undefined>>();
  for (const wait of status.waitsFor) {
    if (wait.kind === 'timer') holds<Same<typeof wait.fireAt, Date>>();
    if (wait.kind === 'event') holds<Same<typeof wait.name, string>>();
    // @ts-expect-error not everything that is waited for has a name
    void wait.name;
  }

  const any = await client.getStatus(text, { showHistory: true, showInput: false, showOutput: false });
  holds<Same<typeof any, InstanceStatus<M>>>();
  if (any.name === 'monitor') {
    holds<Same<typeof any.input, orchestrations.Polling>>();
    if (any.runtimeStatus === 'Completed') holds<Same<typeof any.output, number>>();
  }
  if (any.name === 'approval') holds<Same<typeof any.customStatus, 'waiting' | 'decided' | undefined>>();
  const named = await client.getStatus<'monitor'>(text);
  holds<Same<typeof named, StatusOf<M, 'monitor'>>>();

  // @ts-expect-error the output is there only once it has completed
  const output: string[] = status.output;
  // @ts-expect-error a name that no orchestration has
  const never = any.name === 'chian';
  // @ts-expect-error a status that does not exist
  const done = status.runtimeStatus === 'Done';
  // @ts-expect-error a failure is there only once it has failed
  const message: string = status.failure.message;
  // @ts-expect-error the history is there only where it was asked for
  const events: number = status.history.length;
  // @ts-expect-error a status is read only
  status.runtimeStatus = 'Running';
  // @ts-expect-error an id is a string
  await client.getStatus(7);
  // @ts-expect-error an option that does not exist
  await client.getStatus(id, { history: true });
  return [output, never, done, message, events];
}

export async function waits(id: InstanceId<'family'>, text: string) {
  const { output } = await client.waitForCompletion(id);
  holds<Same<typeof output, number>>();
  const signal = AbortSignal.timeout(1_000);
  const completed = await client.waitForCompletion(text, { timeout: '10s', signal });
  holds<Same<typeof completed.runtimeStatus, 'Completed'>>();
  const named = await client.waitForCompletion<'generatorInferred'>(text);
  holds<Same<typeof named.output, number>>();

  // @ts-expect-error the output of another orchestration
  const names: string[] = output;
  // @ts-expect-error one of all outputs
  const one: string[] = completed.output;
  // @ts-expect-error a unit that is not known
  await client.waitForCompletion(id, { timeout: '10 sec' });
  // @ts-expect-error a forgotten await
  client.waitForCompletion(id).output;
  return [names, one];
}

export async function raises(approval: InstanceId<'approval'>, chain: InstanceId<'chain'>, text: string) {
  await client.raiseEvent(approval, 'approval', { by: 'Ada', ok: true });
  await client.raiseEvent(approval, 'reminder');
  await client.raiseEvent(chain, 'addname', 'Grace');
  await client.raiseEvent(chain, 'go');
  await client.raiseEvent(text, 'approval', { ok: true });

  // @ts-expect-error a name that the contract does not have
  await client.raiseEvent(approval, 'aproval', { by: 'Ada', ok: true });
  // @ts-expect-error data of another type
  await client.raiseEvent(approval, 'approval', { by: 'Ada', ok: 'yes' });
  // @ts-expect-error a property is missing
  await client.raiseEvent(approval, 'approval', { ok: true });
  // @ts-expect-error no data
  await client.raiseEvent(approval, 'approval');
  // @ts-expect-error data for an event that has none
  await client.raiseEvent(approval, 'reminder', 'now');
  // @ts-expect-error an event has a name
  await client.raiseEvent(chain);
}

export async function endsAndDeletes(id: InstanceId<'chain'>) {
  await client.ready;
  await client.terminate(id);
  await client.terminate(id, 'not wanted');
  await client.terminate(id, undefined, { recursive: true });
  const purged = await client.purge(id);
  holds<Same<typeof purged, PurgeResult>>();
  const { instancesDeleted } = await client.purge({ name: 'chain', runtimeStatus: ['Completed', 'Failed'] });
  holds<Same<typeof instancesDeleted, number>>();
  await client.close();

  // @ts-expect-error a reason is a string
  await client.terminate(id, { reason: 'not wanted' });
  // @ts-expect-error an option that does not exist
  await client.terminate(id, 'not wanted', { children: true });
  // @ts-expect-error an id or a filter
  await client.purge();
  // @ts-expect-error only what has ended is purged
  await client.purge({ runtimeStatus: ['Running'] });
  // @ts-expect-error a name that no orchestration has
  await client.purge({ name: 'chian' });
  // @ts-expect-error purging says how many, in an object
  const gone: number = await client.purge(id);
  return gone;
}

export async function stopsAndGoesOn(id: InstanceId<'approval'>, text: string) {
  await client.suspend(id, 'lunch');
  await client.resume(id);
  await client.rewind(text, 'mended');
  const again = await client.restart(id, { newInstanceId: true });
  holds<Same<typeof again, InstanceId<'approval'>>>();
  await client.raiseEvent(again, 'reminder');
  const same = await client.restart(text, { newInstanceId: 'other' });
  holds<Same<typeof same, string>>();

  // @ts-expect-error a reason is a string
  await client.suspend(id, 7);
  // @ts-expect-error an id is a string
  await client.restart(id, { newInstanceId: 7 });
}

export async function copies(id: InstanceId<'chain'>) {
  const history = await client.getHistory(id);
  holds<Same<typeof history, readonly HistoryEvent[]>>();
  for (const event of history) if (event.type === 'TaskScheduled') holds<Same<typeof event.name, string>>();
  const json = await client.exportInstance(id);
  holds<Same<typeof json, string>>();
  const imported = await client.importInstance(json, { instanceId: 'copy' });
  holds<Same<typeof imported, string>>();

  // @ts-expect-error a history is read only
  history.push(history[0]);
  // @ts-expect-error what was exported is a string
  await client.importInstance({ json });
}

// What is read from an export is what a history can hold: the same types, with the same fields.
type Read = v.InferOutput<typeof eventShape>;
type Of<Event, T> = Extract<Event, { type: T }>;
type Alike<T extends HistoryEvent['type']> = T extends T
  ? [Of<Read, T>, Of<HistoryEvent, T>] extends [Of<HistoryEvent, T>, Of<Read, T>]
    ? Same<keyof Of<Read, T>, keyof Of<HistoryEvent, T>>
    : false
  : never;
holds<Same<Read['type'], HistoryEvent['type']>>();
holds<Same<Alike<HistoryEvent['type']>, true>>();

export async function lists() {
  for await (const instance of client.listInstances({ name: 'monitor', runtimeStatus: ['Failed'], pageSize: 10 })) {
    holds<Same<typeof instance, StatusOf<M, 'monitor'>>>();
  }
  const [from, to] = [new Date(0), new Date()];
  const ranges = { createdTimeFrom: from, createdTimeTo: to, lastUpdatedTimeFrom: from, lastUpdatedTimeTo: to };
  for await (const instance of client.listInstances({ idPrefix: 'a', tags: { of: 'Ada' }, parent: 'p', ...ranges })) {
    holds<Same<typeof instance, InstanceStatus<M>>>();
  }
  const list = client.listInstances({ name: 'monitor', order: 'oldest' });
  for await (const page of list.byPage({ continuationToken: 'token', pageSize: 10 })) {
    holds<Same<typeof page, InstancePage<M, 'monitor'>>>();
    holds<Same<typeof page.instances, readonly StatusOf<M, 'monitor'>[]>>();
    holds<Same<typeof page.continuationToken, string | undefined>>();
  }
  const count = await client.countInstances({ name: 'monitor', createdTimeFrom: from });
  holds<Same<typeof count, number>>();

  // @ts-expect-error a name that no orchestration has
  client.listInstances({ name: 'chian' });
  // @ts-expect-error a status that does not exist
  client.listInstances({ runtimeStatus: ['Done'] });
  // @ts-expect-error a status, not a list of them
  client.listInstances({ runtimeStatus: 'Failed' });
  // @ts-expect-error a filter that does not exist
  client.listInstances({ prefix: 'a' });
  // @ts-expect-error an order that does not exist
  client.listInstances({ order: 'name' });
  // @ts-expect-error a date, not its text
  client.listInstances({ createdTimeFrom: '2026-01-01' });
  // @ts-expect-error tags are strings
  client.listInstances({ tags: { n: 1 } });
  // @ts-expect-error a filter that does not exist
  await client.countInstances({ limit: 10 });
  // @ts-expect-error a token is a string
  client.listInstances().byPage({ continuationToken: 7 });
  // @ts-expect-error read with `for await`
  for (const instance of client.listInstances()) void instance;
}

export function watches(id: InstanceId<'chain'>, text: string) {
  const live = client.watchInstance(id, { history: true });
  holds<Same<typeof live, Live<InstanceView<M, 'chain'>>>>();
  const view = live.get();
  holds<Same<typeof view.error, Error | undefined>>();
  holds<Same<typeof view.instance, StatusOf<M, 'chain'> | undefined>>();
  if (view.state === 'ready') holds<Same<typeof view.instance, StatusOf<M, 'chain'>>>();
  if (view.state === 'error') holds<Same<typeof view.error, Error>>();
  const stop = live.subscribe(() => {});
  holds<Same<typeof stop, () => void>>();
  const anyView = client.watchInstance(text).get();
  holds<Same<typeof anyView.instance, InstanceStatus<M> | undefined>>();

  const list = client.watchInstances({ name: 'monitor', limit: 20, order: 'oldest', tags: { of: 'Ada' } }).get();
  holds<Same<typeof list.instances, readonly StatusOf<M, 'monitor'>[]>>();
  holds<Same<typeof list.hasMore, boolean>>();
  const role = client.hub.get().role;
  holds<Same<typeof role, 'starting' | 'owner' | 'waiting'>>();

  // @ts-expect-error an instance is there once it is ready
  const name: string = view.instance.name;
  // @ts-expect-error a state that does not exist
  const pending = view.state === 'pending';
  // @ts-expect-error the list is read only
  list.instances.push(name);
  // @ts-expect-error a name that no orchestration has
  client.watchInstances({ name: 'chian' });
  // @ts-expect-error a listener takes nothing: what there is to know is in get()
  live.subscribe((value: string) => void value);
  return pending;
}

/** As in an app's page. */
export const options: ConnectOptions = {
  taskHub: 'demo',
  worker: () => new Worker(new URL('./durable.worker.ts', import.meta.url), { type: 'module' }),
};
// @ts-expect-error a function that makes a worker, so that it can be made again
export const withWorker: ConnectOptions = { worker: new Worker('durable.worker.js') };
// @ts-expect-error no worker
export const withoutWorker: ConnectOptions = { taskHub: 'demo' };
// @ts-expect-error activities are no orchestrations
export type NoOrchestration = InstanceStatus<typeof import('./activities'), 'greet'>;
