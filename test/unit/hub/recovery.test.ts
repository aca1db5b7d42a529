/** What a new owner takes up, and in which order. */
import { expect, it } from 'vitest';
import { SimulatedClient } from '../../support/simulated-client';
import type { Context } from '../../support/styles';
import { carried, crashAfterOneCommit } from './between-batches';

it("a parked parent gets its child's result, which was on its way in a crash, once its code is mended", async () => {
  const child = async (ctx: Context) => await ctx.waitForExternalEvent('go');
  const parent = async (ctx: Context) => ctx.callSubOrchestrator(child, undefined, { instanceId: 'child' });
  const broken = async (ctx: Context) => {
    await ctx.callActivity('other');
    return parent(ctx);
  };
  const client = await SimulatedClient.open({ orchestrations: { child, parent } });
  await client.startNew('parent', { instanceId: 'parent' });
  await client.waiting('child');
  await client.restart({ child, parent: broken });
  await client.raiseEvent('parent', 'anything');
  await client.parked('parent');
  await crashAfterOneCommit(client.sim, () => client.raiseEvent('child', 'go', 'the result'));
  expect(carried(client.sim)).toEqual([{ kind: 'deliver', to: 'parent', type: 'SubOrchestrationInstanceCompleted' }]);

  client.sim.options.orchestrations = { child, parent };
  await client.sim.open();
  expect(await client.end('parent')).toMatchObject({ runtimeStatus: 'Completed', output: 'the result' });
});

it('outcomes that nobody has come for in a day are deleted, younger ones are not', async () => {
  const client = await SimulatedClient.open({ orchestrations: {} });
  const { clock, database } = client.sim;
  const hour = 3_600_000;
  database.outcomes.set(1, { time: clock.now() - 25 * hour });
  database.outcomes.set(2, { time: clock.now() - 23 * hour });
  await client.restart();
  expect([...database.outcomes.keys()]).toEqual([2]);
});
