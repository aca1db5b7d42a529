/** Calls that are tried again, other orchestrations, events between instances, and what is given up. */
import { describe, expect, it } from 'vitest';
import type { RetryInput } from './functions/calls';
import { expectRefused, type Given, gather, given, listener, type OpenHub, type Style } from './hub';

export function callsContract(open: OpenHub, style: Style): void {
  const hub = given(open, style);

  describe('an activity that is tried again', () => {
    const retry = { maxAttempts: 10, firstRetryInterval: 10 };
    const run = (input: Partial<RetryInput>) =>
      hub.run('retries', { retry, attempt: Number.POSITIVE_INFINITY, ...input });

    it('gives the result of the attempt that succeeds, and each is recorded', async () => {
      const { output, instanceId } = await run({ attempt: 3 });
      expect(output).toBe(3);
      expect(await hub.events(instanceId, 'TaskScheduled')).toEqual([
        { type: 'TaskScheduled', taskId: 0, name: 'failBefore', input: 3 },
        { type: 'TaskScheduled', taskId: 2, name: 'failBefore', input: 3, attempt: 2, retryOf: 0 },
        { type: 'TaskScheduled', taskId: 4, name: 'failBefore', input: 3, attempt: 3, retryOf: 0 },
      ]);
      expect(await delaysOf(hub, instanceId)).toEqual([10, 10]);
    });

    it('is tried maxAttempts times, and fails with the last failure', async () => {
      const { output, instanceId } = await run({ retry: { ...retry, maxAttempts: 3 } });
      expect(output).toEqual({ code: 'TaskFailed', taskId: 0, message: 'failBefore failed: attempt 3' });
      expect(await hub.events(instanceId, 'TaskScheduled')).toHaveLength(3);
    });

    it('waits longer each time with a backoffCoefficient', async () => {
      const { instanceId } = await run({ retry: { ...retry, backoffCoefficient: 2 }, attempt: 4 });
      expect(await delaysOf(hub, instanceId)).toEqual([10, 20, 40]);
    });

    it('waits no longer than maxRetryInterval', async () => {
      const { instanceId } = await run({
        retry: { ...retry, backoffCoefficient: 2, maxRetryInterval: '15ms' },
        attempt: 4,
      });
      expect(await delaysOf(hub, instanceId)).toEqual([10, 15, 15]);
    });

    it('is not tried any more after retryTimeout', async () => {
      const { output, instanceId } = await run({
        retry: { ...retry, backoffCoefficient: 1_000_000, retryTimeout: '1h' },
      });
      expect(output).toMatchObject({ message: 'failBefore failed: attempt 2' });
      expect(await delaysOf(hub, instanceId)).toEqual([10]);
    });

    it('leaves a share of each delay to chance with jitter', async () => {
      const { instanceId } = await run({ retry: { ...retry, firstRetryInterval: 40, jitter: 0.5 }, attempt: 4 });
      const delays = await delaysOf(hub, instanceId);
      expect(delays).toHaveLength(3);
      for (const delay of delays) expect(delay >= 20 && delay <= 40).toBe(true);
      expect(new Set(delays).size).toBeGreaterThan(1);
    });

    it('is tried again only if retryIf says so', async () => {
      expect((await run({ attempt: 2, onlyCode: 'E_TEST' })).output).toBe(2);
      const { output, instanceId } = await run({ attempt: 2, onlyCode: 'E_OTHER' });
      expect(output).toMatchObject({ message: 'failBefore failed: attempt 1' });
      expect(await hub.events(instanceId, 'TaskScheduled')).toHaveLength(1);
    });

    it('goes on with its attempts after a reload', async () => {
      const input: RetryInput = { retry: { ...retry, firstRetryInterval: 50, jitter: 0.9 }, attempt: 3 };
      const id = await hub.start('retries', input);
      await hub.happened(id, 'TaskFailed');
      await hub.reload();
      expect(await hub.output(id)).toBe(3);
      expect((await hub.events(id, 'TaskScheduled')).map(({ attempt }) => attempt)).toEqual([undefined, 2, 3]);
    });

    it('has one idempotency key for all attempts of a call, and another for each call', async () => {
      const { output, instanceId } = await hub.run('comparesKeys');
      const failed = await hub.events(instanceId, 'TaskFailed');
      expect(failed.map(({ failure }) => failure.message)).toEqual(output);
      expect(new Set(output as string[]).size).toBe(2);
    });

    it.each([
      { maxAttempts: 0 },
      { firstRetryInterval: 'soon' },
      { backoffCoefficient: 0.5 },
      { maxRetryInterval: -1 },
      { retryTimeout: 'never' },
      { jitter: 2 },
    ])('refuses %j', async (wrong) => {
      const { output } = await run({ retry: { ...retry, ...(wrong as object) } });
      expect(output).toMatchObject({ message: expect.stringContaining(`retry.${Object.keys(wrong)[0]}`) });
    });
  });

  describe('a sub-orchestration', () => {
    it('gives its result, or a TaskFailedError with all that is known of its failure', async () => {
      expect((await hub.run('nests', 1)).output).toEqual([
        [2, 3],
        {
          code: 'TaskFailed',
          message: `${hub.name('failingChild')} failed: no pens`,
          taskName: hub.name('failingChild'),
          cause: { name: 'RangeError', message: 'no pens', code: 'E_STOCK' },
        },
      ]);
    });

    it('knows its parent, has an id that begins with that of its parent, and its own tags', async () => {
      const options = { tags: { part: 'one' } };
      const { output, instanceId } = await hub.run(
        'starts',
        { name: 'tells', input: 5, options },
        { tags: { order: '7' } },
      );
      expect(output).toMatchObject({
        parent: { instanceId, name: hub.name('starts') },
        tags: { part: 'one' },
        input: 5,
      });
      const [child] = await gather(hub.client.listInstances({ parent: instanceId }));
      expect(child?.instanceId.startsWith(`${instanceId}:`)).toBe(true);
      expect(child?.tags).toEqual({ part: 'one' });
    });

    it('takes an id of its own', async () => {
      const options = { instanceId: `a child, ${style}` };
      expect((await hub.run('starts', { name: 'tells', options })).output).toMatchObject(options);
    });

    it('may not have the id of its parent, nor one that is in use', async () => {
      expect(await hub.failure(await hub.start('takesOwnId'))).toMatchObject({
        failure: { message: expect.stringContaining("cannot have its parent's id") },
      });
      const instanceId = await hub.start('waits');
      const id = await hub.start('starts', { name: 'tells', options: { instanceId } });
      expect(await hub.failure(id)).toMatchObject({ failure: { cause: { code: 'InstanceExists' } } });
    });

    it("is of the version in which its function is registered, or of its parent's if that is one of several", async () => {
      for (const [version, words] of [
        ['1', 'the first version'],
        ['2', 'the second version'],
      ]) {
        const id = await hub.start('startsVersioned', undefined, { version: version! });
        const name = hub.name('versioned');
        await hub.until(id, ({ waitsFor }) => waitsFor.some((wait) => 'name' in wait && wait.name === name));
        const [child] = await gather(hub.client.listInstances({ parent: id, name }));
        await hub.client.raiseEvent(child!.instanceId, 'go');
        expect(await hub.output(id)).toEqual([version, [words, version, undefined]]);
      }
    });

    it('that is terminated fails its call', async () => {
      const child = `lost, ${style}`;
      const id = await hub.start('losesChild', child);
      await hub.waiting(child);
      await hub.client.terminate(child, 'not needed');
      expect(await hub.output(id)).toEqual({
        code: 'TaskFailed',
        message: `${hub.name('waits')} failed: not needed`,
        cause: 'InstanceTerminated',
      });
    });

    it('that is detached gives its id at once, and goes on after its parent', async () => {
      const { output, instanceId } = await hub.run('starts', { name: 'waits', options: { detached: true } });
      const child = output as string;
      expect(await hub.waiting(child)).toMatchObject({ runtimeStatus: 'Running', parent: { instanceId } });
      await hub.client.raiseEvent(child, 'go', 'alone');
      expect(await hub.output(child)).toBe('alone');
    });

    it('that is tried again is a new instance each time', async () => {
      const { output, instanceId } = await hub.run('retriesChild', {
        retry: { maxAttempts: 3, firstRetryInterval: 5 },
      });
      expect(output).toMatchObject({ code: 'TaskFailed', taskId: 0, message: expect.stringContaining('no pens') });
      const children = await gather(hub.client.listInstances({ parent: instanceId }));
      expect(children.map(({ runtimeStatus }) => runtimeStatus)).toEqual(['Failed', 'Failed', 'Failed']);
      expect(await delaysOf(hub, instanceId)).toEqual([5, 5]);
    });

    it('that is tried again under an id of its own takes its own place', async () => {
      const options = { instanceId: `tried, ${style}`, retry: { maxAttempts: 3, firstRetryInterval: 5 } };
      const { instanceId } = await hub.run('retriesChild', options);
      const created = await hub.events(instanceId, 'SubOrchestrationInstanceCreated');
      expect(created.map((each) => each.instanceId)).toEqual(Array(3).fill(options.instanceId));
      expect(await hub.client.countInstances({ parent: instanceId })).toBe(1);
    });
  });

  describe('sendEvent', () => {
    it('raises events for another instance, once and in order', async () => {
      const to = await hub.start('takes', 3);
      await hub.run('sends', { to, items: ['a', 'b', { c: new Date(5) }] });
      expect(await hub.output(to)).toEqual(['a', 'b', { c: new Date(5) }]);
    });

    it('to nobody, or to one that has ended, is no failure', async () => {
      const ended = await hub.start('chain', 1);
      await hub.client.waitForCompletion(ended);
      for (const to of ['nobody', ended]) {
        expect((await hub.run('sends', { to, items: [1] })).runtimeStatus).toBe('Completed');
      }
      await expectRefused('InstanceNotFound', hub.client.getStatus('nobody'));
    });
  });

  describe('cancel', () => {
    it('gives up the loser of a race: who waits gets a TaskCanceledError, and the activity hears it', async () => {
      const { channel, listening, heard } = listener();
      const id = await hub.start('givesUp', channel);
      await listening;
      await hub.client.raiseEvent(id, 'go');
      expect(await hub.output(id)).toEqual(['go', 'TaskCanceled', 'too slow']);
      expect(await heard).toBe('TaskCanceledError: too slow');
      expect(await hub.events(id, 'TaskCanceled')).toEqual([{ type: 'TaskCanceled', taskId: 0, reason: 'too slow' }]);
    });
  });
}

/** How long after each failure the next attempt was due. */
async function delaysOf(hub: Given, id: string): Promise<number[]> {
  const delays: number[] = [];
  let at = 0;
  for (const event of await hub.history(id)) {
    if (event.type === 'OrchestratorStarted') at = event.at;
    else if (event.type === 'TimerCreated') delays.push(event.fireAt - at);
  }
  return delays;
}
