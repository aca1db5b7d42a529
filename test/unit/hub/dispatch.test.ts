/** What leaves the hub leaves it once, and nobody waits for what is over. */
import { describe, expect, it } from 'vitest';
import type { ReadRequest } from '../../../worker/store/store';
import { SimulatedClient } from '../../support/simulated-client';
import type { Context } from '../../support/styles';

const minute = 60_000;
const never = () => new Promise(() => {});

describe('activities', () => {
  it('are not run again by the look for what is due next, while they run', async () => {
    const runs: string[] = [];
    let isStuck = false;
    const client = await SimulatedClient.open({
      orchestrations: {
        flow: async (ctx: Context) => {
          ctx.createTimer('70m');
          await ctx.waitForExternalEvent('go');
          return ctx.callActivity('work');
        },
      },
      activities: {
        work: (_: never, { key }) => {
          runs.push(key);
          return never();
        },
      },
      // Its row goes on saying that the timer is due next.
      faults: (operation) => (isStuck && operation === 'save' ? 'fail-before' : 'ok'),
    });
    await client.startNew('flow', { instanceId: 'i' });
    await client.checkpoint();
    await client.restart();
    isStuck = true;
    await client.raiseEvent('i', 'go');
    await client.sim.quiet();
    expect(runs).toHaveLength(1);
    let looked = false;
    const store = client.sim.store!;
    const read = store.read.bind(store);
    store.read = async (request) => {
      const found = await read(request);
      looked ||= found.due.some(({ id }) => id === 'i');
      return found;
    };
    client.sim.clock.pass(31 * minute);
    await client.sim.quiet();
    expect(looked).toBe(true);
    expect(runs).toHaveLength(1);
  });

  it('of instances that are terminated are cancelled together, by reason', async () => {
    const client = await SimulatedClient.open({
      orchestrations: {
        fanOut: async (ctx: Context, n: number) => {
          ctx.createTimer('1h');
          await ctx.all(Array.from({ length: n }, () => ctx.callActivity('work')));
        },
      },
      activities: { work: never },
    });
    const counts = { i: 1_000, j: 3, k: 2 };
    for (const [instanceId, input] of Object.entries(counts)) await client.startNew('fanOut', { instanceId, input });
    const calls: [number, string][] = [];
    client.sim.pool!.cancel = (keys: readonly string[], reason?: string) => {
      calls.push([new Set(keys).size, reason ?? '']);
    };
    await Promise.all([client.terminate('i'), client.terminate('j', 'not needed'), client.terminate('k')]);
    expect(calls).toEqual([
      [1_002, { code: 'TaskCanceled', message: 'the instance was terminated' }],
      [3, { code: 'TaskCanceled', message: 'not needed' }],
    ]);
  });
});

describe('timers of an execution that is over', () => {
  const ends: [string, (client: SimulatedClient) => Promise<unknown>][] = [
    ['has completed', (client) => client.raiseEvent('i', 'end', 'complete')],
    ['has failed', (client) => client.raiseEvent('i', 'end', 'fail')],
    ['was terminated', (client) => client.terminate('i')],
    ['has continued as new', (client) => client.raiseEvent('i', 'end', 'continue')],
  ];
  it.each(ends)('which %s, load nothing when they would be due', async (_, end) => {
    const client = await SimulatedClient.open({
      orchestrations: {
        flow: async (ctx: Context, isSecond?: boolean) => {
          if (!isSecond) ctx.createTimer('10m');
          const how = await ctx.waitForExternalEvent('end');
          if (!isSecond) ctx.createTimer('11m');
          if (how === 'fail') throw new Error('as it was told');
          if (how === 'continue') ctx.continueAsNew(true);
        },
        other: async (ctx: Context) => {
          while (true) await ctx.waitForExternalEvent('e');
        },
      },
      maxInstances: 0,
    });
    const { sim } = client;
    await client.startNew('flow', { instanceId: 'i' });
    await client.startNew('other', { instanceId: 'j' });
    await end(client);
    await client.checkpoint();
    // It is not in memory any more.
    await client.raiseEvent('j', 'e');
    await client.checkpoint();
    await client.raiseEvent('j', 'e');
    expect(sim.hub?.tail?.get('i')).toBeUndefined();

    const reads: ReadRequest[] = [];
    const store = sim.store!;
    const read = store.read.bind(store);
    store.read = (request) => {
      reads.push(request);
      return read(request);
    };
    for (let passed = 0; passed < 15; passed++) {
      sim.clock.pass(minute);
      await sim.quiet();
    }
    expect(reads.filter(({ rows }) => rows)).toEqual([]);
  });
});
