import { describe, expect, it } from 'vitest';
import { TaskFailedError } from '../../../src/core';
import { run, SimulatedClient } from '../../support/simulated-client';
import { asAsync, type Context, styles } from '../../support/styles';

class OutOfStock extends Error {
  override name = 'OutOfStock';
  readonly code = 'E_STOCK';
}

const activities = {
  double: (n: number) => n * 2,
  nothing: () => undefined,
  echo: (value: unknown) => value,
  fail: () => {
    throw new OutOfStock('no pens', { cause: new RangeError('0 left') });
  },
  failWithWord: () => Promise.reject('just a word'),
};

describe.each(styles)('activities, called by %s', (_, write) => {
  it('run one after the other, each with the result of the one before', async () => {
    const status = await run(
      write(function* (ctx, n: number) {
        let value = n;
        for (let i = 0; i < 5; i++) value = (yield* ctx.callActivity('double', value)) as number;
        return value;
      }),
      { activities, input: 1 },
    );
    expect(status).toMatchObject({ runtimeStatus: 'Completed', input: 1, output: 32, waitsFor: [] });
  });

  it('are scheduled by the call, and run at the same time', async () => {
    const client = await SimulatedClient.open({
      orchestrations: {
        both: write(function* (ctx) {
          const tasks = [ctx.callActivity('a'), ctx.callActivity('b')];
          return yield* ctx.all(tasks);
        }),
      },
      activities: { a: () => new Promise<void>(() => {}), b: () => new Promise<void>(() => {}) },
    });
    await client.startNew('both', { instanceId: 'i' });
    expect((await client.waiting('i')).waitsFor).toEqual([
      { kind: 'activity', taskId: 0, name: 'a' },
      { kind: 'activity', taskId: 1, name: 'b' },
    ]);
  });

  it('can be called by their names as methods', async () => {
    const status = await run(
      write(function* (ctx) {
        return yield* ctx.activities.double!(21);
      }),
      { activities },
    );
    expect(status.output).toBe(42);
  });

  it('that are not awaited run nevertheless, and their results are dropped once it has ended', async () => {
    const ran: number[] = [];
    const status = await run(
      write(function* (ctx) {
        ctx.callActivity('note', 1);
        yield* ctx.callActivity('note', 2);
        return 'done';
      }),
      { activities: { note: (n: number) => void ran.push(n) } },
    );
    expect(status).toMatchObject({ runtimeStatus: 'Completed', output: 'done' });
    expect(ran).toEqual([1, 2]);
  });

  it('may take and give nothing', async () => {
    const status = await run(
      write(function* (ctx) {
        return { gave: yield* ctx.callActivity('nothing') };
      }),
      { activities },
    );
    expect(status.output).toEqual({ gave: undefined });
  });

  it('that throw give a TaskFailedError with all that is known of the error', async () => {
    let caught: unknown;
    const status = await run(
      write(function* (ctx) {
        try {
          yield* ctx.callActivity('fail');
        } catch (error) {
          caught = error;
          return 'caught';
        }
        return 'not thrown';
      }),
      { activities },
    );
    expect(status.output).toBe('caught');
    expect(caught).toBeInstanceOf(TaskFailedError);
    const { cause } = caught as TaskFailedError;
    expect(caught).toMatchObject({ code: 'TaskFailed', taskName: 'fail', taskId: 0, message: 'fail failed: no pens' });
    expect(cause).toMatchObject({ name: 'OutOfStock', message: 'no pens', code: 'E_STOCK' });
    expect((cause as Error).stack).toContain('activities.test.ts');
    expect((cause as Error).cause).toMatchObject({ name: 'RangeError', message: '0 left' });
  });

  it('that throw what is no error give one all the same', async () => {
    const status = await run(
      write(function* (ctx) {
        yield* ctx.callActivity('failWithWord');
      }),
      { activities },
    );
    expect(status.failure).toMatchObject({ code: 'TaskFailed', cause: { name: 'Error', message: 'just a word' } });
  });

  it('fail the orchestration if nobody catches it', async () => {
    const status = await run(
      write(function* (ctx) {
        yield* ctx.callActivity('fail');
      }),
      { activities },
    );
    expect(status).toMatchObject({
      runtimeStatus: 'Failed',
      failure: {
        name: 'TaskFailedError',
        code: 'TaskFailed',
        message: 'fail failed: no pens',
        cause: { name: 'OutOfStock', code: 'E_STOCK', cause: { name: 'RangeError' } },
      },
    });
    expect(status.output).toBeUndefined();
  });

  it('can be called again after a failure, finally blocks and all', async () => {
    let failures = 2;
    const status = await run(
      write(function* (ctx) {
        const log: string[] = [];
        for (;;) {
          try {
            return [...log, yield* ctx.callActivity('flaky')];
          } catch {
            log.push('failed');
          } finally {
            yield* ctx.callActivity('echo', 'cleaned up');
            log.push('cleaned');
          }
        }
      }),
      {
        activities: {
          ...activities,
          flaky: () => {
            if (failures-- > 0) throw new Error('flaky');
            return 'worked';
          },
        },
      },
    );
    expect(status.output).toEqual(['failed', 'cleaned', 'failed', 'cleaned', 'worked']);
  });

  it('refuse an input that cannot be cloned, where the call stands', async () => {
    const status = await run(
      write(function* (ctx) {
        try {
          yield* ctx.callActivity('echo', { list: [() => {}] });
        } catch (error) {
          return (error as Error).message;
        }
        return 'not thrown';
      }),
      { activities },
    );
    expect(status.output).toBe(
      "the input of activity 'echo', at list[0], is a function; only what can be cloned can be stored",
    );
  });

  it('refuse a task as input, and say that it was not awaited', async () => {
    const status = await run(
      write(function* (ctx) {
        yield* ctx.callActivity('echo', ctx.callActivity('double', 1));
      }),
      { activities },
    );
    expect(status.failure?.message).toContain('is a promise or a task; await it first, or use yield*');
  });
});

