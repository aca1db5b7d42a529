import { describe, expect, it } from 'vitest';
import type { OrchestrationContext, Steps } from '../../src/index';
import { Simulation } from '../support/simulation';

type Context = OrchestrationContext;

const activities = { double: (n: number) => n * 2, noop: () => undefined };

async function* nothing() {}
void nothing;

describe('hub', () => {
  it('runs a chain of activities, async', async () => {
    const sim = await new Simulation({
      orchestrations: {
        async chain(ctx: Context, n: number) {
          let value = n;
          for (let i = 0; i < 3; i++) value = (await ctx.callActivity('double', value)) as number;
          return value;
        },
      },
      activities,
    }).open();
    await sim.start('chain', 1);
    expect(await sim.end()).toMatchObject({ runtimeStatus: 'Completed', output: 8, input: 1 });
  });

  it('runs a chain of activities, generator, over crashes', async () => {
    const sim = await new Simulation({
      orchestrations: {
        *chain(ctx: Context, n: number): Steps<number> {
          let value = n;
          for (let i = 0; i < 3; i++) value = (yield* ctx.callActivity('double', value)) as number;
          yield* ctx.createTimer('1d');
          const added = (yield* ctx.waitForExternalEvent('add')) as number;
          return value + added;
        },
      },
      activities,
    }).open();
    await sim.start('chain', 1);
    sim.crash();
    await sim.open();
    await sim.quiet();
    sim.crash();
    await sim.open();
    await sim.raise('i', 'add', 5);
    expect(await sim.end()).toMatchObject({ runtimeStatus: 'Completed', output: 13 });
    await sim.until(() => (sim.hub?.tail?.changed.size === 0 ? true : undefined), 20).catch(() => console.log(sim.hub?.tail, sim.database.log.size, sim.database.meta));
    sim.crash();
    await sim.open();
    const status = await sim.status('i', true);
    expect(status).toMatchObject({ runtimeStatus: 'Completed', output: 13 });
    expect(status?.history?.map((event) => event.type)).toMatchInlineSnapshot();
  });
});
