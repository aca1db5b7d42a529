/** Commands that meet in one batch see each other's effects, although none of them is written yet. */
import { expect, it } from 'vitest';
import { InstanceNotFoundError } from '../../../src/core';
import { SimulatedClient } from '../../support/simulated-client';
import type { Context } from '../../support/styles';

/** An instance `i` that has ended, and commands that come while the batch that purges it is being filled. */
async function purgeWith(meanwhile: (client: SimulatedClient) => Promise<unknown>) {
  let onTurn = () => {};
  const client = await SimulatedClient.open({
    orchestrations: {
      quick: async () => 1,
      waits: async (ctx: Context) => {
        await ctx.waitForExternalEvent('go');
        onTurn();
      },
    },
  });
  await client.startNew('waits', { instanceId: 'waits' });
  await client.startNew('quick', { instanceId: 'i' });
  await client.checkpoint();
  await client.restart();
  const newest = client.sim.hub?.tail?.newest ?? 0;

  let second: Promise<unknown> | undefined;
  onTurn = () => {
    onTurn = () => {};
    second = meanwhile(client);
    second.catch(() => {});
  };
  await Promise.all([client.purge('i'), client.raiseEvent('waits', 'go')]);
  expect(client.sim.hub?.tail?.newest).toBe(newest + 1);
  const counts = () =>
    Object.fromEntries(
      (client.sim.hub?.tail?.counts ?? [])
        .filter(({ by }) => by !== 0)
        .map(({ name, status, by }) => [`${status} ${name}`, by]),
    );
  return { client, second: second as unknown as Promise<unknown>, counts };
}

it('a second purge in the same batch finds nothing', async () => {
  const { client, second, counts } = await purgeWith((hub) => hub.purge('i'));
  await expect(second).rejects.toThrow(InstanceNotFoundError);
  expect(counts()).toEqual({ 'Completed waits': 1 });
  await client.checkpoint();
  expect([...client.sim.database.instances.keys()]).toEqual(['waits']);
  await client.restart();
  expect(counts()).toEqual({ 'Completed waits': 1 });
});

it('an event for what the same batch has purged finds nothing', async () => {
  const { second } = await purgeWith((hub) => hub.raiseEvent('i', 'go'));
  await expect(second).rejects.toThrow(InstanceNotFoundError);
});

it('an id that is purged can be started anew in the same batch', async () => {
  const { client, second, counts } = await purgeWith((hub) => hub.startNew('waits', { instanceId: 'i' }));
  expect(await second).toBe('i');
  expect(counts()).toEqual({ 'Completed waits': 1, 'Running waits': 1 });
  await client.checkpoint();
  await client.restart();
  expect(counts()).toEqual({ 'Completed waits': 1, 'Running waits': 1 });
  await client.raiseEvent('i', 'go');
  expect(await client.end('i')).toMatchObject({ name: 'waits', runtimeStatus: 'Completed' });
});
