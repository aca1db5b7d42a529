/** What failed is tried again, each attempt recorded, with durable timers between. */
import { describe, expect, it } from 'vitest';
import type { RetryOptions, TaskFailedError, TimerCreated } from '../../../src/core';
import { Play } from '../../support/core-turns';
import { type Context, styles } from '../../support/styles';

const retry = { maxAttempts: 4, firstRetryInterval: 1_000 };

/** Fails so many times, then says which attempt succeeded. */
function flaky(failures: number, error: () => Error = () => new Error('down')) {
  let calls = 0;
  return () => {
    if (++calls <= failures) throw error();
    return `attempt ${calls}`;
  };
}

/** The delays between the attempts, in ms. */
function delays(play: Play): number[] {
  const at = new Map<number, number>();
  let now = 0;
  for (const event of play.history) {
    if (event.type === 'OrchestratorStarted') now = event.at;
    else if (event.type === 'TimerCreated') at.set(event.taskId, event.fireAt - now);
  }
  return [...at.values()];
}

describe.each(styles)('a call with retry options, in %s', (_, write) => {
  const calling = (options: RetryOptions) =>
    write(function* (ctx) {
      return yield* ctx.callActivity('work', 1, { retry: options });
    });

  it('is made again after a delay until it succeeds, and each attempt is recorded', async () => {
    const play = await Play.start(calling(retry), { does: { work: flaky(2) } });
    const end = await play.finish();
    expect(end).toMatchObject({ status: 'Completed', result: 'attempt 3' });
    expect(play.decisions.slice(0, -1)).toEqual([
      { type: 'TaskScheduled', taskId: 0, name: 'work', input: 1 },
      { type: 'TimerCreated', taskId: 1, fireAt: expect.any(Number) },
      { type: 'TaskScheduled', taskId: 2, name: 'work', input: 1, attempt: 2, retryOf: 0 },
      { type: 'TimerCreated', taskId: 3, fireAt: expect.any(Number) },
      { type: 'TaskScheduled', taskId: 4, name: 'work', input: 1, attempt: 3, retryOf: 0 },
    ]);
    await play.reload();
  });

  it('goes on without a delay after a thousand attempts, however much the delay would grow', async () => {
    const options = { maxAttempts: Number.POSITIVE_INFINITY, firstRetryInterval: 0, backoffCoefficient: 2 };
    const play = await Play.start(calling(options), { does: { work: flaky(1_099) } });
    expect(await play.finish()).toMatchObject({ status: 'Completed', result: 'attempt 1100' });
    expect(new Set(delays(play))).toEqual(new Set([0]));
  });

  it('fails with the last failure, and the number of its first attempt', async () => {
    let calls = 0;
    const play = await Play.start(
      write(function* (ctx) {
        yield* ctx.createTimer(1);
        try {
          yield* ctx.callActivity('work', 1, { retry });
        } catch (error) {
          return [(error as TaskFailedError).taskId, (error as Error).message];
        }
        return 'not thrown';
      }),
      {
        does: {
          work: () => {
            throw new Error(`no ${++calls}`);
          },
        },
      },
    );
    expect(await play.finish()).toMatchObject({ result: [1, 'work failed: no 4'] });
    expect(calls).toBe(4);
    await play.reload();
  });

  it.each<[string, Partial<RetryOptions>, number[]]>([
    ['the same each time', {}, [1_000, 1_000, 1_000]],
    ['multiplied each time', { backoffCoefficient: 3 }, [1_000, 3_000, 9_000]],
    ['capped', { backoffCoefficient: 3, maxRetryInterval: '5s' }, [1_000, 3_000, 5_000]],
    ['given with its unit', { firstRetryInterval: '2m' }, [120_000, 120_000, 120_000]],
    ['none at all', { firstRetryInterval: 0 }, [0, 0, 0]],
    ['limited together by a time-out', { backoffCoefficient: 3, retryTimeout: 4_000 }, [1_000, 3_000]],
  ])('waits between the attempts: %s', async (__, more, expected) => {
    const play = await Play.start(calling({ ...retry, ...more }), { does: { work: flaky(9) } });
    expect(await play.finish()).toMatchObject({ status: 'Failed' });
    expect(delays(play)).toEqual(expected);
  });

  it('leaves a share of each delay to chance, the same on replay', async () => {
    const options = { ...retry, maxAttempts: 30, jitter: 0.5 };
    const play = await Play.start(calling(options), { does: { work: flaky(99) } });
    await play.finish();
    const drawn = delays(play);
    expect(new Set(drawn).size).toBeGreaterThan(20);
    for (const delay of drawn) {
      expect(delay).toBeGreaterThanOrEqual(500);
      expect(delay).toBeLessThanOrEqual(1_000);
    }
    await play.reload();
    const other = await Play.start(calling(options), { instanceId: 'other', does: { work: flaky(99) } });
    await other.finish();
    expect(delays(other)).not.toEqual(drawn);
  });

  it('does not come back together with others that failed with it, if chance has a share', async () => {
    const options = { ...retry, maxAttempts: 2, jitter: 1 };
    const play = await Play.start(
      write(function* (ctx) {
        const calls = Array.from({ length: 20 }, () => ctx.callActivity('work', 1, { retry: options }));
        yield* ctx.allSettled(calls);
      }),
      { does: { work: flaky(99) } },
    );
    await play.finish();
    expect(new Set(delays(play)).size).toBeGreaterThan(15);
  });

  it("does not draw its chance from the orchestrator's", async () => {
    const drawing = (draws: number) =>
      write(function* (ctx) {
        for (let i = 0; i < draws; i++) ctx.random();
        return yield* ctx.callActivity('work', 1, { retry: { ...retry, jitter: 1 } });
      });
    const play = await Play.start(drawing(1), { does: { work: flaky(2) } });
    await play.finish();
    await play.reload(drawing(2));
  });

  it('stops where its predicate says so', async () => {
    const refused = () => Object.assign(new Error('no'), { code: 'Refused' });
    let calls = 0;
    const play = await Play.start(
      calling({ ...retry, retryIf: ({ failure, taskName }) => failure.code !== 'Refused' && taskName === 'work' }),
      {
        does: {
          work: () => {
            throw ++calls === 1 ? new Error('down') : refused();
          },
        },
      },
    );
    expect(await play.finish()).toMatchObject({ failure: { code: 'TaskFailed', cause: { code: 'Refused' } } });
    expect(calls).toBe(2);
    await play.reload();
  });

  it('fails with what its predicate throws', async () => {
    const play = await Play.start(
      calling({
        ...retry,
        retryIf: () => {
          throw new RangeError('no predicate');
        },
      }),
      { does: { work: flaky(1) } },
    );
    expect(await play.finish()).toMatchObject({ failure: { name: 'RangeError', message: 'no predicate' } });
  });

  it.each([
    ['an attempt', 0, ['TaskCanceled']],
    ['a delay', 1, ['TimerCreated', 'TaskCanceled']],
  ])('gives up %s that is under way when it is cancelled', async (__, failures, decisions) => {
    const play = await Play.start(
      write(function* (ctx) {
        const task = ctx.callActivity('work', 1, { retry });
        yield* ctx.waitForExternalEvent('stop');
        task.cancel('enough');
        try {
          yield* task;
        } catch (error) {
          return String(error);
        }
        return 'not thrown';
      }),
      { does: { work: flaky(9) } },
    );
    for (let i = 0; i < failures; i++) await play.step();
    await play.raise('stop');
    expect(play.open.size).toBe(0);
    expect(play.decisions.slice(1).map(({ type }) => type)).toEqual([...decisions, 'ExecutionCompleted']);
    expect(play.end).toMatchObject({ result: 'TaskCanceledError: enough' });
    await play.reload();
  });

  it('can be replayed from between any two attempts', async () => {
    const play = await Play.start(calling(retry), { does: { work: flaky(3) } });
    while (!play.ended) {
      await play.reload();
      await play.step();
    }
    expect(play.end).toMatchObject({ result: 'attempt 4' });
  });

  it('takes the same options by property', async () => {
    const play = await Play.start(
      write(function* (ctx) {
        return yield* ctx.activities.work!(1, { retry });
      }),
      { does: { work: flaky(1) } },
    );
    expect(await play.finish()).toMatchObject({ result: 'attempt 2' });
  });

  it('has a delay that a date can tell, however often it was multiplied', async () => {
    const play = await Play.start(
      calling({ ...retry, maxAttempts: Number.POSITIVE_INFINITY, backoffCoefficient: 1e9 }),
      {
        does: { work: flaky(3) },
      },
    );
    await play.finish();
    for (const event of play.history) {
      if (event.type === 'TimerCreated') expect(new Date(event.fireAt).getTime()).toBe(event.fireAt);
    }
  });
});

