/** An orchestrator that waits for anything but its own tasks cannot be replayed. It is found out, and told what to do. */
import { describe, expect, it } from 'vitest';
import { SimulatedClient } from '../../support/simulated-client';
import type { Context } from '../../support/styles';

const activities = { echo: (value: unknown) => value };

describe('an async orchestrator', () => {
  const tick = () => new Promise<void>((resolve) => setTimeout(resolve));

  it('that awaits a promise which is no task is parked at once, and told what to do', async () => {
    const client = await SimulatedClient.open({
      orchestrations: {
        async fetches(ctx: Context) {
          await ctx.callActivity('echo', 1);
          await tick();
          return await ctx.callActivity('echo', 2);
        },
      },
      activities,
    });
    await client.startNew('fetches', { instanceId: 'i' });
    const { parked, runtimeStatus } = await client.parked('i');
    expect(runtimeStatus).toBe('Suspended');
    expect(parked?.reason).toMatch(/awaited something that is no task of its context.*do such work in an activity/);
  });

  it('that does so at the very start is parked as well, and goes on when it is mended', async () => {
    const client = await SimulatedClient.open({
      orchestrations: {
        async fetches() {
          await tick();
        },
      },
    });
    await client.startNew('fetches', { instanceId: 'i', input: 5 });
    await client.parked('i');
    await client.restart({ fetches: async (_: Context, n: number) => n + 1 });
    expect(await client.end('i')).toMatchObject({ runtimeStatus: 'Completed', input: 5, output: 6 });
  });

  it('is refused every call outside a turn', async () => {
    const refused: string[] = [];
    const client = await SimulatedClient.open({
      orchestrations: {
        async strays(ctx: Context) {
          const timer = ctx.createTimer('1h');
          await tick();
          for (const call of [
            () => ctx.callActivity('echo'),
            () => ctx.createTimer(1),
            () => ctx.waitForExternalEvent('e'),
            () => ctx.newGuid(),
            () => ctx.setCustomStatus(1),
            () => ctx.continueAsNew(),
            () => timer.cancel(),
          ]) {
            try {
              call();
            } catch (error) {
              refused.push((error as Error).name);
            }
          }
        },
      },
      activities,
    });
    await client.startNew('strays', { instanceId: 'i' });
    await client.until('i', () => refused.length === 7);
    expect(refused).toEqual(Array(7).fill('NonDeterminismError'));
    expect((await client.parked('i')).parked?.reason).toMatch(
      /callActivity\('echo'\) was called outside a turn of 'i'/,
    );
  });

  it('that strays while a task of its own is open is parked as soon as it calls, and that is kept', async () => {
    const client = await SimulatedClient.open({
      orchestrations: {
        async strays(ctx: Context) {
          ctx.createTimer('60d');
          await tick();
          await ctx.callActivity('echo', 1);
        },
      },
      activities,
    });
    await client.startNew('strays', { instanceId: 'i' });
    const { parked } = await client.parked('i');
    expect(parked?.reason).toMatch(/callActivity\('echo'\) was called outside a turn of 'i'/);
    expect((await client.historyTypes('i')).at(-1)).toBe('OrchestratorCompleted');
    await client.restart({
      async strays(ctx: Context) {
        ctx.createTimer('60d').cancel();
        return await ctx.callActivity('echo', 1);
      },
    });
    await client.until('i', (status) => status.parked?.reason.includes('the replay') ?? false);
  });

  it('that strays to its end is parked, not completed', async () => {
    const client = await SimulatedClient.open({
      orchestrations: {
        async strays(ctx: Context) {
          ctx.createTimer('60d');
          await tick();
          return 'done';
        },
      },
    });
    await client.startNew('strays', { instanceId: 'i' });
    expect((await client.parked('i')).parked?.reason).toMatch(/the orchestrator ended outside a turn of 'i'/);
  });

  it('that goes on where chance leads it is found out at the next replay', async () => {
    let chance = 0;
    const client = await SimulatedClient.open({
      orchestrations: {
        async gambles(ctx: Context) {
          await ctx.callActivity('echo', chance++);
          await ctx.waitForExternalEvent('e');
        },
      },
      activities,
    });
    await client.startNew('gambles', { instanceId: 'i' });
    await client.until('i', ({ waitsFor }) => waitsFor[0]?.kind === 'event');
    await client.restart();
    await client.raiseEvent('i', 'e');
    expect((await client.parked('i')).parked?.reason).toContain(
      'it depends on something that changes from run to run, such as a global variable',
    );
  });
});
