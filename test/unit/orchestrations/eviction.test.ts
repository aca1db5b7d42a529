/** Live orchestrators are kept only as far as there is room; the others come back by replay. */
import { describe, expect, it } from 'vitest';
import { SimulatedClient } from '../../support/simulated-client';
import { type Context, styles } from '../../support/styles';

const activities = { double: (n: number) => n * 2 };

describe.each(styles)('with room for one instance, in %s', (_, write) => {
  it('many complete all the same', async () => {
    let starts = 0;
    const child = write(function* (ctx, n: number) {
      yield* ctx.createTimer('1s');
      return n + 1;
    });
    const client = await SimulatedClient.open({
      orchestrations: {
        child,
        parent: write(function* (ctx, n: number) {
          starts++;
          const doubled = (yield* ctx.callActivity('double', n)) as number;
          yield* ctx.createTimer(`${1 + (n % 5)}m`);
          const event = (yield* ctx.waitForExternalEvent('e')) as number;
          return (yield* ctx.callSubOrchestrator(child, doubled + event)) as number;
        }),
      },
      activities,
      maxInstances: 1,
    });
    const ids = await Promise.all(
      Array.from({ length: 40 }, (__, n) => client.startNew('parent', { instanceId: `p${n}`, input: n })),
    );
    await client.checkpoint();
    for (const id of ids) {
      await client.raiseEvent(id, 'e', 1);
      await client.checkpoint();
    }
    for (const [n, id] of ids.entries()) expect((await client.end(id)).output).toBe(n * 2 + 2);
    // Some of them were replayed.
    expect(starts).toBeGreaterThan(40);
  });

  it('only what is checkpointed is let go', async () => {
    let starts = 0;
    const client = await SimulatedClient.open({
      orchestrations: {
        waits: write(function* (ctx) {
          starts++;
          const got = [];
          for (let i = 0; i < 3; i++) got.push(yield* ctx.waitForExternalEvent('e'));
          return got;
        }),
      },
      maxInstances: 1,
    });
    const ids = ['a', 'b', 'c'];
    for (const instanceId of ids) await client.startNew('waits', { instanceId });
    for (const id of ids) await client.raiseEvent(id, 'e', 1);
    expect(starts).toBe(3);
    await client.checkpoint();
    await client.raiseEvent('a', 'e', 2);
    for (const id of ids) await client.raiseEvent(id, 'e', 3);
    expect(starts).toBeGreaterThan(3);
    for (const id of ids) await client.raiseEvent(id, 'e', 4).catch(() => {});
    expect((await client.end('a')).output).toEqual([1, 2, 3]);
    expect((await client.end('b')).output).toEqual([1, 3, 4]);
    expect((await client.end('c')).output).toEqual([1, 3, 4]);
  });

  it('a long history is replayed from its chunks', async () => {
    const client = await SimulatedClient.open({
      orchestrations: {
        long: write(function* (ctx, n: number) {
          let value = n;
          for (let i = 0; i < 10; i++) {
            const results = yield* ctx.all(Array.from({ length: 100 }, (__, k) => ctx.callActivity('double', k)));
            value += results.length;
            yield* ctx.waitForExternalEvent('next');
          }
          return value;
        }),
        other: async (ctx: Context) => await ctx.waitForExternalEvent('never'),
      },
      activities,
      maxInstances: 1,
    });
    await client.startNew('long', { instanceId: 'i', input: 0 });
    await client.startNew('other', { instanceId: 'j' });
    for (let i = 0; i < 10; i++) {
      await client.until('i', ({ waitsFor }) => waitsFor[0]?.kind === 'event');
      await client.checkpoint();
      await client.raiseEvent('j', 'wakes');
      await client.raiseEvent('i', 'next');
    }
    expect((await client.end('i')).output).toBe(1_000);
    await client.checkpoint();
    expect(client.sim.database.history.size).toBe(1);
  });
});
