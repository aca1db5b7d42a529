/** Messages between instances are written until they are played. That must not cost more than the work itself. */
import { expect, it } from 'vitest';
import { sizeOf } from '../../../src/core';
import { SimulatedClient } from '../../support/simulated-client';
import { Simulation } from '../../support/simulation';
import type { Context } from '../../support/styles';

/** From now on every turn takes so long that its batch would close. Counts what the commits write. */
function watchCommits(sim: Simulation) {
  const store = sim.store!;
  const commit = store.commit.bind(store);
  const written = { commits: 0, carry: 0, entries: 0 };
  store.commit = (next) => {
    written.commits++;
    written.carry += sizeOf(next.record.carry);
    written.entries += sizeOf(next.record.entries);
    return commit(next);
  };
  sim.clock.pace = 9;
  return written;
}

it('a large fan-out of children carries no more than about what it writes', async () => {
  const child = async (_: Context, n: number) => n;
  const client = await SimulatedClient.open({
    orchestrations: {
      child,
      parent: async (ctx: Context) => {
        const all = await ctx.all(Array.from({ length: 2_000 }, (_, n) => ctx.callSubOrchestrator(child, n)));
        return all.length;
      },
    },
  });
  const written = watchCommits(client.sim);
  await client.startNew('parent', { instanceId: 'i' });
  expect((await client.sim.end('i')).output).toBe(2_000);
  expect(written.commits).toBeGreaterThan(1);
  expect(written.carry / written.entries).toBeLessThan(1.5);
}, 30_000);

it('events that an instance keeps as it continues as new are not carried past all the others', async () => {
  const client = await SimulatedClient.open({
    orchestrations: {
      keeps: async (ctx: Context, isSecond?: boolean) => {
        await ctx.waitForExternalEvent('next');
        if (!isSecond) ctx.continueAsNew(true);
      },
      other: async (ctx: Context) => ctx.waitForExternalEvent('go'),
    },
  });
  await client.startNew('keeps', { instanceId: 'i' });
  const others = Array.from({ length: 300 }, (_, n) => `other ${n}`);
  await Promise.all(others.map((instanceId) => client.startNew('other', { instanceId })));
  await Promise.all(others.map((text) => client.raiseEvent('i', 'kept', text.repeat(100))));
  const written = watchCommits(client.sim);
  await Promise.all([client.raiseEvent('i', 'next'), ...others.map((id) => client.raiseEvent(id, 'go'))]);
  await client.raiseEvent('i', 'next');
  expect((await client.sim.end('i')).input).toBe(true);
  expect(written.carry / written.entries).toBeLessThan(1.5);
}, 30_000);

it('more events than one turn takes, for an instance that continues as new with each, survive a crash', async () => {
  const many = 3_000;
  const sim = await new Simulation({
    orchestrations: {
      *source(ctx: Context) {
        for (let i = 0; i < many; i++) ctx.sendEvent('sum', 'add', i);
        yield* ctx.waitForExternalEvent('never');
      },
      *sum(ctx: Context, seen: number) {
        if (seen === many) return seen;
        yield* ctx.waitForExternalEvent('add');
        return ctx.continueAsNew(seen + 1);
      },
    },
  }).open();
  await sim.start('sum', 0, 'sum');
  let commits = 0;
  sim.options.faults = (operation) => (operation === 'commit' && commits++ > 1 ? 'fail-before' : 'ok');
  sim.clock.pace = 9;
  await sim.command('startNew', { name: 'source', instanceId: 'source', input: undefined, fresh: false });
  await sim.quiet();
  sim.crash();
  sim.clock.pace = 0;
  sim.options.faults = () => 'ok';
  await sim.open();
  expect((await sim.end('sum')).output).toBe(many);
}, 30_000);
