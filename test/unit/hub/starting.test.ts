/** What becomes of an instance's start over restarts and checkpoints; the specification tells the rest. */
import { describe, expect, it } from 'vitest';
import { SimulatedClient } from '../../support/simulated-client';
import type { Context } from '../../support/styles';

const orchestrations = {
  quick: async (_: Context, input: unknown) => input,
  waits: async (ctx: Context) => ctx.waitForExternalEvent('go'),
  works: async (ctx: Context) => ctx.callActivity('forever'),
};
const activities = { forever: () => new Promise(() => {}) };
const open = () => SimulatedClient.open({ orchestrations, activities });

describe('a start for later', () => {
  const inAnHour = (client: SimulatedClient) => new Date(client.sim.clock.now() + 3_600_000);

  it('is pending until its time has come, and then runs', async () => {
    const client = await open();
    const startAt = inAnHour(client);
    await client.startNew('quick', { instanceId: 'i', input: 1, startAt });
    expect(await client.getStatus('i')).toMatchObject({
      runtimeStatus: 'Pending',
      input: 1,
      waitsFor: [{ kind: 'start', startAt }],
    });
    expect(await client.count({ runtimeStatus: ['Pending'] })).toBe(1);
    const { lastUpdatedTime } = await client.end('i');
    expect(lastUpdatedTime).toEqual(startAt);
    expect(await client.count({ runtimeStatus: ['Pending'] })).toBe(0);
    expect(await client.count({ runtimeStatus: ['Completed'] })).toBe(1);
  });

  it.each([false, true])('survives restarts, checkpointed: %s', async (checkpointed) => {
    const client = await open();
    await client.startNew('quick', { instanceId: 'i', input: 1, startAt: inAnHour(client) });
    if (checkpointed) await client.checkpoint();
    await client.restart();
    expect(await client.getStatus('i')).toMatchObject({ runtimeStatus: 'Pending' });
    expect((await client.end('i')).output).toBe(1);
  });

  it('stays suspended over its time, if it is, and begins when it is resumed', async () => {
    const client = await open();
    await client.startNew('quick', { instanceId: 'i', input: 1, startAt: inAnHour(client) });
    await client.suspend('i');
    client.sim.clock.pass(7_200_000);
    await client.sim.quiet();
    expect(await client.getStatus('i')).toMatchObject({ runtimeStatus: 'Suspended' });
    await client.resume('i');
    expect((await client.until('i', (each) => each.output !== undefined)).output).toBe(1);
  });

  it('does not begin before its time when it is resumed', async () => {
    const client = await open();
    await client.startNew('quick', { instanceId: 'i', input: 1, startAt: inAnHour(client) });
    await client.suspend('i');
    await client.resume('i');
    expect(await client.getStatus('i')).toMatchObject({ runtimeStatus: 'Pending' });
    expect((await client.end('i')).output).toBe(1);
  });
});

describe('an id that is in use', () => {
  it('is taken from a running instance where that is wanted: it is terminated, and its activities are cancelled', async () => {
    const client = await open();
    await client.startNew('works', { instanceId: 'i' });
    await client.waiting('i');
    await client.startNew('quick', { instanceId: 'i', input: 2, onExisting: 'replace' });
    expect(await client.end('i')).toMatchObject({ name: 'quick', output: 2 });
    expect(client.sim.pool?.canceled).toHaveLength(1);
    expect(await client.count({})).toBe(1);
    await client.checkpoint();
    await client.restart();
    expect(await client.count({})).toBe(1);
  });
});

describe('versions', () => {
  const one = { flow: async (ctx: Context) => [`one ${ctx.version}`, await ctx.waitForExternalEvent('go')] };
  const two = { flow: async (ctx: Context) => [`two ${ctx.version}`, await ctx.waitForExternalEvent('go')] };

  it('are none for instances from before there were any: those run with the current code, or with that under no name', async () => {
    const client = await SimulatedClient.open({ orchestrations: one });
    for (const id of ['a', 'b']) await client.startNew('flow', { instanceId: id });
    client.sim.options.version = '2';
    await client.restart(one);
    await client.raiseEvent('a', 'go', 1);
    expect((await client.end('a')).output).toEqual(['one undefined', 1]);
    client.sim.options.versions = { '': one };
    await client.restart(two);
    await client.raiseEvent('b', 'go', 2);
    expect((await client.end('b')).output).toEqual(['one undefined', 2]);
  });
});

describe('a start for later, when the clock is put back,', () => {
  const hour = 3_600_000;
  async function openLater() {
    const client = await open();
    const startAt = new Date(client.sim.clock.now() + 60_000);
    await client.startNew('quick', { instanceId: 'i', input: 1, startAt });
    return { client, startAt };
  }

  it('begins at its time all the same, though it had come and could not be committed', async () => {
    const { client, startAt } = await openLater();
    client.sim.options.faults = (operation) => (operation === 'commit' ? 'fail-before' : 'ok');
    client.sim.clock.pass(60_100);
    await client.sim.quiet();
    client.sim.clock.move(-hour);
    client.sim.options.faults = () => 'ok';
    expect((await client.end('i')).lastUpdatedTime.getTime()).toBeGreaterThanOrEqual(startAt.getTime());
  });

  it('begins at its time all the same, though it was suspended when it came', async () => {
    const { client, startAt } = await openLater();
    await client.suspend('i');
    client.sim.clock.pass(61_000);
    await client.sim.quiet();
    client.sim.clock.move(-hour);
    await client.resume('i');
    expect((await client.end('i')).lastUpdatedTime.getTime()).toBeGreaterThanOrEqual(startAt.getTime());
  });
});

it('a child of an instance without a version is without one too, if its code is there', async () => {
  const child = async (ctx: Context) => ctx.version ?? 'none';
  const parent = async (ctx: Context) => {
    await ctx.waitForExternalEvent('go');
    return ctx.callSubOrchestrator(child);
  };
  const client = await SimulatedClient.open({ orchestrations: { child, parent } });
  await client.startNew('parent', { instanceId: 'i' });
  Object.assign(client.sim.options, { version: '2', versions: { '': { child, parent } } });
  await client.restart({ child, parent: async () => 'new' });
  await client.raiseEvent('i', 'go');
  expect((await client.end('i')).output).toBe('');
});
