/** A host that does not answer any more, since an orchestrator in it loops for ever, is ended, and the page goes on. */
import { OutcomeUnknownError } from 'perdure';
import { describe, expect, it } from 'vitest';
import { Client } from '../../src/client/client';
import type { HubView, Live } from '../../src/client/types';
import { newHubName, rejectionOf } from './fixtures/hubs';

const looping = () => new Worker(new URL('./fixtures/loops.worker.ts', import.meta.url), { type: 'module' });

function open() {
  let workers = 0;
  const worker = () => {
    workers++;
    return looping();
  };
  const client = new Client({ taskHub: newHubName(), worker, deadlineMs: 1_000 }, () => client.end());
  const views: HubView[] = [];
  client.hub.subscribe(() => views.push(client.hub.get()));
  return { client, views, workers: () => workers };
}

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

describe('a host that hangs', () => {
  it('is ended and started anew: what reads or waits goes on, and commands are told that nobody knows', async () => {
    const { client, views, workers } = open();
    await client.startNew('waits', { instanceId: 'a', input: 1 });
    const end = client.waitForCompletion('a');
    const live = client.watchInstance('a');
    const unsubscribe = live.subscribe(() => {});

    const refused = rejectionOf(client.startNew('loops', { instanceId: 'b', input: 0 }));
    const status = client.getStatus('a');
    const again = seen(client.hub, ({ role }) => role === 'starting');
    expect(await refused).toBeInstanceOf(OutcomeUnknownError);
    expect(await refused).toMatchObject({
      code: 'OutcomeUnknown',
      message: expect.stringContaining('nobody can tell whether this was carried out'),
    });
    await again;
    expect(client.hub.get()).toMatchObject({
      role: 'starting',
      error: { code: 'HubUnavailable', message: expect.stringContaining('does an orchestrator loop?') },
    });

    // Asked of the host that hung, and answered by the next one.
    expect(await status).toMatchObject({ instanceId: 'a', runtimeStatus: 'Running' });
    // Called while there was none.
    await client.raiseEvent('a', 'go', 'well');
    expect((await end).output).toBe('well');
    await seen(live, ({ instance }) => instance?.runtimeStatus === 'Completed');
    expect(client.hub.get()).toMatchObject({ role: 'owner', error: undefined });
    expect(workers()).toBe(2);
    // In between, it may wait for the lock of the one that was ended.
    const roles = views.map(({ role }) => role).filter((role) => role !== 'waiting');
    const changes = roles.filter((role, i) => role !== roles[i - 1]);
    expect(changes.slice(-3)).toEqual(['owner', 'starting', 'owner']);
    unsubscribe();
    await client.close();
  });

  it('by an instance that would hang each next one as well lets the others go on once that is parked', async () => {
    const { client } = open();
    await client.startNew('waits', { instanceId: 'a' });
    const end = client.waitForCompletion('a');
    const live = client.watchInstance('b');
    const parked = seen(live, ({ instance }) => instance?.parked !== undefined);
    await client.startNew('loops', { instanceId: 'b', input: 50 });
    expect(await parked).toMatchObject({ instance: { runtimeStatus: 'Suspended' } });
    await client.raiseEvent('a', 'go', 1);
    expect((await end).output).toBe(1);
    await client.close();
  });
});

describe('a start that hangs its host', () => {
  it('is made once, under an id of its own, and ends parked', async () => {
    const { client } = open();
    const id = await client.startNew('loops', { input: 0 });
    const live = client.watchInstance(id);
    expect(await seen(live, ({ instance }) => instance?.parked !== undefined)).toMatchObject({
      instance: { parked: { reason: expect.stringContaining('endless loop') } },
    });
    expect(await client.countInstances()).toBe(1);
    await client.close();
  });
});

describe('a host that is well', () => {
  it('is left alone, however long nobody asks for anything', async () => {
    const { client, workers } = open();
    await client.startNew('waits', { instanceId: 'a' });
    // Longer than the deadline, both while somebody waits and while nobody does.
    const end = rejectionOf(client.waitForCompletion('a', { timeout: 2_000 }));
    expect(await end).toMatchObject({ code: 'Timeout' });
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    expect((await client.getStatus('a')).runtimeStatus).toBe('Running');
    expect(workers()).toBe(1);
    await client.close();
  });
});
