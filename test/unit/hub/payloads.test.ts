/** Binary and large values lie apart. One that is lost concerns the instance that needs it, and nobody else. */
import { describe, expect, it } from 'vitest';
import type { TaskFailedError } from '../../../src/core';
import { SimulatedClient } from '../../support/simulated-client';
import type { Context } from '../../support/styles';
import { carried, crashAfterOneCommit } from './between-batches';

describe('a custom status', () => {
  it.each([
    ['with a Blob', () => ({ preview: new Blob(['abc']) }), 'abc'],
    ['of 40 kB', () => 'x'.repeat(40_000), 40_000],
  ])('%s is kept beside the payloads that come after it', async (_, status, expected) => {
    const client = await SimulatedClient.open({
      orchestrations: {
        flow: async (ctx: Context) => {
          ctx.setCustomStatus(status());
          await ctx.waitForExternalEvent('go');
          return ctx.callActivity('never', new Blob(['the input']));
        },
      },
      activities: { never: () => new Promise(() => {}) },
    });
    await client.startNew('flow', { instanceId: 'i' });
    const { sim } = client;
    const payloads = () => (sim.hub?.tail?.get('i')?.row ?? sim.database.instances.get('i'))?.payloads;
    const shown = async () => {
      const { customStatus } = await client.getStatus('i');
      return typeof customStatus === 'string'
        ? customStatus.length
        : await (customStatus as { preview: Blob }).preview.text();
    };
    expect([payloads(), await shown()]).toEqual([1, expected]);

    await client.restart();
    expect([payloads(), await shown()]).toEqual([1, expected]);
    await client.raiseEvent('i', 'go');
    await client.until('i', ({ waitsFor }) => waitsFor[0]?.kind === 'activity');
    expect([payloads(), await shown()]).toEqual([2, expected]);

    await client.checkpoint();
    await client.restart();
    await client.sim.quiet();
    expect([payloads(), await shown()]).toEqual([2, expected]);
  });
});

/** What a task failed with, as its orchestrator sees it. */
const failureOf = async (task: PromiseLike<unknown>) => {
  try {
    return await task;
  } catch (error) {
    const { name, cause } = error as TaskFailedError;
    return [name, (cause as Error).name];
  }
};
const missing = ['TaskFailedError', 'PayloadError'];

