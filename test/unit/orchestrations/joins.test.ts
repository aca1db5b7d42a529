/** Several tasks as one. */
import { describe, expect, it } from 'vitest';
import type { Steps } from '../../../src';
import { run, SimulatedClient } from '../../support/simulated-client';
import { type Context, styles } from '../../support/styles';

const activities = {
  double: (n: number) => n * 2,
  fail: (message: string) => {
    throw new Error(message);
  },
};

function* quadruple(ctx: Context, n: number): Steps<number> {
  return (yield* ctx.callActivity('double', yield* ctx.callActivity('double', n))) as number;
}
async function quadrupleAsync(ctx: Context, n: number): Promise<number> {
  return (await ctx.callActivity('double', await ctx.callActivity('double', n))) as number;
}

describe.each(styles)('all, in %s', (_, write) => {
  it('gives all results in the order of the tasks', async () => {
    const client = await SimulatedClient.open({
      orchestrations: {
        three: write(function* (ctx) {
          return yield* ctx.all(['a', 'b', 'c'].map((name) => ctx.waitForExternalEvent(name)));
        }),
      },
    });
    await client.startNew('three', { instanceId: 'i' });
    for (const name of ['b', 'c', 'a']) await client.raiseEvent('i', name, name.toUpperCase());
    expect((await client.end('i')).output).toEqual(['A', 'B', 'C']);
  });

  it('of nothing is nothing', async () => {
    const { output } = await run(
      write(function* (ctx) {
        return [yield* ctx.all([]), yield* ctx.allSettled([])];
      }),
    );
    expect(output).toEqual([[], []]);
  });

  it('fails with the first that fails, while the others go on', async () => {
    const { output } = await run(
      write(function* (ctx) {
        const slow = ctx.createTimer('1h');
        const later = ctx.callActivity('double', 4);
        try {
          yield* ctx.all([slow, ctx.callActivity('fail', 'first'), later]);
        } catch (error) {
          return [(error as Error).message, slow.isCompleted, yield* later];
        }
      }),
      { activities },
    );
    expect(output).toEqual(['fail failed: first', false, 8]);
  });

  it('takes tasks, joins, and helpers of both styles', async () => {
    const { output } = await run(
      write(function* (ctx) {
        return yield* ctx.all([
          ctx.callActivity('double', 1),
          ctx.all([ctx.callActivity('double', 2), ctx.all([ctx.callActivity('double', 3)])]),
          quadruple(ctx, 1),
          quadrupleAsync(ctx, 2),
        ]);
      }),
      { activities },
    );
    expect(output).toEqual([2, [4, [6]], 4, 8]);
  });

  it('fails with what a helper throws', async () => {
    const { output } = await run(
      write(function* (ctx) {
        const caught: string[] = [];
        function* steps(): Steps<void> {
          yield* ctx.callActivity('double', 1);
          throw new RangeError('steps');
        }
        async function promise(): Promise<void> {
          await ctx.callActivity('double', 1);
          throw new RangeError('promise');
        }
        for (const helper of [steps, promise]) {
          try {
            yield* ctx.all([helper()]);
          } catch (error) {
            caught.push((error as Error).message);
          }
        }
        return caught;
      }),
      { activities },
    );
    expect(output).toEqual(['steps', 'promise']);
  });

  it('of 1,000 tasks waits for them all', async () => {
    const { output } = await run(
      write(function* (ctx) {
        const results = yield* ctx.all(Array.from({ length: 1_000 }, (__, n) => ctx.callActivity('double', n)));
        return (results as number[]).reduce((sum, n) => sum + n, 0);
      }),
      { activities },
    );
    expect(output).toBe(999_000);
  });
});

describe.each(styles)('allSettled, in %s', (_, write) => {
  it('tells how each ended, and never fails', async () => {
    const { output } = await run(
      write(function* (ctx) {
        const timer = ctx.createTimer('1h');
        timer.cancel('not needed');
        const settled = yield* ctx.allSettled([
          ctx.callActivity('double', 1),
          ctx.callActivity('fail', 'no'),
          timer,
          quadruple(ctx, 1),
        ]);
        return settled.map((each) => (each.status === 'fulfilled' ? each.value : (each.reason as Error).message));
      }),
      { activities },
    );
    expect(output).toEqual([2, 'fail failed: no', 'not needed', 4]);
  });
});

