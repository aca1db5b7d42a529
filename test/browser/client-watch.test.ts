import type { Live } from 'perdure';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { openClient } from './fixtures/hubs';

const client = openClient();
afterAll(() => client.close());

/** Resolves as soon as the value looks like this, and ends what subscribed for it. */
function seen<T>(live: Live<T>, look: (value: T) => boolean): Promise<T> {
  return new Promise((resolve) => {
    const check = () => {
      if (!look(live.get())) return;
      queueMicrotask(() => unsubscribe());
      resolve(live.get());
    };
    const unsubscribe = live.subscribe(check);
    check();
  });
}

const shows = (instance: { customStatus?: unknown } | undefined, name: string) =>
  JSON.stringify(instance?.customStatus ?? '').includes(name);

describe('watchInstance', () => {
  it('goes from loading over missing and ready to every change, and to missing again', async () => {
    const live = client.watchInstance('watched');
    const states: string[] = [live.get().state];
    const unsubscribe = live.subscribe(() => {
      const { state, instance } = live.get();
      const text = instance ? `${instance.runtimeStatus} ${JSON.stringify(instance.customStatus)}` : state;
      if (states.at(-1) !== text) states.push(text);
    });
    await seen(live, ({ state }) => state === 'missing');
    await client.startNew('collects', { instanceId: 'watched', input: [] });
    await seen(live, ({ instance }) => instance?.customStatus !== undefined);
    await client.raiseEvent('watched', 'addname', 'Ada');
    await seen(live, ({ instance }) => shows(instance, 'Ada'));
    await client.raiseEvent('watched', 'addname', 'done');
    await seen(live, ({ instance }) => instance?.runtimeStatus === 'Completed');
    await client.purge('watched');
    await seen(live, ({ state }) => state === 'missing');
    unsubscribe();
    expect(states).toEqual([
      'loading',
      'missing',
      'Running {"names":[]}',
      'Running {"names":["Ada"]}',
      'Completed {"names":["Ada"]}',
      'missing',
    ]);
  });

  it('shows the history where it is asked for', async () => {
    const id = await client.startNew('chain', { input: 1 });
    const withHistory = await seen(client.watchInstance(id, { history: true }), ({ instance }) => !!instance?.output);
    expect(withHistory.instance?.history?.at(-1)?.type).toBe('OrchestratorCompleted');
    const without = await seen(client.watchInstance(id), ({ instance }) => !!instance?.output);
    expect(without.instance).not.toHaveProperty('history');
  });

  it('gives the same object until there is something new, and its functions can be detached', async () => {
    const id = await client.startNew('lasts');
    const { get, subscribe } = client.watchInstance(id);
    const unsubscribe = subscribe(() => {});
    await seen({ get, subscribe }, ({ state }) => state === 'ready');
    expect(get()).toBe(get());
    unsubscribe();
    await client.terminate(id);
  });

  it('is not told any more once it is unsubscribed, and again once it is subscribed', async () => {
    const id = await client.startNew('collects', { input: [] });
    const live = client.watchInstance(id);
    const listener = vi.fn();
    const unsubscribe = live.subscribe(listener);
    await seen(live, ({ instance }) => instance?.customStatus !== undefined);
    unsubscribe();
    unsubscribe();
    const before = live.get();
    const calls = listener.mock.calls.length;
    await client.raiseEvent(id, 'addname', 'Ada');
    // Another watch is told of it in the same message at the latest.
    await seen(client.watchInstance(id), ({ instance }) => shows(instance, 'Ada'));
    expect(live.get()).toBe(before);
    expect(listener).toHaveBeenCalledTimes(calls);
    await seen(live, ({ instance }) => shows(instance, 'Ada'));
    await client.terminate(id);
  });

  it('tells each of several subscribers, as long as it stays', async () => {
    const id = await client.startNew('collects', { input: [] });
    const live = client.watchInstance(id);
    const [first, second] = [vi.fn(), vi.fn()];
    const ends = [live.subscribe(first), live.subscribe(second)];
    await seen(live, ({ state }) => state === 'ready');
    ends[0]?.();
    const calls = first.mock.calls.length;
    await client.raiseEvent(id, 'addname', 'done');
    await seen(live, ({ instance }) => instance?.runtimeStatus === 'Completed');
    expect(first).toHaveBeenCalledTimes(calls);
    expect(second.mock.calls.length).toBeGreaterThan(calls);
    ends[1]?.();
  });
});

describe('watchInstances', () => {
  it('goes from loading to ready, newest first, and follows what comes, ends and goes', async () => {
    const live = client.watchInstances({ idPrefix: 'list/', limit: 3 });
    expect(live.get()).toEqual({ state: 'loading', instances: [], hasMore: false, error: undefined });
    const unsubscribe = live.subscribe(() => {});
    const ids = () => live.get().instances.map((each) => each.instanceId);
    expect(await seen(live, ({ state }) => state === 'ready')).toMatchObject({ instances: [], hasMore: false });

    for (let n = 0; n < 3; n++) await client.startNew('lasts', { instanceId: `list/${n}` });
    await seen(live, ({ instances }) => instances.length === 3);
    expect(live.get().hasMore).toBe(false);
    await client.startNew('lasts', { instanceId: 'list/3' });
    await seen(live, ({ hasMore }) => hasMore);
    expect(ids()).toHaveLength(3);
    expect(ids()).toContain('list/3');

    await client.terminate('list/3', 'enough');
    await seen(live, ({ instances }) => instances.some((each) => each.runtimeStatus === 'Terminated'));
    await client.purge('list/3');
    await seen(live, ({ hasMore }) => !hasMore);
    expect(ids().sort()).toEqual(['list/0', 'list/1', 'list/2']);
    unsubscribe();
  });

  it('follows a filter by status', async () => {
    const live = client.watchInstances({ idPrefix: 'status/', runtimeStatus: ['Running'] });
    const unsubscribe = live.subscribe(() => {});
    await client.startNew('lasts', { instanceId: 'status/1' });
    await seen(live, ({ instances }) => instances.length === 1);
    await client.terminate('status/1');
    await seen(live, ({ instances }) => instances.length === 0);
    unsubscribe();
  });
});

describe('the hub as the page sees it', () => {
  it('is told of too', async () => {
    const other = openClient();
    expect(await seen(other.hub, ({ role }) => role === 'owner')).toMatchObject({ role: 'owner', error: undefined });
    await other.close();
  });
});
