/** One living client per hub and page. */
import { connect, HubUnavailableError } from 'perdure';
import { describe, expect, it } from 'vitest';
import { contractWorker, newHubName, openClient, rejectionOf } from './fixtures/hubs';

describe('connect', () => {
  it('returns at once, and calls wait until the hub is ready', async () => {
    const client = openClient();
    expect(client.hub.get()).toMatchObject({ role: 'starting', error: undefined });
    const id = client.startNew('chain', { input: 1 });
    await client.ready;
    expect(client.hub.get()).toMatchObject({ role: 'owner', error: undefined });
    expect((await client.waitForCompletion(await id)).output).toBe(1);
    await client.close();
  });

  it('gives the same client for the same hub, and starts no second worker', async () => {
    const taskHub = newHubName();
    let workers = 0;
    const worker = () => {
      workers++;
      return contractWorker();
    };
    const client = connect({ taskHub, worker });
    expect(connect({ taskHub, worker })).toBe(client);
    expect(workers).toBe(1);
    const other = openClient();
    expect(other).not.toBe(client);
    await Promise.all([client.close(), other.close()]);
  });

  it('gives a closed client back within a second, and then it is not closed', async () => {
    const taskHub = newHubName();
    const client = openClient(taskHub);
    await client.ready;
    const closed = client.close();
    expect(client.close()).toBe(closed);
    expect(openClient(taskHub)).toBe(client);
    await closed;
    // Longer than a closed client lingers.
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    const id = await client.startNew('chain', { input: 1 });
    expect((await client.waitForCompletion(id)).output).toBe(1);
    await client.close();
  });

  it('gives another client later, which goes on where the first one stopped', async () => {
    const taskHub = newHubName();
    const first = openClient(taskHub);
    const id = await first.startNew('collects', { input: [] });
    await first.raiseEvent(id, 'addname', 'Ada');
    await first.close();
    const second = openClient(taskHub);
    expect(second).not.toBe(first);
    expect((await second.getStatus(id)).customStatus).toEqual({ names: ['Ada'] });
    await second.raiseEvent(id, 'addname', 'done');
    expect((await second.waitForCompletion(id)).output).toEqual(['Ada']);
    await second.close();
  });
});

describe('a closed client', () => {
  it('rejects what is under way, and every later call', async () => {
    const client = openClient();
    const id = await client.startNew('lasts');
    const waiting = rejectionOf(client.waitForCompletion(id));
    await client.close();
    const list = async () => {
      for await (const _ of client.listInstances()) break;
    };
    for (const call of [
      waiting,
      rejectionOf(client.startNew('chain', { input: 1 })),
      rejectionOf(client.getStatus(id)),
      rejectionOf(client.raiseEvent(id, 'e')),
      rejectionOf(client.terminate(id)),
      rejectionOf(client.purge(id)),
      rejectionOf(client.purge({ name: 'chain' })),
      rejectionOf(client.suspend(id)),
      rejectionOf(client.resume(id)),
      rejectionOf(client.rewind(id)),
      rejectionOf(client.restart(id)),
      rejectionOf(client.countInstances()),
      rejectionOf(client.getHistory(id)),
      rejectionOf(client.exportInstance(id)),
      rejectionOf(list()),
    ]) {
      const error = await call;
      expect(error).toBeInstanceOf(HubUnavailableError);
      expect(error).toMatchObject({ code: 'HubUnavailable', message: 'the client was closed' });
    }
    await client.close();
  });
});
