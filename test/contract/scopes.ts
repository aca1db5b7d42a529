/** `ctx.scope`: what ends as a whole, in time, and is undone as a whole. */
import { describe, expect, it } from 'vitest';
import { type Given, gather, given, type OpenHub, type Style } from './hub';

export function scopesContract(open: OpenHub, style: Style): void {
  describe('a scope', () => {
    const hub = given(open, style);
    const book = ['flight', 'hotel', 'car'];

    it('gives what its body gives, and undoes nothing', async () => {
      const { output, instanceId } = await hub.run('travels', { book });
      expect(output).toBe('booked');
      expect(await undone(hub, instanceId)).toEqual([]);
      expect(await hub.events(instanceId, 'CompensationsRemoved')).toMatchObject([{ ids: [0, 1, 2] }]);
    });

    it('undoes its steps, newest first, when it fails, and fails with the same error', async () => {
      const { output, instanceId } = await hub.run('travels', { book, ends: 'fail' });
      expect(output).toMatchObject({ name: 'TaskFailedError', message: 'fail failed: no car' });
      expect(await undone(hub, instanceId)).toEqual(['undo car', 'undo hotel', 'undo flight']);
    });

    it('undoes the others when one cannot be undone, and says which', async () => {
      const { output, instanceId } = await hub.run('travels', { book, ends: 'fail', stuck: 'hotel' });
      expect(output).toMatchObject({
        name: 'CompensationFailedError',
        failures: ['fail failed: hotel is stuck'],
        cause: { message: 'fail failed: no car' },
      });
      expect(await undone(hub, instanceId)).toEqual(['undo car', 'undo flight']);
    });

    it('tries to undo again as it is told', async () => {
      const { output, instanceId } = await hub.run('travels', {
        book,
        ends: 'fail',
        stuck: 'hotel',
        undoneInAttempt: 3,
      });
      expect(output).toMatchObject({ message: 'fail failed: no car' });
      const attempts = (await hub.events(instanceId, 'TaskScheduled')).filter(({ name }) => name === 'failBefore');
      expect(attempts.map(({ attempt }) => attempt)).toEqual([undefined, 2, 3]);
    });

    it('fails when its time is over, and undoes its steps', async () => {
      const { output, instanceId } = await hub.run('travels', { book, ends: 'wait', timeout: 30 });
      expect(output).toEqual({ name: 'TimeoutError', message: 'the scope did not end within 30' });
      expect(await undone(hub, instanceId)).toEqual(['undo car', 'undo hotel', 'undo flight']);
    });

    it('that ends in time needs its timer no more', async () => {
      const { output, instanceId } = await hub.run('travels', { book, timeout: 86_400_000 });
      expect(output).toBe('booked');
      expect(await hub.events(instanceId, 'TaskCanceled')).toMatchObject([{ taskId: 0 }]);
    });

    it('within a scope hands its steps over when it succeeds', async () => {
      const { output, instanceId } = await hub.run('travelsInParts', { book: ['hotel', 'car'] });
      expect(output).toMatchObject({ message: 'fail failed: no car' });
      expect(await undone(hub, instanceId)).toEqual(['undo car', 'undo hotel', 'undo flight']);
    });

    it('can be called off: its steps are undone, and it takes no more calls', async () => {
      const id = await hub.start('callsOff', { book });
      await hub.waitingFor(id, 'never');
      await hub.client.raiseEvent(id, 'go');
      expect(await hub.output(id)).toEqual(['changed our mind', 'TaskCanceled']);
      expect(await undone(hub, id)).toEqual(['undo car', 'undo hotel', 'undo flight']);
    });

    it('refuses continueAsNew while there is something to undo', async () => {
      const { output, instanceId } = await hub.run('travels', { book, ends: 'continueAsNew' });
      expect(output).toMatchObject({ name: 'TypeError', message: expect.stringContaining('continueAsNew') });
      expect(await undone(hub, instanceId)).toHaveLength(3);
    });

    it('goes on with its undoing after a reload', async () => {
      const id = await hub.start('callsOff', { book });
      await hub.waitingFor(id, 'never');
      await hub.reload();
      await hub.client.raiseEvent(id, 'go');
      await hub.reload();
      expect(await hub.output(id)).toEqual(['changed our mind', 'TaskCanceled']);
      expect(await undone(hub, id)).toEqual(['undo car', 'undo hotel', 'undo flight']);
    });

    it('is undone by an orchestration of its own when its instance is terminated', async () => {
      const id = await hub.start('travelsOn', { book, stuck: 'hotel' });
      await hub.until(id, ({ waitsFor }) => waitsFor.some((wait) => 'name' in wait && wait.name === 'forever'));
      await hub.client.terminate(id, 'no time');
      const [child] = await gather(hub.client.listInstances({ parent: id }));
      expect(await hub.failure(child!.instanceId)).toMatchObject({
        failure: { code: 'CompensationFailed', message: expect.stringContaining('hotel is stuck') },
      });
      expect(await undone(hub, child!.instanceId)).toEqual(['undo car', 'undo flight']);
      expect(await hub.failure(id)).toMatchObject({ code: 'InstanceTerminated', reason: 'no time' });
    });
  });
}

/** What was undone, in order. */
async function undone(hub: Given, id: string): Promise<unknown[]> {
  const inputs = (await hub.events(id, 'TaskScheduled')).map(({ input }) => input);
  return inputs.filter((input) => typeof input === 'string' && input.startsWith('undo'));
}
