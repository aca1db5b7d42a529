/** An orchestrator that comes back by replay sees its whole history, whatever else is done with it meanwhile. */
import { expect, it } from 'vitest';
import { SimulatedClient } from '../../support/simulated-client';
import type { Context } from '../../support/styles';

it('a checkpoint that moves a history out of memory does not cut its replay short', async () => {
  let onReplay: ((id: string) => void) | undefined;
  const client = await SimulatedClient.open({
    orchestrations: {
      // Above 4 kB a history moves into chunks.
      long: async (ctx: Context) => {
        let sum = 0;
        for (let i = 0; i < 4; i++) {
          sum += (await ctx.callActivity('length', 'x'.repeat(2_000))) as number;
          if (i === 1) onReplay?.(ctx.instanceId);
        }
        return [sum, await ctx.waitForExternalEvent('go'), await ctx.callActivity('length', 'after')];
      },
    },
    activities: { length: (text: string) => text.length },
  });
  const { sim } = client;
  // A slice holds some 64 instances: the last are in the second.
  const ids = Array.from({ length: 80 }, (_, i) => `i${i}`);
  for (const instanceId of ids) await client.startNew('long', { instanceId });
  for (const id of ids) await client.until(id, ({ waitsFor }) => waitsFor[0]?.kind === 'event');
  await client.restart();

  const store = sim.store!;
  const save = store.save.bind(store);
  const slices: (() => void)[] = [];
  store.save = async (slice) => {
    await save(slice);
    await new Promise<void>((resolve) => slices.push(resolve));
  };
  // Idle, the hub begins a checkpoint. While it writes the first slice, events come.
  sim.clock.tick();
  await sim.quiet();
  expect(slices).toHaveLength(1);
  sim.clock.pace = 9;
  const raised = [client.raiseEvent('i70', 'go', 1), client.raiseEvent('i71', 'go', 2)];
  let inTheMiddle = false;
  onReplay = (id) => {
    if (id !== 'i71') return;
    // The second slice, which this instance is in, is complete now.
    inTheMiddle = slices.length === 1;
    store.save = save;
    slices.shift()?.();
  };
  slices.shift()?.();
  await Promise.all(raised);
  onReplay = undefined;
  expect(inTheMiddle).toBe(true);

  sim.clock.pace = 0;
  expect((await client.end('i70')).output).toEqual([8_000, 1, 5]);
  expect((await client.end('i71')).output).toEqual([8_000, 2, 5]);
});
