/** What the determinism check finds, and what it lets pass. */
import { checkDeterminism, never } from 'perdure/testing';
import { describe, expect, it } from 'vitest';
import type { OrchestrationContext, Steps } from '../../../src';
import { orchestrations as kit } from './orchestrations';

const activities = { double: async (n: number) => n * 2, fail: async () => Promise.reject(new Error('no')) };
type Context = OrchestrationContext<typeof activities>;

async function child(ctx: Context, n: number): Promise<number> {
  return ctx.callActivity('double', n);
}

const orderly = {
  child,
  async everything(ctx: Context, n: number): Promise<unknown> {
    const all = await ctx.all([1, 2, 3].map((i) => ctx.callActivity('double', i * n)));
    const failed = await ctx.callActivity('fail').catch((error: Error) => error.message);
    const nested = await ctx.callSubOrchestrator(child, n);
    const decision = await ctx.waitForExternalEvent<string>('decision', { timeout: '2d', default: 'nobody' });
    await ctx.createTimer('1h');
    return { all, failed, nested, decision, time: Date.now() > 0, chance: Math.random() < 1 };
  },
  *generator(ctx: Context, n: number): Steps<number> {
    const first = yield* ctx.any([ctx.callActivity('double', n), ctx.callActivity('double', n + 1)]);
    return first.value;
  },
};

describe('an orchestrator that depends on nothing else', () => {
  it('passes, whatever comes first', async () => {
    const runs = await checkDeterminism(orderly.everything, {
      input: 5,
      activities,
      orchestrations: orderly,
      events: [{ name: 'decision', data: 'yes' }],
    });
    expect(runs).toHaveLength(20);
    expect(new Set(runs.map(({ runtimeStatus }) => runtimeStatus))).toEqual(new Set(['Completed']));
    const decisions = runs.map(({ output }) => (output as { decision: string }).decision);
    expect(new Set(decisions)).toEqual(new Set(['yes', 'nobody']));
  });

  it('passes as a generator, with each order of completion', async () => {
    const runs = await checkDeterminism(orderly.generator, { input: 1, activities });
    expect(new Set(runs.map(({ output }) => output))).toEqual(new Set([2, 4]));
  });

  it('comes out the same with the same seed', async () => {
    const options = { input: 1, activities, runs: 3, seed: 7 };
    expect(await checkDeterminism(orderly.generator, options)).toEqual(
      await checkDeterminism(orderly.generator, options),
    );
  });

  it('need not end', async () => {
    const [waiting] = await checkDeterminism(kit.waits, { runs: 1 });
    expect(waiting?.runtimeStatus).toBe('Running');
    const [hanging] = await checkDeterminism(child, { runs: 1, input: 1, activities: { double: never } });
    expect(hanging?.runtimeStatus).toBe('Running');
    const [monitor] = await checkDeterminism(kit.monitors, { runs: 1 });
    expect(monitor?.runtimeStatus).toBe('Running');
  });

  it('may fail', async () => {
    const [run] = await checkDeterminism(async (ctx: Context) => ctx.callActivity('fail'), { activities, runs: 1 });
    expect(run).toMatchObject({ runtimeStatus: 'Failed', failure: { message: 'fail failed: no' } });
  });

  it('runs each activity once, however often its hub crashes', async () => {
    let calls = 0;
    await checkDeterminism(kit.paysWithDeadline, { activities: { pay: async () => `${++calls}` }, runs: 5 });
    expect(calls).toBe(5);
  });
});

describe('an orchestrator that depends on something else', () => {
  let calls = 0;
  const cache = new Map<number, number>();
  const culprits: [string, (ctx: Context, n: number) => Promise<unknown>, string][] = [
    ['a counter', async (ctx, n) => ctx.callActivity('double', n + calls++), 'input'],
    [
      'a cache',
      async (ctx, n) => {
        const known = cache.get(n);
        const value = known ?? (await ctx.callActivity('double', n));
        cache.set(n, value);
        await ctx.createTimer('1h');
        return value;
      },
      "a call of activity 'double'",
    ],
    [
      'another promise',
      async (ctx) => {
        await new Promise<void>((resolve) => globalThis.queueMicrotask(resolve));
        await fetch('http://127.0.0.1:9/');
        return ctx.callActivity('double', 1);
      },
      'fetch',
    ],
    [
      'what changes only with time',
      async (ctx, n) => {
        for (let i = 0; i < 5; i++) await ctx.callActivity('double', n);
        await ctx.callActivity('double', calls++ < 3 ? 1 : 2);
        await ctx.createTimer('1h');
      },
      'input',
    ],
    ['what it returns', async () => calls++, 'the end of the orchestration'],
  ];
  it.each(culprits)('is caught: %s', async (_, orchestrator, what) => {
    calls = 0;
    const error = await checkDeterminism(orchestrator, { input: 1, activities, seed: 3 }).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: 'NonDeterminism' });
    expect(error.message).toContain(what);
    expect(error.message).toContain('(in the run with seed 3)');
  });

  it('is caught: what it last decided before it continued as new', async () => {
    let rounds = 0;
    const eternal = async (ctx: Context, n: number): Promise<void> => {
      await ctx.callActivity('double', n);
      ctx.continueAsNew(rounds++);
    };
    await expect(checkDeterminism(eternal, { input: 0, activities, runs: 1 })).rejects.toMatchObject({
      code: 'NonDeterminism',
    });
  });
});
