/** The orchestration context, member by member, but for calls that are tried again, other orchestrations and scopes. */
import { describe, expect, it } from 'vitest';
import { deterministicGuid } from '../../src/core/guid';
import { given, type OpenHub, type Style } from './hub';

export function contextContract(open: OpenHub, style: Style): void {
  const hub = given(open, style);

  describe('what an orchestrator knows', () => {
    it('are its id, version, tags, parent and input', async () => {
      const { output, instanceId } = await hub.run('tells', { a: 1 }, { tags: { order: '7' } });
      expect(output).toEqual({
        instanceId,
        parent: undefined,
        version: '2',
        tags: { order: '7' },
        input: { a: 1 },
        getInput: { a: 1 },
      });
    });

    it('is its own copy of every value, whatever it does to it', async () => {
      const { input, output } = await hub.run('mutates', { list: [1] });
      expect(output).toEqual([{ list: [1] }, { list: [1, 2] }, { list: [1, 2, 3] }]);
      expect(input).toEqual({ list: [1] });
    });

    it('is whether it replays', async () => {
      const id = await hub.start('replays');
      const { customStatus } = await hub.waiting(id);
      expect(customStatus).toEqual({ isReplaying: false });
      await hub.reload();
      await hub.client.raiseEvent(id, 'go');
      expect(await hub.output(id)).toEqual([true, false]);
    });

    it('is the time of the turn', async () => {
      const { output, createdTime, instanceId } = await hub.run('tellsTime');
      const [first, again, later] = output as Date[];
      expect(again).toEqual(first);
      expect(later!.getTime() - first!.getTime()).toBeGreaterThanOrEqual(20);
      expect(first!.getTime()).toBeGreaterThanOrEqual(createdTime.getTime());
      const turns = await hub.events(instanceId, 'OrchestratorStarted');
      expect(turns.map(({ at }) => at)).toEqual([first!.getTime(), later!.getTime()]);
    });
  });

  describe('what an orchestrator draws', () => {
    it('are GUIDs as Durable Functions draws them, and numbers, the same again on replay', async () => {
      const id = await hub.start('draws');
      await hub.waitingFor(id, 'go');
      await hub.reload();
      await hub.client.raiseEvent(id, 'go');
      const drawn = (await hub.output(id)) as [string, string, number, number][];
      const [first, , last] = await hub.events(id, 'OrchestratorStarted');
      const guids = drawn.flatMap((each) => each.slice(0, 2));
      const at = [first!.at, first!.at, last!.at, last!.at];
      expect(guids).toEqual(at.map((ms, counter) => deterministicGuid(id, ms, counter)));
      const numbers = drawn.flatMap((each) => each.slice(2)) as number[];
      expect(new Set(numbers).size).toBe(4);
      for (const number of numbers) expect(number >= 0 && number < 1).toBe(true);
    });

    it('differs from instance to instance', async () => {
      const ids = [await hub.start('draws'), await hub.start('draws')];
      for (const id of ids) await hub.client.raiseEvent(id, 'go');
      const drawn = (await Promise.all(ids.map((id) => hub.output(id)))) as unknown[][][];
      expect(new Set(drawn.flat(2)).size).toBe(16);
    });
  });

  describe('an activity', () => {
    it('is called with an input and gives a result', async () => {
      expect((await hub.run('chain', 10)).output).toBe(10);
    });

    it('may be one of many that run at the same time', async () => {
      expect((await hub.run('fanOut', 100)).output).toEqual(Array.from({ length: 100 }, (_, n) => n + 1));
    });

    it('is called by its name as a method too, and knows its call', async () => {
      const { output, instanceId } = await hub.run('introduces');
      const known = output as { taskId: number; idempotencyKey: string }[];
      expect(known.map(({ taskId }) => taskId)).toEqual([0, 1, 2]);
      for (const each of known) expect(each).toMatchObject({ instanceId, attempt: 1, isAborted: false });
      expect(new Set(known.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(3);
    });

    it('is called whether it is awaited or not', async () => {
      const id = await hub.start('leavesAlone');
      await hub.until(id, ({ waitsFor }) => waitsFor.length === 1 && waitsFor[0]?.kind === 'event');
      await hub.client.raiseEvent(id, 'go');
      await hub.client.waitForCompletion(id);
      expect(await hub.events(id, 'TaskCompleted')).toMatchObject([{ result: 'nobody awaits it' }]);
    });

    it('that throws gives a TaskFailedError, with all that is known of it', async () => {
      expect((await hub.run('catches')).output).toEqual({
        name: 'TaskFailedError',
        code: 'TaskFailed',
        taskName: 'fail',
        taskId: 0,
        cause: { name: 'RangeError', message: 'oh no', code: 'E_TEST' },
      });
    });

    it('that nobody knows fails, with a suggestion', async () => {
      const id = await hub.start('callsUnknown');
      expect(await hub.failure(id)).toMatchObject({
        failure: { cause: { code: 'UnknownActivity', message: expect.stringContaining("did you mean 'increment'?") } },
      });
    });
  });

  describe('the custom status', () => {
    it('is shown once its turn is committed, until another takes its place', async () => {
      const id = await hub.start('shows');
      expect((await hub.waiting(id)).customStatus).toEqual({ progress: 1 });
      await hub.client.raiseEvent(id, 'go');
      await hub.until(id, ({ customStatus }) => customStatus === 'nearly');
      await hub.client.raiseEvent(id, 'go');
      const { output, customStatus } = await hub.client.waitForCompletion(id);
      expect(output).toEqual([undefined, { progress: 1 }]);
      expect(customStatus).toBe('nearly');
    });
  });

  describe('continueAsNew', () => {
    const begin = async (options?: object) => {
      const id = await hub.start('goesOn', { n: 0, options }, { tags: { order: '7' } });
      await hub.waitingFor(id, 'next');
      return id;
    };

    it('begins anew with another input, and keeps id, tags and creation time', async () => {
      const id = await begin();
      const { createdTime, customStatus } = await hub.client.getStatus(id);
      expect(customStatus).toBe('the first round');
      await hub.client.raiseEvent(id, 'next');
      const status = await hub.client.waitForCompletion(id);
      expect(status).toMatchObject({ instanceId: id, input: { n: 1 }, tags: { order: '7' }, createdTime });
      expect(status.output).toMatchObject({ round: { n: 1 }, tags: { order: '7' }, version: '2', item: 'none' });
      expect(status).not.toHaveProperty('customStatus');
    });

    it('gives up what was open, with the history', async () => {
      const id = await begin();
      expect((await hub.client.getStatus(id)).waitsFor).toHaveLength(3);
      await hub.client.raiseEvent(id, 'next');
      const { waitsFor } = await hub.until(id, ({ input }) => (input as { n: number }).n === 1);
      for (const wait of waitsFor) expect(wait).not.toMatchObject({ kind: 'activity' });
      await hub.client.waitForCompletion(id);
      expect(await hub.events(id, 'ExecutionStarted')).toHaveLength(1);
      expect(await hub.events(id, 'TaskScheduled')).toEqual([]);
    });

    it('keeps the events that nobody has consumed', async () => {
      const id = await begin();
      await hub.client.raiseEvent(id, 'item', 'kept');
      await hub.client.raiseEvent(id, 'next');
      expect(await hub.output(id)).toMatchObject({ item: 'kept' });
    });

    it('drops them if it is told to', async () => {
      const id = await begin({ keepEvents: false });
      await hub.client.raiseEvent(id, 'item', 'dropped');
      await hub.client.raiseEvent(id, 'next');
      expect(await hub.output(id)).toMatchObject({ item: 'none' });
    });

    it('takes up another version if it is told to', async () => {
      const id = await hub.start('upgrades', 1, { version: '1' });
      await hub.client.raiseEvent(id, 'go');
      await hub.client.raiseEvent(id, 'go', 'done');
      expect(await hub.client.waitForCompletion(id)).toMatchObject({ version: '2', output: [2, '2', 'done'] });
    });

    it('may go on as often as it likes, and still be a child', async () => {
      expect((await hub.run('countsDown', 100)).output).toBe(0);
      expect((await hub.run('waitsForOneThatGoesOn')).output).toBe(0);
    });

    it('loses no event on its way', async () => {
      const id = await hub.start('collects', []);
      const names = Array.from({ length: 20 }, (_, i) => `name ${i}`);
      await Promise.all([...names, 'done'].map((name) => hub.client.raiseEvent(id, 'AddName', name)));
      expect(await hub.client.waitForCompletion(id)).toMatchObject({ output: names, customStatus: { names } });
    });
  });

  describe('values', () => {
    it('of every kind go through input, activity, event and output', async () => {
      const shared = { n: 1 };
      const value = {
        list: [1, 'two', null, undefined, 3n, Number.NaN],
        at: new Date(5),
        map: new Map<unknown, unknown>([['k', new Set([1])]]),
        bytes: new Uint8Array([1, 2, 3]),
        pattern: /a+/gi,
        error: new RangeError('no'),
        twice: [shared, shared],
        circle: {} as Record<string, unknown>,
      };
      value.circle.self = value.circle;
      const id = await hub.start('echoes', value);
      await hub.client.raiseEvent(id, 'echo', value);
      const { input, output } = await hub.client.waitForCompletion(id);
      for (const each of [input, ...(output as unknown[])]) expect(each).toEqual(value);
      expect(output).toHaveLength(3);
    });

    it('may be large, or Blobs', async () => {
      const large = { text: 'x'.repeat(200_000), bytes: new Uint8Array(100_000).fill(7) };
      const id = await hub.start('echoes', large);
      await hub.client.raiseEvent(id, 'echo', large);
      expect(await hub.output(id)).toEqual([large, large, large]);
      expect((await hub.run('reads', new Blob(['héllo']))).output).toEqual(['héllo', 'héllo']);
    });

    it('that make no sense are refused where the call stands', async () => {
      const said = (await hub.run('refused')).output as string[];
      const expected = [
        /^PayloadError: the input of activity 'echo'.*function/,
        /^PayloadError: the input of activity 'echo'.*await it first/,
        /^TypeError: -1 is no duration/,
        /^TypeError: createTimer was given an invalid date/,
        /^InvalidNameError: an event name must not be empty/,
        /^InvalidNameError: an instance id must not be empty/,
        /^PayloadError: the custom status, at at\.symbol, is a symbol/,
        /^PayloadError: the input of continueAsNew/,
        /^InvalidNameError: a patch id must not be empty/,
        /^UnknownOrchestrationError: /,
      ];
      for (const [i, each] of expected.entries()) expect(said[i]).toMatch(each);
      expect(said).toHaveLength(expected.length);
    });
  });
}
