import { describe, expect, it } from 'vitest';
import { run, SimulatedClient } from '../../support/simulated-client';
import { type Context, styles } from '../../support/styles';

const activities = { noop: () => undefined };

describe.each(styles)('continueAsNew, in %s', (_, write) => {
  it('starts the orchestration anew with another input and an empty history', async () => {
    const client = await SimulatedClient.open({
      orchestrations: {
        count: write(function* (ctx, n: number) {
          yield* ctx.callActivity('noop');
          if (n < 3) ctx.continueAsNew(n + 1);
          return n;
        }),
      },
      activities,
    });
    await client.startNew('count', { instanceId: 'i', input: 0 });
    expect(await client.end('i')).toMatchObject({ runtimeStatus: 'Completed', input: 3, output: 3 });
    expect(await client.historyTypes('i')).toEqual([
      'OrchestratorStarted',
      'ExecutionStarted',
      'TaskScheduled',
      'OrchestratorCompleted',
      'OrchestratorStarted',
      'TaskCompleted',
      'ExecutionCompleted',
      'OrchestratorCompleted',
    ]);
  });

  it('may have no input', async () => {
    let runs = 0;
    const { output, input } = await run(
      write(function* (ctx) {
        if (runs++ === 0) ctx.continueAsNew();
        yield* ctx.createTimer(1);
        return { input: ctx.getInput() };
      }),
      { input: 'first' },
    );
    expect(output).toEqual({ input: undefined });
    expect(input).toBeUndefined();
  });

  it('goes 1,000 rounds', async () => {
    const { output } = await run(
      write(function* (ctx, n: number) {
        yield* ctx.createTimer(1);
        if (n < 1_000) ctx.continueAsNew(n + 1);
        return n;
      }),
      { input: 1 },
    );
    expect(output).toBe(1_000);
  });

  it('goes 1,000 rounds at once, if nothing is waited for', async () => {
    const { output } = await run(
      // biome-ignore lint/correctness/useYield: that is the point
      write(function* (ctx, n: number) {
        if (n < 1_000) ctx.continueAsNew(n + 1);
        return n;
      }),
      { input: 1 },
    );
    expect(output).toBe(1_000);
  });

  it('keeps the events that nobody has consumed, in order', async () => {
    const client = await SimulatedClient.open({
      orchestrations: {
        collect: write(function* (ctx, names: string[]) {
          const name = (yield* ctx.waitForExternalEvent('addname')) as string;
          if (name !== 'done') ctx.continueAsNew([...names, name]);
          return [names, yield* ctx.waitForExternalEvent('other')];
        }),
      },
    });
    await client.startNew('collect', { instanceId: 'i', input: [] });
    const names = Array.from({ length: 50 }, (__, n) => `name ${n}`);
    await client.raiseEvent('i', 'other', 'kept all the while');
    await Promise.all([...names, 'done'].map((name) => client.raiseEvent('i', 'addname', name)));
    expect((await client.end('i')).output).toEqual([names, 'kept all the while']);
  });

  it('keeps them over restarts', async () => {
    const client = await SimulatedClient.open({
      orchestrations: {
        collect: write(function* (ctx, names: unknown[]) {
          yield* ctx.waitForExternalEvent('go');
          if (names.length < 3) ctx.continueAsNew([...names, yield* ctx.waitForExternalEvent('addname')]);
          return names;
        }),
      },
    });
    await client.startNew('collect', { instanceId: 'i', input: [] });
    for (const name of ['a', 'b', 'c', 'd']) await client.raiseEvent('i', 'addname', name);
    for (let i = 0; i < 4; i++) {
      await client.restart();
      await client.raiseEvent('i', 'go');
    }
    expect((await client.end('i')).output).toEqual(['a', 'b', 'c']);
  });

  it('lets nothing run after it, even when it is caught', async () => {
    const after: string[] = [];
    const client = await SimulatedClient.open({
      orchestrations: {
        stubborn: write(function* (ctx, round: number) {
          if (round === 1) return 'second round';
          const attempts = [
            () => ctx.continueAsNew(1),
            () => ctx.callActivity('noop'),
            () => ctx.createTimer(1),
            () => ctx.setCustomStatus('after'),
            () => ctx.continueAsNew(2),
            () => ctx.newGuid(),
          ];
          for (const attempt of attempts) {
            try {
              attempt();
              after.push('ran');
            } catch (error) {
              after.push((error as Error).name);
            }
          }
          yield* ctx.createTimer(1);
          return 'first round';
        }),
      },
      activities,
    });
    await client.startNew('stubborn', { instanceId: 'i', input: 0 });
    expect(await client.end('i')).toMatchObject({ output: 'second round', input: 1 });
    expect(after).toEqual(Array(6).fill('ContinuedAsNew'));
  });

  it('clears the custom status, and keeps the creation time and the parent', async () => {
    const child = write(function* (ctx, n: number) {
      if (n === 0) ctx.setCustomStatus('round 0');
      yield* ctx.waitForExternalEvent('next');
      if (n === 0) ctx.continueAsNew(1);
      return ctx.parent;
    });
    const client = await SimulatedClient.open({
      orchestrations: {
        child,
        parent: write(function* (ctx) {
          return yield* ctx.callSubOrchestrator(child, 0, { instanceId: 'c' });
        }),
      },
    });
    await client.startNew('parent', { instanceId: 'p' });
    const first = await client.waiting('c');
    expect(first.customStatus).toBe('round 0');
    client.sim.clock.move(60_000);
    await client.raiseEvent('c', 'next');
    const second = await client.getStatus('c');
    expect(second).toMatchObject({ runtimeStatus: 'Running', input: 1, createdTime: first.createdTime });
    expect(second.customStatus).toBeUndefined();
    await client.raiseEvent('c', 'next');
    expect((await client.end('p')).output).toEqual({ instanceId: 'p', name: 'parent' });
    expect((await client.getStatus('c')).createdTime).toEqual(first.createdTime);
  });

  it('never draws a GUID twice', async () => {
    const { output } = await run(
      write(function* (ctx, guids: string[]) {
        const drawn = [...guids, ctx.newGuid(), ctx.newGuid()];
        yield* ctx.createTimer(1);
        if (drawn.length < 20) ctx.continueAsNew(drawn);
        return drawn;
      }),
      { input: [] },
    );
    expect(new Set(output as string[]).size).toBe(20);
  });

  it('gives up what was open: a late result is not taken for one of the new execution', async () => {
    const finish: (() => void)[] = [];
    const client = await SimulatedClient.open({
      orchestrations: {
        twice: write(function* (ctx, round: number) {
          const task = ctx.callActivity('slow', round);
          if (round === 0) {
            yield* ctx.waitForExternalEvent('next');
            ctx.continueAsNew(1);
          }
          return yield* task;
        }),
      },
      activities: { slow: (round: number) => new Promise((resolve) => finish.push(() => resolve(`round ${round}`))) },
    });
    await client.startNew('twice', { instanceId: 'i', input: 0 });
    await client.raiseEvent('i', 'next');
    await client.until('i', () => finish.length === 2);
    finish[0]?.();
    await client.sim.quiet();
    expect((await client.getStatus('i')).waitsFor).toHaveLength(1);
    finish[1]?.();
    expect((await client.end('i')).output).toBe('round 1');
  });

  it('refuses an input that cannot be cloned', async () => {
    const { failure } = await run(
      write(function* (ctx) {
        yield* ctx.createTimer(1);
        ctx.continueAsNew({ fn: () => {} });
      }),
    );
    expect(failure).toMatchObject({ code: 'Payload', message: expect.stringContaining('at fn, is a function') });
  });
});

describe('continueAsNew in a helper', () => {
  it('ends the whole execution', async () => {
    const { output } = await run(
      async (ctx: Context, round: number) => {
        const helper = async () => {
          await ctx.createTimer(1);
          if (round === 0) ctx.continueAsNew(1);
        };
        await ctx.allSettled([helper(), ctx.createTimer('1s')]);
        return round;
      },
      { input: 0 },
    );
    expect(output).toBe(1);
  });
});
