/** Terminate, purge, and ids that are used again. */
import { describe, expect, it } from 'vitest';
import { InstanceNotFoundError } from '../../../src/core';
import { SimulatedClient } from '../../support/simulated-client';
import { type Context, styles } from '../../support/styles';

const activities = { forever: () => new Promise<void>(() => {}), echo: (value: unknown) => value };

describe.each(styles)('an instance that is terminated, in %s', (_, write) => {
  it('ends where it stands, with the reason, and no finally runs', async () => {
    let ranFinally = false;
    const client = await SimulatedClient.open({
      orchestrations: {
        lasting: write(function* (ctx) {
          try {
            yield* ctx.waitForExternalEvent('never');
          } finally {
            ranFinally = true;
          }
        }),
      },
    });
    await client.startNew('lasting', { instanceId: 'i', input: 'kept' });
    await client.terminate('i', 'not needed');
    expect(await client.end('i')).toMatchObject({
      runtimeStatus: 'Terminated',
      reason: 'not needed',
      input: 'kept',
      waitsFor: [],
    });
    expect(ranFinally).toBe(false);
    expect((await client.historyTypes('i')).at(-1)).toBe('ExecutionTerminated');
  });

  it('has its activities aborted and its timers given up', async () => {
    const client = await SimulatedClient.open({
      orchestrations: {
        lasting: write(function* (ctx) {
          yield* ctx.all([ctx.callActivity('forever'), ctx.callActivity('forever'), ctx.createTimer('1m')]);
        }),
      },
      activities,
    });
    await client.startNew('lasting', { instanceId: 'i' });
    await client.waiting('i');
    await client.terminate('i');
    expect(client.sim.pool?.canceled).toHaveLength(2);
    client.sim.clock.pass(120_000);
    await client.sim.quiet();
    const status = await client.end('i');
    expect(status.runtimeStatus).toBe('Terminated');
    expect(status).not.toHaveProperty('reason');
    expect(await client.historyTypes('i')).not.toContain('TimerFired');
  });

  it('fails its parent, while its own children go on', async () => {
    const grandchild = write(function* (ctx) {
      return yield* ctx.waitForExternalEvent('end');
    });
    const child = write(function* (ctx) {
      yield* ctx.callSubOrchestrator(grandchild, undefined, { instanceId: 'grandchild' });
    });
    const client = await SimulatedClient.open({
      orchestrations: {
        grandchild,
        child,
        parent: write(function* (ctx) {
          yield* ctx.callSubOrchestrator(child, undefined, { instanceId: 'child' });
        }),
      },
    });
    await client.startNew('parent', { instanceId: 'parent' });
    await client.waiting('grandchild');
    await client.terminate('child', 'enough');
    expect((await client.end('parent')).failure).toMatchObject({
      code: 'TaskFailed',
      message: 'child failed: enough',
      cause: { code: 'InstanceTerminated', message: 'enough' },
    });
    expect((await client.getStatus('grandchild')).runtimeStatus).toBe('Running');
    await client.raiseEvent('grandchild', 'end', 'well');
    expect((await client.end('grandchild')).output).toBe('well');
  });

  it('stays terminated over a restart, and its activities do not run again', async () => {
    let runs = 0;
    const client = await SimulatedClient.open({
      orchestrations: {
        lasting: write(function* (ctx) {
          yield* ctx.callActivity('count');
        }),
      },
      activities: {
        count: () => {
          runs++;
          return activities.forever();
        },
      },
    });
    await client.startNew('lasting', { instanceId: 'i' });
    await client.until('i', () => runs === 1);
    await client.terminate('i');
    await client.restart();
    await client.sim.quiet();
    expect(runs).toBe(1);
    expect((await client.end('i')).runtimeStatus).toBe('Terminated');
  });
});

describe('an instance that has ended', () => {
  const open = () =>
    SimulatedClient.open({
      orchestrations: {
        async add(ctx: Context, n: number): Promise<unknown> {
          return [n, await ctx.waitForExternalEvent('n'), await ctx.callActivity('echo', 'x'.repeat(40_000))];
        },
      },
      activities,
    });
  const runOnce = async (client: SimulatedClient, n: number) => {
    await client.startNew('add', { instanceId: 'i', input: n });
    await client.raiseEvent('i', 'n', n + 1);
    return ((await client.end('i')).output as unknown[]).slice(0, 2);
  };

  it('is gone once it was purged, with all that was stored of it', async () => {
    const client = await open();
    await runOnce(client, 1);
    await client.purge('i');
    await expect(client.getStatus('i')).rejects.toThrow(InstanceNotFoundError);
    expect(await client.list()).toEqual([]);
    await client.checkpoint();
    await client.restart();
    await expect(client.getStatus('i')).rejects.toThrow("there is no instance 'i'");
    const { instances, history, payloads } = client.sim.database;
    expect([instances.size, history.size, payloads.size]).toEqual([0, 0, 0]);
  });

  it('leaves its id to the next one, purged or not, checkpointed or not', async () => {
    const client = await open();
    for (let n = 0; n < 12; n++) {
      expect(await runOnce(client, n)).toEqual([n, n + 1]);
      if (n % 2 === 0) await client.purge('i');
      if (n % 3 === 0) await client.checkpoint();
      if (n % 4 === 0) await client.restart();
    }
    await client.checkpoint();
    expect(await client.list()).toHaveLength(1);
    // Records of executions that are gone have gone with them.
    expect(client.sim.database.payloads.size).toBe(1);
  });

  it('leaves nothing to the next one: no custom status, no events, no error', async () => {
    const client = await SimulatedClient.open({
      orchestrations: {
        async first(ctx: Context) {
          ctx.setCustomStatus('first');
          await ctx.waitForExternalEvent('go');
          throw new Error('first');
        },
        async second(ctx: Context) {
          return await ctx.waitForExternalEvent('kept', { timeout: '1m', default: 'nothing was kept' });
        },
      },
    });
    await client.startNew('first', { instanceId: 'i', input: 1 });
    await client.raiseEvent('i', 'kept');
    await client.raiseEvent('i', 'go');
    expect((await client.end('i')).failure?.message).toBe('first');
    await client.startNew('second', { instanceId: 'i' });
    const status = await client.end('i');
    expect(status).toMatchObject({ name: 'second', output: 'nothing was kept' });
    for (const gone of ['input', 'failure', 'customStatus']) expect(status).not.toHaveProperty(gone);
  });

  it('is not touched by a result that comes late', async () => {
    const finish: (() => void)[] = [];
    const client = await SimulatedClient.open({
      orchestrations: {
        async waits(ctx: Context, n: number) {
          return [n, await ctx.callActivity('slow', n)];
        },
      },
      activities: { slow: (n: number) => new Promise((resolve) => finish.push(() => resolve(n))) },
    });
    await client.startNew('waits', { instanceId: 'i', input: 1 });
    await client.until('i', () => finish.length === 1);
    await client.terminate('i');
    await client.startNew('waits', { instanceId: 'i', input: 2 });
    await client.until('i', () => finish.length === 2);
    for (const each of finish) each();
    expect((await client.end('i')).output).toEqual([2, 2]);
  });
});
