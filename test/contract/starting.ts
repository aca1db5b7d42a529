/** How an instance begins: with an id, later, with tags, in a version, and again. */
import { describe, expect, it } from 'vitest';
import { expectRefused, given, listener, type OpenHub, type Style } from './hub';

export function startingContract(open: OpenHub, style: Style): void {
  const hub = given(open, style);

  describe('startNew', () => {
    it('makes an id if it is given none, and another one each time', async () => {
      const ids = [await hub.start('chain', 1), await hub.start('chain', 1)];
      expect(new Set(ids).size).toBe(2);
      for (const id of ids) expect(await hub.client.getStatus(id)).toMatchObject({ instanceId: id });
    });

    it('takes an id and an input', async () => {
      const { instanceId, input, output } = await hub.run('tells', { a: [1] }, { instanceId: 'an id of its own' });
      expect(instanceId).toBe('an id of its own');
      expect(input).toEqual({ a: [1] });
      expect(output).toMatchObject({ instanceId, input: { a: [1] }, getInput: { a: [1] } });
    });

    it('needs no input', async () => {
      expect((await hub.run('tells')).output).toMatchObject({ input: undefined, getInput: undefined });
    });

    it('refuses an orchestration that is not registered, and suggests the right one', async () => {
      await expect(hub.client.startNew('chian')).rejects.toMatchObject({
        code: 'UnknownOrchestration',
        message: "no orchestration 'chian' is registered; did you mean 'chain'?",
      });
    });

    it('refuses what makes no sense', async () => {
      await expectRefused('InvalidName', hub.start('chain', 1, { instanceId: '' }), hub.client.startNew(''));
      await expectRefused(
        'Payload',
        hub.start('chain', () => {}),
      );
      await expect(hub.start('chain', 1, { startAt: new Date(Number.NaN) })).rejects.toThrow(TypeError);
      await expect(hub.start('chain', 1, { tags: { n: 1 } as never })).rejects.toThrow(TypeError);
      await expect(hub.start('chain', 1, { onExisting: 'ignore' as never })).rejects.toThrow(TypeError);
    });

    it('gives tags, which the orchestration sees', async () => {
      const { tags, output } = await hub.run('tells', 1, { tags: { order: '7', shop: 'north' } });
      expect(tags).toEqual({ order: '7', shop: 'north' });
      expect(output).toMatchObject({ tags });
    });

    it('runs the version that is current', async () => {
      const id = await hub.start('versioned');
      await hub.client.raiseEvent(id, 'go', 1);
      expect(await hub.client.waitForCompletion(id)).toMatchObject({
        version: '2',
        output: ['the second version', '2', 1],
      });
    });

    it('runs another version that is registered', async () => {
      const id = await hub.start('versioned', undefined, { version: '1' });
      await hub.client.raiseEvent(id, 'go', 1);
      expect(await hub.client.waitForCompletion(id)).toMatchObject({
        version: '1',
        output: ['the first version', '1', 1],
      });
    });

    it('refuses a version that is not, and says which are', async () => {
      await expect(hub.start('versioned', undefined, { version: '3' })).rejects.toMatchObject({
        code: 'UnknownOrchestration',
        message: expect.stringMatching(/not registered in version '3', but in '2', '1'/),
      });
    });
  });

  describe('an id that is in use', () => {
    it('is refused while its instance runs, and taken over once that has ended', async () => {
      const id = await hub.start('waits');
      await expectRefused('InstanceExists', hub.start('chain', 1, { instanceId: id }));
      await hub.client.raiseEvent(id, 'go', 'the first');
      expect(await hub.output(id)).toBe('the first');
      await hub.start('chain', 2, { instanceId: id });
      const { name, output } = await hub.client.waitForCompletion(id);
      expect([name, output]).toEqual([hub.name('chain'), 2]);
    });

    it('is refused at all events with onExisting: reject', async () => {
      const id = await hub.start('waits');
      await expectRefused('InstanceExists', hub.start('chain', 1, { instanceId: id, onExisting: 'reject' }));
      await hub.client.raiseEvent(id, 'go');
      await hub.client.waitForCompletion(id);
      await expectRefused('InstanceExists', hub.start('chain', 1, { instanceId: id, onExisting: 'reject' }));
    });

    it('is taken from an instance that runs with onExisting: replace, and that is terminated', async () => {
      const { channel, listening, heard } = listener();
      const id = await hub.start('listens', channel);
      await listening;
      await hub.start('chain', 3, { instanceId: id, onExisting: 'replace' });
      expect(await hub.output(id)).toBe(3);
      expect(await heard).toContain('replaced by a new instance');
    });

    it('is given back with onExisting: return, whether its instance runs or has ended', async () => {
      const id = await hub.start('waits', 'the first');
      const again = { instanceId: id, onExisting: 'return' } as const;
      expect(await hub.start('waits', 'the second', again)).toBe(id);
      await hub.client.raiseEvent(id, 'go', 'done');
      await hub.client.waitForCompletion(id);
      expect(await hub.start('waits', 'the third', again)).toBe(id);
      expect(await hub.client.getStatus(id)).toMatchObject({ input: 'the first', output: 'done' });
    });

    it('leaves nothing of the last instance to the next', async () => {
      const id = await hub.start('shows', undefined, { tags: { order: '7' } });
      await hub.client.raiseEvent(id, 'go');
      await hub.client.terminate(id, 'enough');
      await hub.start('waits', undefined, { instanceId: id });
      await hub.waiting(id);
      const status = await hub.client.getStatus(id);
      for (const gone of ['customStatus', 'reason', 'tags', 'input']) expect(status).not.toHaveProperty(gone);
    });
  });

  describe('a start for later', () => {
    it('is pending until its date', async () => {
      const startAt = new Date(hub.now() + 86_400_000);
      const id = await hub.start('chain', 1, { startAt });
      expect(await hub.client.getStatus(id)).toMatchObject({
        runtimeStatus: 'Pending',
        input: 1,
        waitsFor: [{ kind: 'start', startAt }],
      });
      await hub.client.terminate(id);
    });

    it('runs once its time has come, given as a date or as a duration', async () => {
      for (const startAt of [new Date(hub.now() + 30), '30ms', 30] as const) {
        const from = hub.now();
        const { output, createdTime, lastUpdatedTime } = await hub.run('chain', 1, { startAt });
        expect(output).toBe(1);
        expect(createdTime.getTime()).toBeLessThan(lastUpdatedTime.getTime());
        expect(lastUpdatedTime.getTime() - from).toBeGreaterThanOrEqual(30);
      }
    });

    it('runs at once if its date is past', async () => {
      expect((await hub.run('chain', 1, { startAt: new Date(hub.now() - 60_000) })).output).toBe(1);
    });

    it('keeps the events that come before', async () => {
      const id = await hub.start('takes', 2, { startAt: 30 });
      await hub.client.raiseEvent(id, 'item', 'a');
      await hub.client.raiseEvent(id, 'item', 'b');
      expect(await hub.output(id)).toEqual(['a', 'b']);
    });

    it('can be terminated before it begins', async () => {
      const id = await hub.start('chain', 1, { startAt: '1d' });
      await hub.client.terminate(id, 'not needed');
      expect(await hub.failure(id)).toMatchObject({ code: 'InstanceTerminated', reason: 'not needed' });
    });

    it('outlives a reload', async () => {
      const id = await hub.start('chain', 1, { startAt: '50ms' });
      await hub.reload();
      expect(await hub.output(id)).toBe(1);
    });
  });

  describe('restart', () => {
    const tags = { order: '7' };

    it('runs the same again, from its beginning, under the same id', async () => {
      const id = await hub.start('versioned', undefined, { tags, version: '1' });
      await hub.client.raiseEvent(id, 'go', 1);
      await hub.client.waitForCompletion(id);
      expect(await hub.client.restart(id)).toBe(id);
      await hub.waiting(id);
      await hub.client.raiseEvent(id, 'go', 2);
      expect(await hub.client.waitForCompletion(id)).toMatchObject({
        tags,
        version: '1',
        output: ['the first version', '1', 2],
      });
    });

    it('runs it also under an id of its own, and leaves the old one', async () => {
      const id = await hub.start('takes', 1, { tags });
      await hub.client.raiseEvent(id, 'item', 'a');
      await hub.client.waitForCompletion(id);
      const ids = [
        await hub.client.restart(id, { newInstanceId: true }),
        await hub.client.restart(id, { newInstanceId: 'another id' }),
      ];
      expect(ids[1]).toBe('another id');
      expect(new Set([id, ...ids]).size).toBe(3);
      for (const each of ids) {
        await hub.client.raiseEvent(each, 'item', each);
        expect(await hub.client.waitForCompletion(each)).toMatchObject({ input: 1, tags, output: [each] });
      }
      expect(await hub.client.getStatus(id)).toMatchObject({ output: ['a'] });
    });

    it('runs also what has failed or was terminated', async () => {
      const failed = await hub.start('fails');
      await hub.failure(failed);
      await hub.client.restart(failed);
      expect(await hub.failure(failed)).toMatchObject({ code: 'InstanceFailed' });
      const terminated = await hub.start('waits');
      await hub.client.terminate(terminated);
      await hub.client.restart(terminated);
      await hub.client.raiseEvent(terminated, 'go', 'again');
      expect(await hub.output(terminated)).toBe('again');
    });

    it('is refused where something would be lost', async () => {
      const id = await hub.start('waits');
      const other = await hub.start('waits');
      await expectRefused('InstanceRunning', hub.client.restart(id));
      await expectRefused('InstanceExists', hub.client.restart(id, { newInstanceId: other }));
      await expectRefused('InstanceNotFound', hub.client.restart('nobody'));
    });
  });
}
