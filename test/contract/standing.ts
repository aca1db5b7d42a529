/** What is done to an instance from outside: events, suspending, terminating, rewinding and purging. */
import { describe, expect, it } from 'vitest';
import { answer, expectRefused, gather, given, listener, type OpenHub, type Style } from './hub';

export function standingContract(open: OpenHub, style: Style): void {
  const hub = given(open, style);

  describe('an event', () => {
    it('that comes before anybody waits for it is kept, in order', async () => {
      const id = await hub.start('echoes', 'input');
      for (const n of [1, 2]) await hub.client.raiseEvent(id, 'other', n);
      await hub.client.raiseEvent(id, 'echo', 'the first');
      expect(await hub.output(id)).toEqual(['input', 'input', 'the first']);
    });

    it('is told by its name without case, and may have no data', async () => {
      const id = await hub.start('takes', 2);
      await hub.client.raiseEvent(id, 'ITEM', 1);
      await hub.client.raiseEvent(id, 'Item');
      expect(await hub.output(id)).toEqual([1, undefined]);
    });

    it('is taken in order, however many come at once', async () => {
      const id = await hub.start('takes', 50);
      const items = Array.from({ length: 50 }, (_, n) => n);
      await Promise.all(items.map((n) => hub.client.raiseEvent(id, 'item', n)));
      expect(await hub.output(id)).toEqual(items);
    });

    it('for nobody, or for one that has ended, is refused', async () => {
      const id = await hub.start('chain', 1);
      await hub.client.waitForCompletion(id);
      await expectRefused('InstanceNotRunning', hub.client.raiseEvent(id, 'go'));
      await expectRefused('InstanceNotFound', hub.client.raiseEvent('nobody', 'go'));
      await expectRefused('InvalidName', hub.client.raiseEvent(id, ''), hub.client.raiseEvent('', 'go'));
      await expectRefused('Payload', hub.client.raiseEvent(id, 'go', { onClick() {} }));
    });
  });

  describe('suspend', () => {
    const hub = given(open, style);

    it('holds an instance still, and says why', async () => {
      const id = await hub.start('takes', 1);
      await hub.client.suspend(id, 'stocktaking');
      expect(await hub.client.getStatus(id)).toMatchObject({
        runtimeStatus: 'Suspended',
        suspended: { reason: 'stocktaking' },
      });
      expect(await hub.client.countInstances({ runtimeStatus: ['Suspended'] })).toBe(1);
      await hub.client.terminate(id);
      const status = await hub.client.getStatus(id);
      expect(status.runtimeStatus).toBe('Terminated');
      expect(status).not.toHaveProperty('suspended');
    });

    it('keeps what comes, which is played in order on resume, also after a reload', async () => {
      const id = await hub.start('takes', 4);
      await hub.client.raiseEvent(id, 'item', 1);
      await hub.client.suspend(id);
      for (const n of [2, 3]) await hub.client.raiseEvent(id, 'item', n);
      await hub.reload();
      await hub.client.raiseEvent(id, 'item', 4);
      expect((await hub.client.getStatus(id)).runtimeStatus).toBe('Suspended');
      await hub.client.resume(id, 'go on');
      expect(await hub.output(id)).toEqual([1, 2, 3, 4]);
      expect(await hub.events(id, 'ExecutionSuspended')).toEqual([{ type: 'ExecutionSuspended' }]);
      expect(await hub.events(id, 'ExecutionResumed')).toEqual([{ type: 'ExecutionResumed', reason: 'go on' }]);
    });

    it('lets activities go on, and keeps their results', async () => {
      const id = await hub.start('echoes', 'input');
      await hub.client.suspend(id);
      await hub.client.raiseEvent(id, 'echo', 'event');
      await hub.client.resume(id);
      expect(await hub.output(id)).toEqual(['input', 'input', 'event']);
    });

    it('holds a timer, which fires on resume if it has become due', async () => {
      const id = await hub.start('sleeps', 20);
      await hub.client.suspend(id);
      await hub.run('sleeps', 40);
      expect((await hub.client.getStatus(id)).runtimeStatus).toBe('Suspended');
      await hub.client.resume(id);
      expect(await hub.output(id)).toBeGreaterThanOrEqual(40);
    });

    it('twice is suspended once, and one that is not can be resumed', async () => {
      const id = await hub.start('takes', 1);
      await hub.client.resume(id);
      for (const reason of ['the first', 'the second']) await hub.client.suspend(id, reason);
      expect((await hub.client.getStatus(id)).suspended).toEqual({ reason: 'the first' });
      await hub.client.resume(id);
      await hub.client.raiseEvent(id, 'item', 1);
      expect(await hub.output(id)).toEqual([1]);
    });

    it('is refused for nobody, and for one that has ended, as resume is', async () => {
      const id = await hub.start('chain', 1);
      await hub.client.waitForCompletion(id);
      await expectRefused('InstanceNotRunning', hub.client.suspend(id), hub.client.resume(id));
      await expectRefused('InstanceNotFound', hub.client.suspend('nobody'), hub.client.resume('nobody'));
    });
  });

  describe('terminate', () => {
    it('ends an instance where it stands, with a reason, and its activities hear it', async () => {
      const { channel, listening, heard } = listener();
      const id = await hub.start('listens', channel);
      await listening;
      await hub.client.terminate(id, 'not needed');
      expect(await hub.client.getStatus(id)).toMatchObject({
        runtimeStatus: 'Terminated',
        reason: 'not needed',
        waitsFor: [],
      });
      expect(await heard).toContain('not needed');
    });

    it('leaves its children alone, unless it is recursive', async () => {
      const family = (child: string) => ({ name: 'starts', input: { name: 'waits', options: { instanceId: child } } });
      const middle = (id: string) => ({ instanceId: id });
      for (const recursive of [false, true]) {
        const [parent, child, grandchild] = ['parent', 'child', 'grandchild'].map((each) => `${each} ${recursive}`);
        await hub.start('starts', { ...family(grandchild!), options: middle(child!) }, { instanceId: parent! });
        await hub.waiting(grandchild!);
        await hub.client.terminate(parent!, 'all of you', { recursive });
        const expected = recursive ? 'Terminated' : 'Running';
        for (const each of [child!, grandchild!]) await hub.until(each, (status) => status.runtimeStatus === expected);
        if (recursive) expect((await hub.client.getStatus(grandchild!)).reason).toBe('all of you');
      }
    });

    it('is refused for nobody, and for one that has ended', async () => {
      const id = await hub.start('chain', 1);
      await hub.client.waitForCompletion(id);
      await expectRefused('InstanceNotRunning', hub.client.terminate(id));
      await expectRefused('InstanceNotFound', hub.client.terminate('nobody'));
    });
  });

  describe('rewind', () => {
    /** Starts what fails, and what would succeed the next time. */
    const fail = async (name: string) => {
      const channel = `fails ${crypto.randomUUID()}`;
      const stop = answer(channel, [new Error('not yet'), 'made good']);
      const id = await hub.start(name, channel);
      expect(await hub.failure(id)).toMatchObject({
        code: 'InstanceFailed',
        message: expect.stringContaining('not yet'),
      });
      return { id, [Symbol.dispose]: stop };
    };

    it('lets a failed instance go on: what had succeeded stays, and what failed is called again', async () => {
      using failed = await fail('recovers');
      const { id } = failed;
      await hub.client.rewind(id, 'the service is back');
      const { output, failure } = await hub.client.waitForCompletion(id);
      const [ticket, ...others] = await hub.events(id, 'TaskCompleted');
      expect(output).toEqual([ticket?.result, 'made good']);
      expect(others).toMatchObject([{ result: 'made good' }]);
      expect(failure).toBeUndefined();
      expect(await hub.events(id, 'ExecutionRewound')).toMatchObject([{ reason: 'the service is back' }]);
    });

    it('reaches the children that failed, and the parent gets their results', async () => {
      using failed = await fail('recoversChild');
      const { id } = failed;
      await hub.client.rewind(id);
      const [, [ticket, result]] = (await hub.output(id)) as [string, string[]];
      expect(result).toBe('made good');
      const [child] = await gather(hub.client.listInstances({ parent: id }));
      expect(child?.runtimeStatus).toBe('Completed');
      expect((await hub.events(child!.instanceId, 'TaskCompleted'))[0]?.result).toBe(ticket);
    });

    it('can be replayed afterwards', async () => {
      using failed = await fail('recovers');
      await hub.client.rewind(failed.id);
      await hub.reload();
      const [ticket] = await hub.events(failed.id, 'TaskCompleted');
      expect(await hub.output(failed.id)).toEqual([ticket?.result, 'made good']);
    });

    it('is refused unless it has failed', async () => {
      const id = await hub.start('waits');
      await expectRefused('InstanceNotFailed', hub.client.rewind(id));
      await hub.client.raiseEvent(id, 'go');
      await hub.client.waitForCompletion(id);
      await expectRefused('InstanceNotFailed', hub.client.rewind(id));
      await expectRefused('InstanceNotFound', hub.client.rewind('nobody'));
    });
  });

  describe('purge', () => {
    const hub = given(open, style);

    it('deletes an ended instance with all of it, and its children', async () => {
      const id = await hub.start('nests', 1);
      await hub.client.waitForCompletion(id);
      const children = await gather(hub.client.listInstances({ parent: id }));
      expect(children).toHaveLength(3);
      expect(await hub.client.purge(id)).toEqual({ instancesDeleted: 4 });
      for (const { instanceId } of [{ instanceId: id }, ...children]) {
        await expectRefused('InstanceNotFound', hub.client.getStatus(instanceId), hub.client.purge(instanceId));
      }
      expect(await hub.client.countInstances()).toBe(0);
    });

    it('leaves its id to the next one', async () => {
      const id = await hub.start('chain', 1);
      await hub.client.waitForCompletion(id);
      await hub.client.purge(id);
      await hub.start('chain', 2, { instanceId: id, onExisting: 'reject' });
      expect(await hub.output(id)).toBe(2);
      await hub.client.purge(id);
    });

    it('deletes by filter what has ended, and nothing else', async () => {
      const tags = { purge: 'by filter' };
      const ended = [await hub.start('chain', 1, { tags }), await hub.start('chain', 1, { tags })];
      const failed = await hub.start('fails', undefined, { tags });
      const running = await hub.start('waits', undefined, { tags });
      for (const id of ended) await hub.client.waitForCompletion(id);
      await hub.failure(failed);
      expect(await hub.client.purge({ tags, runtimeStatus: ['Failed'] })).toEqual({ instancesDeleted: 1 });
      expect(await hub.client.purge({ tags })).toEqual({ instancesDeleted: 2 });
      expect(await hub.client.purge({ tags })).toEqual({ instancesDeleted: 0 });
      const [left] = await gather(hub.client.listInstances({ tags }));
      expect(left?.instanceId).toBe(running);
      await hub.client.terminate(running);
    });

    it('deletes nothing that runs, and not all by mistake', async () => {
      const id = await hub.start('waits');
      await expectRefused('InstanceRunning', hub.client.purge(id));
      await expect(hub.client.purge({})).rejects.toThrow('an empty filter would purge all');
      await expect(hub.client.purge({ runtimeStatus: ['Running' as never] })).rejects.toThrow(TypeError);
      expect((await hub.client.getStatus(id)).runtimeStatus).toBe('Running');
    });
  });
}
