/** What the client tells of instances: one by one, in lists and pages, counted, with their history, and at their end. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { InstanceFilter } from '../../src';
import { expectRefused, type Given, gather, given, type OpenHub, type Style } from './hub';

export function readingContract(open: OpenHub, style: Style): void {
  const hub = given(open, style);

  describe('the status', () => {
    it('is that of the instance, from its start to its end', async () => {
      const id = await hub.start('approval');
      const running = await hub.waitingFor(id, 'decision');
      expect(running).toMatchObject({
        instanceId: id,
        name: hub.name('approval'),
        runtimeStatus: 'Running',
        waitsFor: [
          { kind: 'timer', taskId: 0, fireAt: expect.any(Date) },
          { kind: 'event', name: 'decision' },
        ],
      });
      await hub.client.raiseEvent(id, 'decision', true);
      await hub.client.waitForCompletion(id);
      const ended = await hub.client.getStatus(id);
      expect(ended).toMatchObject({ runtimeStatus: 'Completed', output: ['decision', true, 'none'], waitsFor: [] });
      expect(ended.createdTime).toEqual(running.createdTime);
      expect(ended.lastUpdatedTime.getTime()).toBeGreaterThanOrEqual(ended.createdTime.getTime());
    });

    it('shows why an instance failed', async () => {
      const id = await hub.start('fails');
      await hub.failure(id);
      expect(await hub.client.getStatus(id)).toMatchObject({
        runtimeStatus: 'Failed',
        failure: { code: 'TaskFailed', message: 'fail failed: oh no', cause: { name: 'RangeError', code: 'E_TEST' } },
      });
    });

    it('shows input, output and history as it is asked', async () => {
      const id = await hub.start('chain', 1);
      await hub.client.waitForCompletion(id);
      expect(await hub.client.getStatus(id)).not.toHaveProperty('history');
      const { history, ...status } = await hub.client.getStatus(id, { showHistory: true });
      expect(status).toMatchObject({ input: 1, output: 1 });
      expect(history).toEqual(await hub.history(id));
      const bare = await hub.client.getStatus(id, { showInput: false, showOutput: false });
      for (const hidden of ['input', 'output']) expect(bare).not.toHaveProperty(hidden);
    });

    it('is that of nobody if there is no such instance', () =>
      expectRefused('InstanceNotFound', hub.client.getStatus('nobody'), hub.client.getHistory('nobody')));
  });

  describe('the history', () => {
    it('tells what happened and what was decided, turn by turn', async () => {
      const id = await hub.start('chain', 1, { tags: { order: '7' } });
      await hub.client.waitForCompletion(id);
      const at = expect.any(Number);
      expect(await hub.history(id)).toEqual([
        { type: 'OrchestratorStarted', at },
        { type: 'ExecutionStarted', name: hub.name('chain'), input: 1, version: '2', tags: { order: '7' } },
        { type: 'TaskScheduled', taskId: 0, name: 'increment', input: 0 },
        { type: 'OrchestratorCompleted' },
        { type: 'OrchestratorStarted', at },
        { type: 'TaskCompleted', taskId: 0, result: 1 },
        { type: 'ExecutionCompleted', status: 'Completed', result: 1 },
        { type: 'OrchestratorCompleted' },
      ]);
    });
  });

  describe('waitForCompletion', () => {
    it('gives the output, as soon as there is one and ever after', async () => {
      const id = await hub.start('waits');
      const early = hub.client.waitForCompletion(id);
      await hub.client.raiseEvent(id, 'go', 'done');
      for (const end of [await early, await hub.client.waitForCompletion(id)]) {
        expect(end).toMatchObject({ instanceId: id, runtimeStatus: 'Completed', output: 'done' });
      }
    });

    it('rejects with all that is known of the failure', async () => {
      const id = await hub.start('fails');
      expect(await hub.failure(id)).toMatchObject({
        code: 'InstanceFailed',
        instanceId: id,
        message: `instance '${id}' failed: fail failed: oh no`,
        cause: { code: 'TaskFailed', cause: { name: 'RangeError', code: 'E_TEST', cause: { name: 'TypeError' } } },
      });
    });

    it('rejects with the reason for which it was terminated', async () => {
      const id = await hub.start('waits');
      await hub.client.terminate(id, 'not needed');
      expect(await hub.failure(id)).toMatchObject({ code: 'InstanceTerminated', reason: 'not needed', instanceId: id });
    });

    it('gives up after a time-out, and the instance goes on', async () => {
      const id = await hub.start('approval');
      await expect(hub.client.waitForCompletion(id, { timeout: 30 })).rejects.toMatchObject({
        code: 'Timeout',
        message: `instance '${id}' did not end within 30`,
      });
      await hub.client.raiseEvent(id, 'decision', 'late');
      expect(await hub.output(id)).toEqual(['decision', 'late', 'none']);
    });

    it('gives up when its signal aborts, with the reason', async () => {
      const id = await hub.start('approval');
      const controller = new AbortController();
      const end = hub.client.waitForCompletion(id, { signal: controller.signal });
      controller.abort(new Error('enough'));
      await expect(end).rejects.toThrow('enough');
      await expect(hub.client.waitForCompletion(id, { signal: controller.signal })).rejects.toThrow('enough');
      await hub.client.terminate(id);
    });

    it('rejects if there is no such instance', () =>
      expectRefused('InstanceNotFound', hub.client.waitForCompletion('nobody')));
  });

  describe('lists and counts', () => {
    const hub = given(open, style);
    let middle: Date;
    let updated: Date;

    beforeAll(async () => {
      for (let n = 0; n < 8; n++) {
        if (n === 4) middle = new Date(hub.now());
        const tags = { shop: n < 4 ? 'north' : 'south', n: String(n) };
        const id = await hub.start(n % 2 === 0 ? 'chain' : 'waits', 1, { instanceId: `order/${n}`, tags });
        if (n % 2 === 0) await hub.client.waitForCompletion(id);
        // The next one is created at another time.
        await hub.run('sleeps', 5, { instanceId: 'another' });
      }
      await hub.client.purge('another');
      updated = new Date(hub.now());
      await hub.client.terminate('order/7');
      await hub.start('starts', { name: 'waits', options: { instanceId: 'child' } }, { instanceId: 'parent' });
      await hub.waiting('child');
    });

    const ids = async (filter: InstanceFilter & { order?: 'newest' | 'oldest' }) => {
      return (await gather(hub.client.listInstances({ order: 'oldest', ...filter }))).map((each) => each.instanceId);
    };
    const orders = (...numbers: number[]) => numbers.map((n) => `order/${n}`);

    it('are of all instances, newest first or oldest first', async () => {
      expect(await ids({})).toEqual([...orders(0, 1, 2, 3, 4, 5, 6, 7), ...(await family(hub))]);
      const newest = (await ids({ order: 'newest' })).filter((id) => id.startsWith('order/'));
      expect(newest).toEqual(orders(7, 6, 5, 4, 3, 2, 1, 0));
    });

    it.each<[string, (hub: Given) => InstanceFilter, number[]]>([
      ['name', (each) => ({ name: each.name('chain') }), [0, 2, 4, 6]],
      ['status', () => ({ runtimeStatus: ['Terminated', 'Completed'] }), [0, 2, 4, 6, 7]],
      ['id', () => ({ idPrefix: 'order/' }), [0, 1, 2, 3, 4, 5, 6, 7]],
      ['tags', () => ({ tags: { shop: 'south' } }), [4, 5, 6, 7]],
      ['all of several tags', () => ({ tags: { shop: 'south', n: '5' } }), [5]],
      ['creation from', () => ({ createdTimeFrom: middle, idPrefix: 'order' }), [4, 5, 6, 7]],
      ['creation to', () => ({ createdTimeTo: middle }), [0, 1, 2, 3]],
      ['last change from', () => ({ lastUpdatedTimeFrom: updated, idPrefix: 'order' }), [7]],
      ['last change to', () => ({ lastUpdatedTimeTo: updated, runtimeStatus: ['Running'] }), [1, 3, 5]],
      [
        'several at once',
        () => ({ tags: { shop: 'north' }, runtimeStatus: ['Running'], createdTimeTo: middle }),
        [1, 3],
      ],
      ['nothing that there is', () => ({ name: 'nobody' }), []],
    ])('are narrowed by %s', async (_, filter, numbers) => {
      expect(await ids(filter(hub))).toEqual(orders(...numbers));
      expect(await hub.client.countInstances(filter(hub))).toBe(numbers.length);
    });

    it('are narrowed by parent, and child and parent know each other', async () => {
      expect(await ids({ parent: 'parent' })).toEqual(['child']);
      expect(await hub.client.countInstances({ parent: 'parent' })).toBe(1);
      expect((await hub.client.getStatus('child')).parent).toEqual({ instanceId: 'parent', name: hub.name('starts') });
      expect((await hub.client.getStatus('parent')).waitsFor).toEqual([
        { kind: 'subOrchestration', taskId: 0, name: hub.name('waits'), instanceId: 'child' },
      ]);
    });

    it('count all there are', async () => {
      expect(await hub.client.countInstances()).toBe(10);
      expect(await hub.client.countInstances({ runtimeStatus: ['Running'] })).toBe(5);
      expect(await hub.client.countInstances({ name: hub.name('waits'), runtimeStatus: ['Running'] })).toBe(4);
    });

    it('come by pages, which go on where the last one ended, even after a reload', async () => {
      const list = () => hub.client.listInstances({ idPrefix: 'order/', order: 'oldest' });
      const pages = await gather(list().byPage({ pageSize: 3 }));
      expect(pages.map(({ instances }) => instances.map((each) => each.instanceId))).toEqual([
        orders(0, 1, 2),
        orders(3, 4, 5),
        orders(6, 7),
      ]);
      expect(pages[2]).not.toHaveProperty('continuationToken');
      await hub.reload();
      const [next] = await gather(list().byPage({ pageSize: 4, continuationToken: pages[0]!.continuationToken! }));
      expect(next?.instances.map((each) => each.instanceId)).toEqual(orders(3, 4, 5, 6));
    });

    it('give the same whatever the size of the pages', async () => {
      for (const pageSize of [1, 2, 8, 9]) {
        const listed = await gather(hub.client.listInstances({ idPrefix: 'order/', order: 'newest', pageSize }));
        expect(listed.map((each) => each.instanceId)).toEqual(orders(7, 6, 5, 4, 3, 2, 1, 0));
      }
    });

    it('refuse a token that is none, or of another order', async () => {
      const pages = async (continuationToken: string) =>
        gather(hub.client.listInstances({ order: 'oldest' }).byPage({ continuationToken }));
      await expectRefused('InvalidToken', pages('nonsense'), pages(''));
      const [page] = await gather(hub.client.listInstances({ order: 'newest' }).byPage({ pageSize: 1 }));
      await expectRefused('InvalidToken', pages(page!.continuationToken!));
    });

    it('refuse a filter that does not exist, and suggest the right one', async () => {
      const filter = { runtimeStatuses: ['Failed'] } as InstanceFilter;
      expect(() => hub.client.listInstances(filter)).toThrow("did you mean 'runtimeStatus'?");
      await expect(hub.client.countInstances(filter)).rejects.toThrow(TypeError);
      expect(() => hub.client.listInstances({ pageSize: 0 })).toThrow(RangeError);
    });

    it('are watched', async () => {
      const live = hub.client.watchInstances({
        runtimeStatus: ['Running'],
        idPrefix: 'order/',
        order: 'oldest',
        limit: 2,
      });
      const seen = (...expected: string[]) =>
        new Promise<void>((resolve) => {
          const unsubscribe = live.subscribe(() => {
            if (
              live
                .get()
                .instances.map((each) => each.instanceId)
                .join() !== expected.join()
            )
              return;
            unsubscribe();
            resolve();
          });
        });
      await seen(...orders(1, 3));
      expect(live.get()).toMatchObject({ state: 'ready', hasMore: true });
      await hub.client.terminate('order/3');
      await seen(...orders(1, 5));
      expect(live.get().hasMore).toBe(false);
    });
  });
}

/** The two that are created last, in the order of their creation and ids. */
async function family(hub: Given): Promise<string[]> {
  const pair = await Promise.all(['parent', 'child'].map((id) => hub.client.getStatus(id)));
  pair.sort((a, b) => a.createdTime.getTime() - b.createdTime.getTime() || (a.instanceId < b.instanceId ? -1 : 1));
  return pair.map(({ instanceId }) => instanceId);
}
