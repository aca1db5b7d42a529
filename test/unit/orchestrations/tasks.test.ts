/** The task, as orchestrators of both styles see it. */
import { describe, expect, it } from 'vitest';
import type { Steps, Task } from '../../../src';
import { run } from '../../support/simulated-client';
import { type Context, styles } from '../../support/styles';

const activities = {
  double: (n: number) => n * 2,
  fail: () => {
    throw new Error('no');
  },
};

/** The message of what a function throws. */
function messageOf(throws: () => unknown): string {
  try {
    throws();
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
  return 'nothing was thrown';
}

describe.each(styles)('a task, in %s', (_, write) => {
  it('tells whether it has completed, and whether it has failed', async () => {
    const { output } = await run(
      write(function* (ctx) {
        const works = ctx.callActivity('double', 1);
        const fails = ctx.callActivity('fail');
        const before = [works.isCompleted, works.isFaulted, fails.isCompleted, fails.isFaulted];
        yield* ctx.allSettled([works, fails]);
        return [before, [works.isCompleted, works.isFaulted, fails.isCompleted, fails.isFaulted]];
      }),
      { activities },
    );
    expect(output).toEqual([
      [false, false, false, false],
      [true, false, true, true],
    ]);
  });

  it('gives its result as often as it is asked', async () => {
    const { output } = await run(
      write(function* (ctx) {
        const task = ctx.callActivity('double', 1);
        return [yield* task, yield* task, yield* task];
      }),
      { activities },
    );
    expect(output).toEqual([2, 2, 2]);
  });

  it.each([
    ['one', ([first]: Iterable<unknown>) => first],
    ['two', ([first, second]: Iterable<unknown>) => [first, second]],
    ['all', (tasks: Iterable<unknown>) => [...tasks]],
  ])('that is destructured instead of awaited says so: %s', async (__, destructure) => {
    const { output } = await run(
      write(function* (ctx) {
        const joined = ctx.all([ctx.callActivity('double', 1), ctx.callActivity('double', 2)]);
        return messageOf(() => destructure(joined));
        // biome-ignore lint/correctness/noUnreachable: it makes this a generator that yields
        yield* joined;
      }),
      { activities },
    );
    expect(output).toMatch(/^TypeError: a task .*yield\*/);
  });

  it('that is returned instead of its result says so', async () => {
    const status = await run(
      write(function* (ctx) {
        yield* ctx.callActivity('double', 1);
        return { task: ctx.callActivity('double', 2) };
      }),
      { activities },
    );
    expect(status.failure).toMatchObject({
      code: 'Payload',
      message: expect.stringContaining(
        'the output of the orchestration, at task, is a promise or a task; await it first',
      ),
    });
  });
});

describe('a task, in an async function', () => {
  it('is a promise: then, catch and finally work', async () => {
    const { output } = await run(
      async (ctx: Context) => {
        const log: string[] = [];
        const result = await ctx
          .callActivity('double', 4)
          .then((n) => (n as number) + 1)
          .finally(() => log.push('finally'));
        const caught = await ctx.callActivity('fail').catch((error: Error) => error.message);
        const viaThen = await ctx.callActivity('fail').then(null, (error: Error) => error.name);
        await ctx
          .callActivity('fail')
          .finally(() => log.push('finally again'))
          .catch(() => log.push('caught'));
        return [result, caught, viaThen, log];
      },
      { activities },
    );
    expect(output).toEqual([9, 'fail failed: no', 'TaskFailedError', ['finally', 'finally again', 'caught']]);
  });

  it('can be given to Promise.all, which then counts as a promise of the orchestration itself', async () => {
    const { output } = await run(
      async (ctx: Context) => Promise.all([1, 2, 3].map((n) => ctx.callActivity('double', n))),
      { activities },
    );
    expect(output).toEqual([2, 4, 6]);
  });

  it('can be awaited at several places at once', async () => {
    const { output } = await run(
      async (ctx: Context) => {
        const task = ctx.callActivity('double', 1);
        const plus = async (n: number) => ((await task) as number) + n;
        return Promise.all([plus(1), plus(2), task]);
      },
      { activities },
    );
    expect(output).toEqual([3, 4, 2]);
  });
});

describe('a generator', () => {
  it('may use a plain yield', async () => {
    const { output } = await run(
      function* (ctx: Context): Steps<unknown> {
        const n: number = yield ctx.callActivity('double', 1);
        try {
          yield ctx.callActivity('fail');
        } catch (error) {
          return [n, (error as Error).name];
        }
        return 'not thrown';
      },
      { activities },
    );
    expect(output).toEqual([2, 'TaskFailedError']);
  });

  it('may delegate to helpers, and yield them', async () => {
    function* twice(ctx: Context, n: number): Steps<number> {
      const once = (yield* ctx.callActivity('double', n)) as number;
      return (yield* ctx.callActivity('double', once)) as number;
    }
    const { output } = await run(
      function* (ctx: Context): Steps<unknown> {
        return [yield* twice(ctx, 1), yield twice(ctx, 2) as unknown as Task];
      },
      { activities },
    );
    expect(output).toEqual([4, 8]);
  });

  it.each([
    ['a number', 7],
    ['nothing', undefined],
    ['a promise', Promise.resolve(7)],
    ['an array of tasks', []],
  ])('that yields %s instead of a task is told what to yield, and may catch it', async (_, wrong) => {
    const orchestrator = (isCaught: boolean) =>
      function* (): Steps<unknown> {
        try {
          yield wrong as unknown as Task;
        } catch (error) {
          if (isCaught) return (error as Error).message;
          throw error;
        }
        return 'not thrown';
      };
    const message = expect.stringMatching(/yielded something that is no task: yield only what the context gives/);
    expect((await run(orchestrator(true))).output).toEqual(message);
    expect((await run(orchestrator(false))).failure).toMatchObject({ name: 'TypeError', message });
  });

  it('does not deepen the stack, however many tasks have settled already', async () => {
    const { output } = await run(
      function* (ctx: Context): Steps<number> {
        const task = ctx.callActivity('double', 0);
        yield* task;
        for (let i = 0; i < 100_000; i++) yield task;
        return 1;
      },
      { activities },
    );
    expect(output).toBe(1);
  });
});

describe('an orchestrator', () => {
  it('may be a plain function, if it waits for nothing', async () => {
    expect(await run((_ctx: Context, n: number) => n + 1, { input: 1 })).toMatchObject({ output: 2 });
    const status = await run(() => {
      throw new RangeError('at once');
    });
    expect(status).toMatchObject({ runtimeStatus: 'Failed', failure: { name: 'RangeError', message: 'at once' } });
  });

  it.each(styles)('that throws fails its instance, as %s', async (_, write) => {
    const status = await run(
      write(function* (ctx) {
        yield* ctx.createTimer(1);
        throw Object.assign(new RangeError('too far'), { code: 'E_FAR' });
      }),
    );
    expect(status).toMatchObject({
      runtimeStatus: 'Failed',
      failure: { name: 'RangeError', message: 'too far', code: 'E_FAR', stack: expect.stringContaining('tasks.test') },
    });
  });
});
