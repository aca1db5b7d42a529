/** What orchestrations do, whatever hub runs them: a simulated one, or the real one behind a page's client. */
import { describe, expect, it } from 'vitest';
import type { InstanceFailedError, InstanceTerminatedError } from '../../src/core';
import type { StatusRecord, StatusRequest } from '../../src/protocol';

/** The client's calls, as far as every hub has them. */
export interface OrchestrationClient {
  startNew(name: string, options?: { instanceId?: string; input?: unknown }): Promise<string>;
  raiseEvent(id: string, name: string, data?: unknown): Promise<void>;
  terminate(id: string, reason?: string): Promise<void>;
  purge(id: string): Promise<unknown>;
  getStatus(id: string, request?: StatusRequest): Promise<StatusRecord>;
  waitForCompletion(id: string): Promise<StatusRecord>;
}

const styles = [
  ['a generator', ''],
  ['an async function', 'Async'],
];

/** @param until gives an instance's status as soon as it looks like this */
export function orchestrationContract(
  client: () => OrchestrationClient,
  until: (id: string, look: (status: StatusRecord) => boolean) => Promise<StatusRecord>,
): void {
  let ids = 0;
  const newId = () => `contract-${ids++}`;
  const failureOf = (id: string): Promise<unknown> =>
    client()
      .waitForCompletion(id)
      .then(
        () => undefined,
        (error: unknown) => error,
      );

  describe.each(styles)('an orchestration, as %s,', (_, style) => {
    const start = (name: string, input?: unknown) =>
      client().startNew(`${name}${style}`, { input, instanceId: newId() });
    const run = async (name: string, input?: unknown) => client().waitForCompletion(await start(name, input));

    it('chains activities', async () => {
      const status = await run('chain', 10);
      expect(status).toMatchObject({ name: `chain${style}`, runtimeStatus: 'Completed', input: 10, output: 10 });
      expect(status.lastUpdatedTime.getTime()).toBeGreaterThanOrEqual(status.createdTime.getTime());
    });

    it('fans out and in, in order', async () => {
      expect((await run('fanOut', 100)).output).toEqual(Array.from({ length: 100 }, (__, i) => i + 1));
    });

    it('catches what an activity throws, with name, message, code and cause', async () => {
      expect((await run('catches')).output).toEqual({
        name: 'TaskFailedError',
        code: 'TaskFailed',
        cause: { name: 'RangeError', message: 'oh no', code: 'E_TEST' },
      });
    });

    it('fails with what it does not catch', async () => {
      const error = (await failureOf(await start('fails'))) as InstanceFailedError;
      expect(error).toMatchObject({ name: 'InstanceFailedError', code: 'InstanceFailed' });
      expect(error.failure).toMatchObject({
        code: 'TaskFailed',
        cause: { name: 'RangeError', message: 'oh no', code: 'E_TEST', cause: { name: 'TypeError' } },
      });
    });

    it('calls others, and is told how they ended', async () => {
      const id = await start('nests', 1);
      const [results, failure, who] = (await client().waitForCompletion(id)).output as unknown[];
      expect(results).toEqual([2, 3]);
      expect(failure).toBe('failingChild failed: no pens');
      expect(who).toEqual({ instanceId: `${id}/who`, parent: { instanceId: id, name: `nests${style}` } });
      expect(await client().getStatus(`${id}/who`)).toMatchObject({ name: 'whoAmI', parent: { instanceId: id } });
    });

    it('collects events over continueAsNew, in order', async () => {
      const id = await start('collects', []);
      const names = Array.from({ length: 20 }, (__, i) => `name ${i}`);
      await Promise.all([...names, 'done'].map((name) => client().raiseEvent(id, 'AddName', name)));
      const { output, customStatus } = await client().waitForCompletion(id);
      expect(output).toEqual(names);
      expect(customStatus).toEqual({ names });
    });

    it('waits for an event or a deadline, and says what it waits for', async () => {
      const id = await start('approval');
      const { waitsFor } = await until(id, (status) => status.waitsFor.length > 0);
      expect(waitsFor).toEqual([
        { kind: 'timer', taskId: 0, fireAt: expect.any(Date) },
        { kind: 'event', name: 'decision' },
      ]);
      await client().raiseEvent(id, 'decision', true);
      expect(await client().waitForCompletion(id)).toMatchObject({ output: ['decision', true, 'none'], waitsFor: [] });
    });

    it('learns how each of several tasks ended', async () => {
      expect((await run('settles')).output).toEqual([2, 'fail failed: no', 'not needed']);
    });

    it('sleeps, never too short', async () => {
      expect((await run('sleeps', 30)).output).toBeGreaterThanOrEqual(30);
      expect((await run('sleeps', 0)).output).toBeGreaterThanOrEqual(0);
    });

    it('carries values of every kind through input, activity, event and output', async () => {
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
      const id = await start('echoes', value);
      await client().raiseEvent(id, 'echo', value);
      const { input, output } = await client().waitForCompletion(id);
      for (const each of [input, ...(output as unknown[])]) expect(each).toEqual(value);
      expect(output).toHaveLength(3);
    });

    it('carries large values, and Blobs', async () => {
      const large = { text: 'x'.repeat(200_000), bytes: new Uint8Array(100_000).fill(7) };
      const id = await start('echoes', large);
      await client().raiseEvent(id, 'echo', large);
      expect((await client().waitForCompletion(id)).output).toEqual([large, large, large]);
      expect((await run('reads', new Blob(['héllo']))).output).toEqual(['héllo', 'héllo']);
    });

    it('can be terminated, with a reason', async () => {
      const id = await start('lasts');
      await until(id, (status) => status.waitsFor.length > 0);
      await client().terminate(id, 'not needed');
      const error = (await failureOf(id)) as InstanceTerminatedError;
      expect(error).toMatchObject({ code: 'InstanceTerminated', reason: 'not needed', instanceId: id });
      expect(await client().getStatus(id)).toMatchObject({ runtimeStatus: 'Terminated', waitsFor: [] });
    });

    it('draws GUIDs that differ', async () => {
      const drawn = [...((await run('guids')).output as string[]), ...((await run('guids')).output as string[])];
      expect(new Set(drawn).size).toBe(4);
    });

    it('leaves its id to the next one, purged or not', async () => {
      const id = await start('chain', 1);
      await client().waitForCompletion(id);
      await client().startNew(`chain${style}`, { instanceId: id, input: 2 });
      expect((await client().waitForCompletion(id)).output).toBe(2);
      await client().purge(id);
      await expect(client().getStatus(id)).rejects.toMatchObject({ code: 'InstanceNotFound' });
      await client().startNew(`chain${style}`, { instanceId: id, input: 3 });
      expect((await client().waitForCompletion(id)).output).toBe(3);
    });

    it('shows its history where it is asked for', async () => {
      const id = await start('chain', 1);
      await client().waitForCompletion(id);
      const { history } = await client().getStatus(id, { showHistory: true });
      expect(history?.map((event) => event.type)).toEqual([
        'OrchestratorStarted',
        'ExecutionStarted',
        'TaskScheduled',
        'OrchestratorCompleted',
        'OrchestratorStarted',
        'TaskCompleted',
        'ExecutionCompleted',
        'OrchestratorCompleted',
      ]);
      const bare = await client().getStatus(id, { showInput: false, showOutput: false });
      for (const hidden of ['history', 'input', 'output']) expect(bare).not.toHaveProperty(hidden);
    });
  });
}
