/** Code that changes under running instances: versions side by side, patches, and what is parked until it is mended. */
import { beforeAll, describe, expect, it } from 'vitest';
import { gather, given, type OpenHub, type Style } from './hub';

export function changesContract(open: OpenHub, style: Style): void {
  describe('when another build is deployed, an instance', () => {
    const hub = given(open, style);

    // What each of these instances is at does not depend on the others.
    beforeAll(async () => {
      await hub.start('versioned', undefined, { instanceId: 'old', version: '1' });
      await hub.start('versioned', undefined, { instanceId: 'current' });
      for (const id of ['changed', 'resumed', 'hopeless']) await hub.start('flow', undefined, { instanceId: id });
      for (const id of ['changed', 'resumed', 'hopeless']) await hub.waitingFor(id, 'first');
      await hub.start('removed', undefined, { instanceId: 'removed' });
      await hub.waitingFor('removed', 'first');
      await hub.start('patches', undefined, { instanceId: 'passed' });
      await hub.start('patches', undefined, { instanceId: 'not there yet' });
      await hub.client.raiseEvent('passed', 'first');
      await hub.waitingFor('passed', 'second');
      await hub.waitingFor('not there yet', 'first');
      await hub.reload('broken');
      for (const id of ['changed', 'resumed', 'hopeless', 'removed']) await hub.client.raiseEvent(id, 'first', 1);
      await hub.client.raiseEvent('old', 'go', 1);
    });

    it('whose code disagrees with its history is parked: told what is recorded, what is called, where, and why', async () => {
      const { runtimeStatus, parked } = await hub.parked('changed');
      expect(runtimeStatus).toBe('Suspended');
      expect(parked?.reason).toContain("the replay of 'changed' disagrees with its history");
      expect(parked?.reason).toContain("event 2 records a call of activity 'echo' (task 0)");
      expect(parked?.reason).toContain("the code now makes a call of activity 'echo' (task 0), as call 1 of turn 1");
      expect(parked?.reason).toMatch(/`input\.list\[0\]` was 1 and is 2/);
    });

    it('whose orchestration is gone is parked', async () => {
      const { parked } = await hub.parked('removed');
      expect(parked?.reason).toContain(`no orchestration '${hub.name('removed')}' is registered`);
    });

    it('whose version is gone is parked', async () => {
      const { parked } = await hub.parked('old');
      expect(parked?.reason).toContain("is not registered in version '1', but in '2'");
    });

    it('that is parked counts as suspended, and is found by that', async () => {
      for (const id of ['changed', 'resumed', 'hopeless', 'removed', 'old']) await hub.parked(id);
      const suspended = await gather(hub.client.listInstances({ runtimeStatus: ['Suspended'] }));
      for (const each of suspended) expect(each.parked).toBeDefined();
      expect(await hub.client.countInstances({ runtimeStatus: ['Suspended'] })).toBe(suspended.length);
    });

    it('that is parked is tried again when it is resumed, and parked again if nothing has changed', async () => {
      await hub.parked('resumed');
      await hub.client.resume('resumed');
      await hub.parked('resumed');
      expect(await hub.events('resumed', 'EventRaised')).toHaveLength(1);
    });

    it('that is parked can be terminated', async () => {
      await hub.parked('hopeless');
      await hub.client.terminate('hopeless', 'nobody will mend it');
      expect(await hub.failure('hopeless')).toMatchObject({ code: 'InstanceTerminated' });
      expect(await hub.client.getStatus('hopeless')).not.toHaveProperty('parked');
    });

    it('that the new code agrees with just goes on', async () => {
      await hub.client.raiseEvent('current', 'go', 1);
      expect(await hub.output('current')).toEqual(['the second version', '2', 1]);
    });

    describe('and mended by a third,', () => {
      beforeAll(async () => {
        for (const id of ['changed', 'resumed', 'removed']) {
          await hub.parked(id);
          await hub.client.raiseEvent(id, 'second', 2);
        }
        await hub.reload('mended');
      });

      it.each(['changed', 'resumed', 'removed'])('goes on with all that came meanwhile: %s', async (id) => {
        expect(await hub.output(id)).toEqual([{ list: [1] }, 1, 2]);
      });

      it('goes on in the version that it began with', async () => {
        expect(await hub.client.waitForCompletion('old')).toMatchObject({
          version: '1',
          output: ['the first version', '1', 1],
        });
      });

      it.each([
        ['that has passed by a patch goes the old way', 'passed', 'the old way'],
        ['that comes to a patch for the first time goes the new way', 'not there yet', 'the new way'],
        ['that begins with a patch goes the new way', 'new', 'the new way'],
      ])('%s', async (_, id, way) => {
        if (id === 'new') await hub.start('patches', undefined, { instanceId: id });
        if (id !== 'passed') await hub.client.raiseEvent(id, 'first');
        await hub.client.raiseEvent(id, 'second');
        expect(await hub.output(id)).toBe(way);
        const called = (await hub.events(id, 'TaskScheduled')).map(({ input }) => input);
        expect(called).toEqual([way]);
        expect(await hub.events(id, 'PatchMarked')).toHaveLength(way === 'the new way' ? 1 : 0);
      });

      it('keeps its answer over another reload', async () => {
        const ids = [await hub.start('patches'), await hub.start('patches')];
        for (const id of ids) await hub.client.raiseEvent(id, 'first');
        for (const id of ids) await hub.waitingFor(id, 'second');
        await hub.reload('mended');
        for (const id of ids) await hub.client.raiseEvent(id, 'second');
        for (const id of ids) expect(await hub.output(id)).toBe('the new way');
      });
    });
  });
}
