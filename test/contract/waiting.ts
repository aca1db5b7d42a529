/** What an orchestrator can wait for: a time, an event, several things together. */
import { describe, expect, it } from 'vitest';
import { given, type OpenHub, type Style } from './hub';

export function waitingContract(open: OpenHub, style: Style): void {
  const hub = given(open, style);

  describe('a timer', () => {
    it.each([
      ['for a while', { due: 30 }, 30],
      ['for a while in words', { due: '0.03s' as const }, 30],
      ['until a date', { relative: 30 }, 30],
      ['until a date that is past', { relative: -60_000 }, 0],
      ['for no time', { due: 0 }, 0],
    ])('waits %s, never too short', async (_, input, ms) => {
      const { output, instanceId } = await hub.run('sleepsUntil', input);
      expect(output).toBeGreaterThanOrEqual(ms);
      expect(await hub.events(instanceId, 'TimerFired')).toHaveLength(1);
    });

    it('can be cancelled, but not once it has fired', async () => {
      const { output, instanceId } = await hub.run('cancelsTimers');
      const canceled = { name: 'TaskCanceledError', code: 'TaskCanceled', message: 'not needed' };
      expect(output).toEqual([true, false, true, true, canceled]);
      expect(await hub.events(instanceId, 'TaskCanceled')).toEqual([
        { type: 'TaskCanceled', taskId: 1, reason: 'not needed' },
      ]);
    });

    it('can be set with setTimeout, and cleared', async () => {
      const { output, instanceId } = await hub.run('usesSetTimeout');
      expect(output).toMatchObject({ said: 'rang' });
      expect((output as { after: number }).after).toBeGreaterThanOrEqual(20);
      expect(await hub.events(instanceId, 'TimerCreated')).toHaveLength(2);
    });
  });

  describe('waiting for an event', () => {
    it('is served in the order in which it was begun, whatever the case of its name', async () => {
      const id = await hub.start('waitsTwice');
      for (const data of ['the first', 'the second']) await hub.client.raiseEvent(id, 'item', data);
      expect(await hub.output(id)).toEqual(['the first', 'the second']);
    });

    it('ends with a TimeoutError when its time is over', async () => {
      expect((await hub.run('waitsInVain', {})).output).toBe('Timeout');
    });

    it.each([['something else'], [undefined]])('ends with its default, %j, when its time is over', async (value) => {
      expect((await hub.run('waitsInVain', { default: value })).output).toEqual([value]);
    });

    it('ends with the event if that comes in time', async () => {
      const id = await hub.start('waitsInVain', { default: 'too late' }, { startAt: 20 });
      await hub.client.raiseEvent(id, 'item', 'in time');
      expect(await hub.output(id)).toEqual(['in time']);
    });
  });

  describe('several tasks', () => {
    it('are awaited with all, any and allSettled', async () => {
      expect((await hub.run('joins')).output).toEqual([
        [],
        [],
        'fail failed: the first',
        false,
        [1, 2],
        'failing',
        'TaskFailedError: fail failed: the second',
        expect.stringMatching(/^TypeError: any\(\) of nothing/),
      ]);
    });

    it('each tell how they ended', async () => {
      expect((await hub.run('settles')).output).toEqual([2, 'fail failed: no', 'not needed']);
    });
  });
}
