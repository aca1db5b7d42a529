import { type InstanceFilter, InvalidTokenError, type ListOptions } from 'perdure';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gather, newHubName, openClient } from './fixtures/hubs';

describe('listInstances', () => {
  const taskHub = newHubName();
  const client = openClient(taskHub);
  afterAll(() => client.close());
  const ids: string[] = [];

  beforeAll(async () => {
    for (let n = 0; n < 12; n++) {
      const tags = { parity: n % 2 === 0 ? 'even' : 'odd' };
      ids.push(await client.startNew('chain', { instanceId: `chain/${n}`, input: n, tags }));
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

  it('filters by tags, parent and times, oldest first if asked', async () => {
    const order = 'oldest';
    const even = await list({ tags: { parity: 'even' }, order });
    expect(even).toEqual(['chain/0', 'chain/2', 'chain/4', 'chain/6', 'chain/8', 'chain/10']);
    expect(await list({ tags: { parity: 'even', color: 'red' } })).toEqual([]);
    const all = await gather(client.listInstances({ order }));
    const [from, to] = [all[5]?.createdTime as Date, all[9]?.createdTime as Date];
    const within = all.filter(({ createdTime }) => createdTime >= from && createdTime < to);
    expect(
      await gather(client.listInstances({ order, createdTimeFrom: from, createdTimeTo: to, pageSize: 2 })),
    ).toEqual(within);
    const updated = all.filter(({ lastUpdatedTime }) => lastUpdatedTime >= to);
    expect(await gather(client.listInstances({ order, lastUpdatedTimeFrom: to, pageSize: 2 }))).toEqual(updated);
    expect(await list({ parent: 'lasts' })).toEqual([]);
  });

  it('comes page by page, each with the place where the next one begins', async () => {
    for (const pageSize of [1, 7, 24, 25, 26]) {
      const pages = await gather(client.listInstances({ order: 'oldest', pageSize: 3 }).byPage({ pageSize }));
      expect(pages.flatMap(({ instances }) => instances)).toEqual(
        await gather(client.listInstances({ order: 'oldest' })),
      );
      expect(pages.map(({ instances }) => instances.length).slice(0, -1)).toEqual(
        Array(pages.length - 1).fill(pageSize),
      );
      expect(pages.map(({ continuationToken }) => typeof continuationToken)).toEqual([
        ...Array(pages.length - 1).fill('string'),
        'undefined',
      ]);
    }
    const empty = await gather(client.listInstances({ name: 'nobody' }).byPage());
    expect(empty).toEqual([{ instances: [] }]);
  });

  it('goes on at a token, whatever the ids are made of', async () => {
    const names = ['plain', 'ünï "code" \u2028', 'lone \ud800 surrogate', '🎂', 'a/b?c=d&e+f'];
    for (const instanceId of names) await client.startNew('lasts', { instanceId });
    const filter = { name: 'lasts', pageSize: 1 } as const;
    const seen: string[] = [];
    for (let continuationToken: string | undefined, isLast = false; !isLast; ) {
      const pages = client.listInstances(filter).byPage({ ...(continuationToken && { continuationToken }) });
      for await (const page of pages) {
        seen.push(...page.instances.map(({ instanceId }) => String(instanceId)));
        continuationToken = page.continuationToken;
        break;
      }
      isLast = continuationToken === undefined;
      expect(continuationToken ?? '').toMatch(/^[\w-]*$/);
    }
    expect(seen.sort()).toEqual([...names, 'lasts'].sort());
    for (const id of names) await client.terminate(id);
    for (const id of names) await client.purge(id);
  });

  it.each(['', 'x', 'eyJhIjoxfQ', btoa('["newest"]'), btoa('["newest","0","a"]'), '…'])(
    'refuses %j, which is no token',
    (continuationToken) => {
      expect(() => client.listInstances().byPage({ continuationToken })).toThrow(InvalidTokenError);
      expect(() => client.listInstances().byPage({ continuationToken })).toThrow('is no continuation token');
    },
  );

  it('refuses a token of a list in the other order, which would begin where that one ends', async () => {
    const [page] = await gather(client.listInstances().byPage({ pageSize: 20 }));
    const { continuationToken } = page as { continuationToken: string };
    const read = () => client.listInstances({ order: 'oldest' }).byPage({ continuationToken });
    expect(read).toThrow('the continuation token is of a list with the newest first, not the oldest');
  });

  it('can be counted', async () => {
    expect(await client.countInstances()).toBe(ids.length);
    expect(await client.countInstances({ name: 'chain' })).toBe(12);
    expect(await client.countInstances({ runtimeStatus: ['Failed', 'Running'] })).toBe(13);
    expect(await client.countInstances({ tags: { parity: 'odd' } })).toBe(6);
    expect(await client.countInstances({ idPrefix: 'fails/1', runtimeStatus: ['Failed'] })).toBe(3);
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
    const [page] = await gather(client.listInstances().byPage({ pageSize: 10 }));
    await client.purge('chain/5');
    await client.close();
    const again = openClient(taskHub);
    const listed = await gather(again.listInstances({ pageSize: 3 }));
    expect(listed.map(({ instanceId }) => String(instanceId))).toEqual(before.filter((id) => id !== 'chain/5'));
    const { continuationToken = '' } = page ?? {};
    const rest = await gather(again.listInstances().byPage({ continuationToken }));
    const restIds = rest.flatMap(({ instances }) => instances.map(({ instanceId }) => String(instanceId)));
    expect(restIds).toEqual(before.slice(10).filter((id) => id !== 'chain/5'));
    expect(await again.countInstances()).toBe(before.length - 1);
    await again.close();
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
