/** How an instance may be started: at once or later, under an id that is free or in use, in a version, with tags. */
import { describe, expect, it } from 'vitest';
import { InstanceExistsError, UnknownOrchestrationError } from '../../../src/core';
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

  it('keeps events that come before', async () => {
    const client = await open();
    await client.startNew('waits', { instanceId: 'i', startAt: inAnHour(client) });
    await client.raiseEvent('i', 'go', 'early');
    expect((await client.end('i')).output).toBe('early');
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

  it('can be terminated before it begins', async () => {
    const client = await open();
    await client.startNew('quick', { instanceId: 'i', startAt: inAnHour(client) });
    await client.terminate('i');
    expect(await client.getStatus('i')).toMatchObject({ runtimeStatus: 'Terminated', waitsFor: [] });
  });

  it('begins at once if its time is over', async () => {
    const client = await open();
    await client.startNew('quick', { instanceId: 'i', input: 1, startAt: new Date(client.sim.clock.now() - 1) });
    expect((await client.until('i', (each) => each.output !== undefined)).output).toBe(1);
  });
});

describe('an id that is in use', () => {
  it('is refused while its instance runs, and taken over once that has ended', async () => {
    const client = await open();
    await client.startNew('waits', { instanceId: 'i' });
    await expect(client.startNew('quick', { instanceId: 'i' })).rejects.toThrow(InstanceExistsError);
    await client.raiseEvent('i', 'go');
    await client.end('i');
    await client.startNew('quick', { instanceId: 'i', input: 2 });
    expect((await client.end('i')).output).toBe(2);
  });

  it('is always refused where it is to be new', async () => {
    const client = await open();
    await client.startNew('quick', { instanceId: 'i', onExisting: 'reject' });
    await client.end('i');
    await expect(client.startNew('quick', { instanceId: 'i', onExisting: 'reject' })).rejects.toThrow(
      InstanceExistsError,
    );
  });

  it('is given back where any will do, running or ended', async () => {
    const client = await open();
    await client.startNew('quick', { instanceId: 'i', input: 1 });
    await client.end('i');
    expect(await client.startNew('quick', { instanceId: 'i', input: 2, onExisting: 'return' })).toBe('i');
    expect(await client.getStatus('i')).toMatchObject({ input: 1 });
  });

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

  it('are kept by instances as long as they run', async () => {
    const client = await SimulatedClient.open({ orchestrations: one, version: '1' });
    await client.startNew('flow', { instanceId: 'old' });
    expect(await client.getStatus('old')).toMatchObject({ version: '1' });
    Object.assign(client.sim.options, { version: '2', versions: { '1': one } });
    await client.restart(two);
    await client.startNew('flow', { instanceId: 'new' });
    await client.startNew('flow', { instanceId: 'chosen', version: '1' });
    for (const id of ['old', 'new', 'chosen']) await client.raiseEvent(id, 'go', 0);
    expect((await client.end('old')).output).toEqual(['one 1', 0]);
    expect((await client.end('new')).output).toEqual(['two 2', 0]);
    expect((await client.end('chosen')).output).toEqual(['one 1', 0]);
  });

  it('that are not registered any more park their instances, until they are', async () => {
    const client = await SimulatedClient.open({ orchestrations: one, version: '1' });
    await client.startNew('flow', { instanceId: 'i' });
    client.sim.options.version = '2';
    await client.restart(two);
    await client.raiseEvent('i', 'go', 1);
    const { parked } = await client.parked('i');
    expect(parked?.reason).toBe(
      "orchestration 'flow' is not registered in version '1', but in '2': keep the code of each version that still runs, in serve({ versions })",
    );
    client.sim.options.versions = { '1': one };
    await client.restart(two);
    expect((await client.end('i')).output).toEqual(['one 1', 1]);
  });

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

  it('that nobody knows are refused', async () => {
    const client = await SimulatedClient.open({ orchestrations: one, version: '1' });
    await expect(client.startNew('flow', { version: '3' })).rejects.toThrow(UnknownOrchestrationError);
  });
});

it('tags stay with an instance, over continueAsNew too', async () => {
  const again = async (ctx: Context, n: number) => (n > 0 ? ctx.continueAsNew(n - 1) : 'done');
  const client = await SimulatedClient.open({ orchestrations: { again } });
  await client.startNew('again', { instanceId: 'i', input: 3, tags: { order: '7' } });
  expect(await client.end('i')).toMatchObject({ tags: { order: '7' }, output: 'done' });
  expect((await client.list({ tags: { order: '7' } })).map(({ instanceId }) => instanceId)).toEqual(['i']);
  expect(await client.list({ tags: { order: '8' } })).toEqual([]);
});
