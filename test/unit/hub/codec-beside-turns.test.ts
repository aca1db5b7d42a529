/** A codec is the app's own code and may do anything, also while orchestrators run under guarded globals. */
import { beforeAll, expect, it } from 'vitest';
import { payloadCodec } from '../../../worker/codec';
import { installGuards } from '../../../worker/determinism';
import { hop } from '../../../worker/platform';
import { SimulatedClient } from '../../support/simulated-client';
import type { Context } from '../../support/styles';

beforeAll(() => installGuards());

/** What it does after its awaits, no orchestrator may do. */
async function through(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  for (let hops = 0; hops < 3; hops++) await hop();
  // Not waited for: the simulation's patience is counted in hops.
  void crypto.subtle.digest('SHA-256', bytes);
  return bytes;
}
const codec = payloadCodec({ encode: through, decode: through });

const orchestrations = {
  async steps(ctx: Context, n: number) {
    for (let i = 0; i < n; i++) await ctx.callActivity('echo', i);
    return ctx.waitForExternalEvent('go');
  },
  waits: async (ctx: Context, text: string) => `${text} ${await ctx.waitForExternalEvent('go')}`,
};
const activities = { echo: (n: number) => n };

it.each([
  ['turns', false],
  ['replays', true],
])('%s go on while others read values', async (_, isReplayed) => {
  const client = await SimulatedClient.open({ orchestrations, activities, codec, build: 'the same' });
  const { sim } = client;
  await sim.within(client.startNew('waits', { instanceId: 'other', input: 'text' }));
  await sim.within(client.startNew('steps', { instanceId: 'i', input: 10 }));
  await sim.until(async () => (await client.getStatus('i')).waitsFor.some(({ kind }) => kind === 'event') || undefined);
  if (isReplayed) await client.restart();
  let isReading = true;
  const reading = (async () => {
    while (isReading) await client.getStatus('other');
  })();
  await sim.within(client.raiseEvent('i', 'go', 'on'));
  const { output, parked } = await sim.until(async () => {
    const status = await client.getStatus('i');
    return status.parked || status.runtimeStatus === 'Completed' ? status : undefined;
  });
  isReading = false;
  await reading;
  expect([parked, output]).toEqual([undefined, 'on']);
});
