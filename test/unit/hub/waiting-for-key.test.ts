/** What an instance sends to its own next execution can wait for the key as well; then nothing may come between. */
import { expect, it } from 'vitest';
import { aesGcm } from '../../../worker/codec';
import { SimulatedClient } from '../../support/simulated-client';
import type { Context } from '../../support/styles';

const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
const codec = aesGcm({ key });
const keyless = aesGcm({
  key: () => {
    throw new Error('nobody has logged in');
  },
});

const orchestrations = {
  again: async (ctx: Context, round: number) => {
    if (round === 0) {
      await ctx.waitForExternalEvent('next');
      return ctx.continueAsNew(1);
    }
    await ctx.waitForExternalEvent('later');
    return 'heard';
  },
};

it('an event for an instance that cannot go on as new yet is refused, and taken once it can', async () => {
  const client = await SimulatedClient.open({ orchestrations, codec, build: 'the same' });
  const { sim } = client;
  await client.startNew('again', { instanceId: 'i', input: 0 });
  await client.waiting('i');
  // A batch that closes at once carries the next execution over, and the next commit fails.
  sim.clock.pace = 9;
  const { size } = sim.database.log;
  sim.options.faults = (operation) => (operation === 'commit' && sim.database.log.size > size ? 'fail-before' : 'ok');
  void client.raiseEvent('i', 'next').catch(() => {});
  await sim.until(() => (sim.database.log.size > size ? true : undefined));
  expect([...sim.database.log.values()].at(-1)?.carry).toHaveLength(1);
  delete sim.options.faults;
  sim.clock.pace = 0;

  sim.options.codec = keyless;
  await client.restart();
  await expect(sim.within(client.raiseEvent('i', 'later'))).rejects.toMatchObject({ code: 'Codec' });

  sim.options.codec = codec;
  await client.restart();
  await client.until('i', ({ waitsFor }) => waitsFor.some((wait) => wait.kind === 'event' && wait.name === 'later'));
  await client.raiseEvent('i', 'later');
  expect((await client.end('i')).output).toBe('heard');
});