describe.each(styles)('any, in %s', (_, write) => {
  it('of a record gives the key, the task and the value of the first', async () => {
    const { output } = await run(
      write(function* (ctx) {
        const work = ctx.callActivity('double', 2);
        const deadline = ctx.createTimer('1h');
        const first = yield* ctx.any({ work, deadline });
        return [first.key, first.value, first.task === work, deadline.isCompleted];
      }),
      { activities },
    );
    expect(output).toEqual(['work', 4, true, false]);
  });

  it('of an array gives the index', async () => {
    const { output } = await run(
      write(function* (ctx) {
        const first = yield* ctx.any([ctx.createTimer('1h'), ctx.createTimer('1m'), ctx.createTimer('1d')]);
        return first.key;
      }),
    );
    expect(output).toBe(1);
  });

  it('does not fail with the first: reading its value does', async () => {
    const { output } = await run(
      write(function* (ctx) {
        const first = yield* ctx.any([ctx.callActivity('fail', 'no'), ctx.createTimer('1h')]);
        try {
          return first.value;
        } catch (error) {
          return [first.key, (error as Error).message];
        }
      }),
      { activities },
    );
    expect(output).toEqual([0, 'fail failed: no']);
  });

  it('of tasks that have settled already gives the first in order', async () => {
    const { output } = await run(
      write(function* (ctx) {
        const tasks = { a: ctx.createTimer('2s'), b: ctx.createTimer('1s') };
        yield* ctx.all([tasks.a, tasks.b]);
        return (yield* ctx.any(tasks)).key;
      }),
    );
    expect(output).toBe('a');
  });

  it('of nothing would never settle, so it throws', async () => {
    const { failure } = await run(
      write(function* (ctx) {
        yield* ctx.any([]);
      }),
    );
    expect(failure).toMatchObject({ name: 'TypeError', message: expect.stringContaining('at least one task') });
  });

  it('takes joins and helpers of both styles', async () => {
    const { output } = await run(
      write(function* (ctx) {
        const never = ctx.createTimer('1d');
        const of = [
          ctx.any({ all: ctx.all([never]), steps: quadruple(ctx, 1) }),
          ctx.any({ all: ctx.all([never]), promise: quadrupleAsync(ctx, 2) }),
          ctx.any({ any: ctx.any([never, ctx.callActivity('double', 8)]), never }),
        ];
        const firsts = yield* ctx.all(of);
        const inner = firsts[2]?.value as { key: number; value: number };
        return [firsts[0]?.key, firsts[0]?.value, firsts[1]?.key, firsts[1]?.value, inner.key, inner.value];
      }),
      { activities },
    );
    expect(output).toEqual(['steps', 4, 'promise', 8, 1, 16]);
  });
});

describe('helpers that run side by side', () => {
  it.each(styles)('interleave in a replay as they did at first, in %s', async (_, write) => {
    const orchestrations = {
      race: write(function* (ctx) {
        const order: string[] = [];
        async function promise(name: string): Promise<void> {
          for (let i = 0; i < 3; i++) {
            await ctx.waitForExternalEvent(name);
            order.push(`${name}${i}`);
            await ctx.callActivity('double', i);
          }
        }
        function* steps(name: string): Steps<void> {
          for (let i = 0; i < 3; i++) {
            yield* ctx.waitForExternalEvent(name);
            order.push(`${name}${i}`);
            yield* ctx.callActivity('double', i);
          }
        }
        yield* ctx.all([promise('a'), steps('b'), promise('c')]);
        return order.join(' ');
      }),
    };
    const client = await SimulatedClient.open({ orchestrations, activities });
    await client.startNew('race', { instanceId: 'i' });
    for (const name of ['b', 'a', 'c', 'c', 'b', 'a', 'b', 'c', 'a']) {
      await client.raiseEvent('i', name);
      await client.restart();
    }
    const { output } = await client.end('i');
    expect((output as string).split(' ').sort()).toEqual(['a0', 'a1', 'a2', 'b0', 'b1', 'b2', 'c0', 'c1', 'c2']);
  });
});