describe('a cancelled activity', () => {
  it.each(styles)('is told so, and who waits for it gets a TaskCanceledError, in %s', async (_, write) => {
    const client = await SimulatedClient.open({
      orchestrations: {
        giveUp: write(function* (ctx) {
          const task = ctx.callActivity('forever');
          yield* ctx.waitForExternalEvent('stop');
          task.cancel('too slow');
          const { isCompleted, isFaulted } = task;
          try {
            yield* task;
          } catch (error) {
            return { isCompleted, isFaulted, name: (error as Error).name, message: (error as Error).message };
          }
        }),
      },
      activities: { forever: () => new Promise<void>(() => {}) },
    });
    await client.startNew('giveUp', { instanceId: 'i' });
    await client.raiseEvent('i', 'stop');
    const { output } = await client.end('i');
    expect(output).toEqual({ isCompleted: true, isFaulted: true, name: 'TaskCanceledError', message: 'too slow' });
    expect(client.sim.pool?.canceled).toHaveLength(1);
    expect((await client.getStatus('i', { showHistory: true })).history).toContainEqual({
      type: 'TaskCanceled',
      taskId: 0,
      reason: 'too slow',
    });
  });

  it('that is cancelled twice, or after its end, stays as it is', async () => {
    const { output } = await run(
      asAsync(function* (ctx: Context) {
        const done = ctx.callActivity('echo', 1);
        yield* done;
        done.cancel();
        const open = ctx.callActivity('echo', 2);
        open.cancel('first');
        open.cancel('second');
        return [done.isFaulted, yield* done, yield open.catch((error: Error) => error.message) as never];
      }),
      { activities },
    );
    expect(output).toEqual([false, 1, 'first']);
  });
});
