import type { InstanceFilter, ListOptions } from 'perdure';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gather, openClient } from './fixtures/hubs';

describe('listInstances', () => {
  const client = openClient();
  afterAll(() => client.close());
  const ids: string[] = [];

  beforeAll(async () => {
    for (let n = 0; n < 12; n++) {
      ids.push(await client.startNew('chain', { instanceId: `chain/${n}`, input: n }));
      ids.push(await client.startNew('fails', { instanceId: `fails/${n}` }));
    }
    ids.push(await client.startNew('lasts', { instanceId: 'lasts' }));
    await Promise.allSettled(ids.slice(0, -1).map((id) => client.waitForCompletion(id)));
  });

  const list = async (options?: ListOptions) =>
    (await gather(client.listInstances(options))).map((each) => String(each.instanceId));
  const newestFirst = (...filter: ((id: string) => boolean)[]) =>
    ids.filter((id) => filter.every((keeps) => keeps(id))).toReversed();

  it.each([1, 7, 25, 100])('gives all of them, newest first, %d at a time', async (pageSize) => {
    const instances = await gather(client.listInstances({ pageSize }));
    expect(instances.map((each) => each.instanceId).sort()).toEqual([...ids].sort());
    const order = instances.map((each) => [each.createdTime.getTime(), each.instanceId] as const);
    expect(order).toEqual(order.toSorted((a, b) => b[0] - a[0] || (b[1] < a[1] ? -1 : 1)));
  });

  it.each<[InstanceFilter, (id: string) => boolean]>([
    [{ name: 'chain' }, (id) => id.startsWith('chain')],
    [{ name: 'nobody' }, () => false],
    [{ runtimeStatus: ['Failed'] }, (id) => id.startsWith('fails')],
    [{ runtimeStatus: ['Running', 'Completed'] }, (id) => !id.startsWith('fails')],
    [{ runtimeStatus: [] }, () => false],
    [{ idPrefix: 'chain/1' }, (id) => id.startsWith('chain/1')],
    [{ name: 'chain', idPrefix: 'fails' }, () => false],
    [{ name: 'fails', runtimeStatus: ['Failed'], idPrefix: 'fails/1' }, (id) => id.startsWith('fails/1')],
  ])('gives those that pass the filter %j, whatever the page size', async (filter, keeps) => {
    for (const pageSize of [2, 100]) {
      expect((await list({ ...filter, pageSize })).sort()).toEqual(newestFirst(keeps).sort());
    }
  });

  it('gives the status of each', async () => {
    const [first] = await gather(client.listInstances({ idPrefix: 'fails/3' }));
    expect(first).toMatchObject({
      instanceId: 'fails/3',
      name: 'fails',
      runtimeStatus: 'Failed',
      failure: { code: 'TaskFailed' },
      createdTime: expect.any(Date),
      waitsFor: [],
    });
  });

  it('reads no further than it is asked', async () => {
    const seen: string[] = [];
    for await (const { instanceId } of client.listInstances({ pageSize: 3 })) {
      seen.push(instanceId);
      if (seen.length === 4) break;
    }
    expect(seen).toHaveLength(4);
    expect(await list({ pageSize: 4 })).toEqual(expect.arrayContaining(seen));
  });

  it('gives the same after the hub has been opened anew, and what was purged is gone', async () => {
    const before = await list();
    await client.purge('chain/5');
    expect(await list({ pageSize: 3 })).toEqual(before.filter((id) => id !== 'chain/5'));
    ids.splice(ids.indexOf('chain/5'), 1);
  });
});

describe('1,000 instances started in one go', () => {
  it('all complete', async () => {
    const client = openClient();
    const ids = await Promise.all(Array.from({ length: 1_000 }, () => client.startNew('chain', { input: 2 })));
    expect(new Set(ids).size).toBe(1_000);
    const ended = await Promise.all(ids.map((id) => client.waitForCompletion(id)));
    expect(ended.every(({ output }) => output === 2)).toBe(true);
    expect(await gather(client.listInstances({ runtimeStatus: ['Completed'] }))).toHaveLength(1_000);
    await client.close();
  });
});