describe('retry options', () => {
  it.each<[string, Partial<Record<keyof RetryOptions, unknown>>, RegExp]>([
    ['no attempt', { maxAttempts: 0 }, /RangeError: retry.maxAttempts counts the first attempt too: .* not 0/],
    ['half an attempt', { maxAttempts: 1.5 }, /RangeError: retry.maxAttempts .* not 1.5/],
    ['an unknown number of attempts', { maxAttempts: undefined }, /RangeError: retry.maxAttempts .* not undefined/],
    [
      'no first delay',
      { firstRetryInterval: undefined },
      /TypeError: retry.firstRetryInterval: undefined is no duration/,
    ],
    ['a delay without a unit', { maxRetryInterval: '5 s' }, /TypeError: retry.maxRetryInterval: "5 s" is no duration/],
    ['a negative time-out', { retryTimeout: -1 }, /TypeError: retry.retryTimeout: -1 is no duration/],
    [
      'delays that shrink',
      { backoffCoefficient: 0.5 },
      /RangeError: retry.backoffCoefficient .* give 1 or more, not 0.5/,
    ],
    ['endless growth', { backoffCoefficient: Number.POSITIVE_INFINITY }, /RangeError: retry.backoffCoefficient/],
    ['more chance than there is', { jitter: 2 }, /RangeError: retry.jitter .* give 0 to 1, not 2/],
    ['a predicate that is none', { retryIf: true }, /TypeError: retry.retryIf must be a function/],
  ])('with %s are refused where the call is made', async (_, wrong, message) => {
    const play = await Play.start((ctx: Context) => {
      try {
        ctx.callActivity('work', 1, { retry: { ...retry, ...wrong } as RetryOptions });
      } catch (error) {
        return String(error);
      }
      return 'not thrown';
    });
    expect(play.end).toMatchObject({ result: expect.stringMatching(message) });
  });
});

