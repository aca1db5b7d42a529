/** Families that are purged in one batch, parents and children alike: each instance is deleted, and counted, once. */
import { expect, it } from 'vitest';
import { SimulatedClient } from '../../support/simulated-client';
import type { Context } from '../../support/styles';

const child = async () => 1;
const parent = async (ctx: Context) => {
  // So that all parents are older than any child, and are purged before them.
  await ctx.createTimer(1_000);
  return ctx.all([ctx.callSubOrchestrator(child), ctx.callSubOrchestrator(child)]);
};

it.each(['from the log', 'from the rows'])('of several families, each instance is purged once, %s', async (from) => {
  const client = await SimulatedClient.open({ orchestrations: { parent, child } });
  const ids = ['a', 'b', 'c'];
  for (const instanceId of ids) await client.startNew('parent', { instanceId });
  for (const id of ids) await client.end(id);
  if (from === 'from the rows') {
    await client.checkpoint();
    await client.restart();
  }
  expect(await client.purgeBy({ runtimeStatus: ['Completed'] })).toBe(9);
  expect(client.sim.hub?.tail?.counts.filter(({ by }) => by !== 0)).toEqual([]);
  expect(await client.list()).toEqual([]);
});

it('a child that is purged before its parent, in the same batch, is purged once', async () => {
  const client = await SimulatedClient.open({ orchestrations: { parent, child } });
  await client.startNew('parent', { instanceId: 'a' });
  await client.end('a');
  const children = (await client.list()).map(({ instanceId }) => instanceId).filter((id) => id !== 'a');
  const purged = await Promise.all([...children, 'a'].map((id) => client.purge(id)));
  expect(purged).toEqual([1, 1, 1]);
  expect(client.sim.hub?.tail?.counts.filter(({ by }) => by !== 0)).toEqual([]);
});
