/** A hub that is never idle must not grow for ever: what retention does not keep goes all the same. */
import { expect, it } from 'vitest';
import { Queries } from '../../../worker/hub/queries';
import { Sweep } from '../../../worker/hub/sweep';
import { SimulatedClient } from '../../support/simulated-client';

async function open(isIdle: () => boolean) {
  const client = await SimulatedClient.open({ orchestrations: { quick: async () => 1 } });
  for (let i = 0; i < 5; i++) await client.end(await client.startNew('quick', { instanceId: `i${i}` }));
  const { clock, hub, source } = client.sim;
  const sweep = new Sweep(new Queries(source, () => hub?.tail), (message) => hub?.submit(message));
  sweep.keepTo({ Completed: { count: 2 } }, clock, isIdle);
  const begin = clock.now();
  const kept = async () => (await client.list()).length;
  const swept = () => client.sim.until(async () => ((await kept()) === 2 ? clock.now() - begin : undefined));
  return { sweep, swept };
}

it('it waits for an idle moment', async () => {
  let asked = 0;
  const { sweep, swept } = await open(() => ++asked > 3);
  await swept();
  expect(asked).toBe(4);
  sweep.stop();
});

it('it does not wait for ever', async () => {
  const { sweep, swept } = await open(() => false);
  expect(await swept()).toBeLessThan(60_000);
  sweep.stop();
});