describe('a payload that is missing', () => {
  const child = async (ctx: Context) => new Blob([(await ctx.waitForExternalEvent('go')) as string]);
  const reader = async () => 'read';
  const orchestrations = {
    child,
    reader,
    activity: async (ctx: Context) => failureOf(ctx.callActivity('never', new Blob(['x']))),
    parent: async (ctx: Context) => failureOf(ctx.callSubOrchestrator(child, undefined, { instanceId: 'child' })),
    giver: async (ctx: Context) => {
      await ctx.waitForExternalEvent('go');
      return failureOf(ctx.callSubOrchestrator(reader as never, new Blob(['x']) as never));
    },
    again: async (ctx: Context, input?: Blob) => {
      if (input) return input;
      await ctx.waitForExternalEvent('go');
      return ctx.continueAsNew(new Blob(['x']));
    },
    bystander: async (ctx: Context) => await ctx.waitForExternalEvent('go'),
  };
  const open = async () => {
    const client = await SimulatedClient.open({ orchestrations, activities: { never: () => new Promise(() => {}) } });
    await client.startNew('bystander', { instanceId: 'bystander' });
    return client;
  };
  const reopenWithoutPayloads = async (client: SimulatedClient) => {
    expect(client.sim.database.payloads.size).toBeGreaterThan(0);
    client.sim.crash();
    client.sim.database.payloads.clear();
    await client.sim.open();
  };
  const expectOthersGoOn = async (client: SimulatedClient) => {
    await client.raiseEvent('bystander', 'go', 'on');
    expect((await client.end('bystander')).output).toBe('on');
  };

  it.each([
    ['a log', async () => {}],
    ['rows', (client: SimulatedClient) => client.checkpoint()],
  ])('from the input of an open activity fails that task, of %s', async (_, prepare) => {
    const client = await open();
    await client.startNew('activity', { instanceId: 'i' });
    await prepare(client);
    await reopenWithoutPayloads(client);
    expect((await client.sim.end('i')).output).toEqual(missing);
    await expectOthersGoOn(client);
  });

  it('from the input of one of several open activities fails that one only', async () => {
    const client = await SimulatedClient.open({
      orchestrations: {
        both: async (ctx: Context) =>
          ctx.all([failureOf(ctx.callActivity('size', new Blob(['x']))), failureOf(ctx.callActivity('size', 'plain'))]),
      },
      activities: { size: () => new Promise(() => {}) },
    });
    await client.startNew('both', { instanceId: 'i' });
    client.sim.options.activities = { size: () => 'ran' };
    await reopenWithoutPayloads(client);
    expect((await client.sim.end('i')).output).toEqual([missing, 'ran']);
  });

  it('hides no other instance from a list, and shows its own', async () => {
    const client = await open();
    await client.startNew('again', { instanceId: 'i', input: new Blob(['x']) });
    expect((await client.end('i')).runtimeStatus).toBe('Completed');
    await client.checkpoint();
    client.sim.database.payloads.clear();
    expect((await client.list()).map(({ instanceId, runtimeStatus }) => [instanceId, runtimeStatus]).sort()).toEqual([
      ['bystander', 'Running'],
      ['i', 'Completed'],
    ]);
    await expect(client.getStatus('i')).rejects.toThrow(/payload .* is missing/);
  });

  it("from a child's result on its way fails that task", async () => {
    const client = await open();
    await client.startNew('parent', { instanceId: 'i' });
    await client.waiting('child');
    await crashAfterOneCommit(client.sim, () => client.raiseEvent('child', 'go', 'x'));
    expect(carried(client.sim)).toEqual([{ kind: 'deliver', to: 'i', type: 'SubOrchestrationInstanceCompleted' }]);
    await reopenWithoutPayloads(client);
    expect((await client.sim.end('i')).output).toEqual(missing);
    await expectOthersGoOn(client);
    await client.restart();
    expect((await client.getStatus('i')).output).toEqual(missing);
  });

  it('from the input of a child on its way fails that task', async () => {
    const client = await open();
    await client.startNew('giver', { instanceId: 'i' });
    await client.waiting('i');
    await crashAfterOneCommit(client.sim, () => client.raiseEvent('i', 'go'));
    expect(carried(client.sim)).toMatchObject([{ kind: 'start', type: 'ExecutionStarted' }]);
    await reopenWithoutPayloads(client);
    expect((await client.sim.end('i')).output).toEqual(missing);
    await expectOthersGoOn(client);
  });

  it('from the input of its next execution fails the instance', async () => {
    const client = await open();
    await client.startNew('again', { instanceId: 'i' });
    await client.waiting('i');
    await crashAfterOneCommit(client.sim, () => client.raiseEvent('i', 'go'));
    expect(carried(client.sim)).toEqual([{ kind: 'start', to: 'i', type: 'ExecutionStarted' }]);
    await reopenWithoutPayloads(client);
    expect(await client.sim.end('i')).toMatchObject({ runtimeStatus: 'Failed', failure: { name: 'PayloadError' } });
    await expectOthersGoOn(client);
  });
});

describe('a hole in a stored history', () => {
  it.each([
    ['waits for an event', 'event'],
    ['runs an activity', 'activity'],
  ])('parks its instance, which %s, and nobody else', async (_, kind) => {
    const client = await SimulatedClient.open({
      orchestrations: {
        long: async (ctx: Context) => {
          for (let i = 0; i < 3; i++) await ctx.callActivity('length', 'x'.repeat(2_000));
          if (kind === 'activity') await ctx.callActivity('never');
          return ctx.waitForExternalEvent('go');
        },
      },
      activities: { length: (text: string) => text.length, never: () => new Promise(() => {}) },
    });
    for (const instanceId of ['i', 'j']) {
      await client.startNew('long', { instanceId });
      await client.until(instanceId, ({ waitsFor }) => waitsFor[0]?.kind === kind);
    }
    await client.checkpoint();
    client.sim.crash();
    const [first] = client.sim.database.history.keys();
    expect(first).toMatch(/\/i$/);
    client.sim.database.history.delete(first as string);
    await client.sim.open();

    await client.raiseEvent('i', 'go', 1);
    expect((await client.parked('i')).parked?.reason).toMatch(/^event 0 of \d+ is missing .* of instance 'i'/);
    await client.raiseEvent('j', 'go', 2);
    if (kind === 'activity') await client.terminate('j');
    expect(await client.end('j')).toMatchObject(
      kind === 'activity' ? { runtimeStatus: 'Terminated' } : { runtimeStatus: 'Completed', output: 2 },
    );
    await client.terminate('i');
    expect((await client.end('i')).runtimeStatus).toBe('Terminated');
    expect(client.sim.troubles).toEqual([]);
  });
});
