/** An instance that was exported goes on in another hub as if nothing had been, its children with it. */
import { expect, it } from 'vitest';
import { InstanceExistsError } from '../../../src/core';
import { SimulatedClient } from '../../support/simulated-client';
import type { Context } from '../../support/styles';

const activities = {
  work: (n: number) => n * 2,
  forever: () => new Promise(() => {}),
  read: (blob: Blob) => blob.text(),
};

const child = async (ctx: Context, n: number) => {
  const guid = ctx.newGuid();
  const chance = ctx.random();
  const event = await ctx.waitForExternalEvent('go');
  return [n, guid === ctx.newGuid(), chance === ctx.random(), event];
};
const parent = async (ctx: Context, picture: Blob) => {
  const doubled = await ctx.callActivity('work', 21);
  const results = await ctx.all([ctx.callSubOrchestrator(child, 1), ctx.createTimer('3d')]);
  return [doubled, results[0], await ctx.callActivity('read', picture)];
};
const orchestrations = { parent, child };

it('goes on with its timers, activities and children, and with what it holds', async () => {
  const from = await SimulatedClient.open({ orchestrations, activities });
  await from.startNew('parent', { instanceId: 'p', input: new Blob(['picture']), tags: { a: 'b' } });
  await from.until('p', ({ waitsFor }) => waitsFor.length === 2);
  const copies = await from.export('p');
  expect(copies.map(({ instanceId }) => instanceId)).toEqual(['p', expect.stringContaining('p:')]);

  const to = await SimulatedClient.open({ orchestrations, activities });
  // Another history before it, so that its numbers differ.
  for (let i = 0; i < 5; i++) await to.startNew('child', { instanceId: `other ${i}`, input: 0 });
  expect(await to.import(copies)).toBe('p');
  const id = copies[1]?.instanceId ?? '';
  expect(await to.getStatus('p')).toMatchObject({
    runtimeStatus: 'Running',
    tags: { a: 'b' },
    waitsFor: expect.any(Array),
  });
  expect((await to.getStatus('p')).waitsFor).toHaveLength(2);
  expect((await to.getStatus(id)).waitsFor).toEqual([{ kind: 'event', name: 'go' }]);
  await to.checkpoint();
  await to.restart();
  await to.raiseEvent(id, 'go', 'gone');
  to.sim.clock.pass(3 * 86_400_000);
  expect((await to.end('p')).output).toEqual([42, [1, false, false, 'gone'], 'picture']);
});

it('takes the place of one that has ended, and of none that runs', async () => {
  const client = await SimulatedClient.open({ orchestrations, activities });
  await client.startNew('child', { instanceId: 'c', input: 1 });
  const copies = await client.export('c');
  await expect(client.import(copies)).rejects.toThrow(InstanceExistsError);
  await client.raiseEvent('c', 'go', 'first');
  await client.end('c');
  await client.import(copies);
  expect(await client.count({ runtimeStatus: ['Running'] })).toBe(1);
  expect(await client.count({})).toBe(1);
  await client.raiseEvent('c', 'go', 'second');
  expect((await client.end('c')).output).toEqual([1, false, false, 'second']);
});

it('is parked if the code here disagrees with it', async () => {
  const from = await SimulatedClient.open({ orchestrations, activities });
  await from.startNew('parent', { instanceId: 'p', input: new Blob([]) });
  await from.until('p', ({ waitsFor }) => waitsFor.length === 2);
  const to = await SimulatedClient.open({
    orchestrations: { parent: async (ctx: Context) => ctx.createTimer('1d'), child },
    activities,
  });
  await to.import(await from.export('p'));
  expect((await to.parked('p')).parked?.reason).toContain("activity 'work'");
});

it('comes back ended if it had ended', async () => {
  const from = await SimulatedClient.open({ orchestrations: { adds: async (_: Context, n: number) => n + 1 } });
  await from.startNew('adds', { instanceId: 'i', input: 1 });
  await from.end('i');
  const to = await SimulatedClient.open({ orchestrations });
  await to.import(await from.export('i'));
  expect(await to.getStatus('i')).toMatchObject({ name: 'adds', runtimeStatus: 'Completed', input: 1, output: 2 });
  expect(await to.count({ runtimeStatus: ['Completed'] })).toBe(1);
});