describe.each(styles)('a sub-orchestration with retry options, in %s', (_, write) => {
  const child = () => {};

  it('is a new instance each time', async () => {
    const play = await Play.start(
      write(function* (ctx) {
        return yield* ctx.callSubOrchestrator(child, undefined, { retry });
      }),
      { children: { child }, does: { child: flaky(1) } },
    );
    expect(await play.finish()).toMatchObject({ result: 'attempt 2' });
    const [first, timer, second] = play.decisions;
    expect(first).toEqual({ type: 'SubOrchestrationInstanceCreated', taskId: 0, name: 'child', instanceId: 'i:7-0' });
    expect((timer as TimerCreated).fireAt).toBe(Date.UTC(2026, 0, 1) + 1_000);
    expect(second).toEqual({ ...first, taskId: 2, instanceId: 'i:7-2', attempt: 2, retryOf: 0 });
    await play.reload();
  });

  it('uses an id of its own again', async () => {
    const play = await Play.start(
      write(function* (ctx) {
        yield* ctx.callSubOrchestrator(child, undefined, { retry, instanceId: 'mine' });
      }),
      { children: { child }, does: { child: flaky(9) } },
    );
    expect(await play.finish()).toMatchObject({ failure: { code: 'TaskFailed', taskId: 0 } });
    const ids = play.decisions.flatMap((each) => ('instanceId' in each ? [each.instanceId] : []));
    expect(ids).toEqual(['mine', 'mine', 'mine', 'mine']);
  });
});
