import { describe, expect, it } from 'vitest';
import type { Duration, Task } from '../../../src';
import { run, SimulatedClient } from '../../support/simulated-client';
import { type StepsOf, styles } from '../../support/styles';

describe.each(styles)('an external event, in %s', (_, write) => {
  const started = async (waiter: StepsOf) => {
    const client = await SimulatedClient.open({ orchestrations: { waiter: write(waiter) } });
    await client.startNew('waiter', { instanceId: 'i' });
    return client;
  };

  it('brings its data', async () => {
    const client = await started(function* (ctx) {
      return yield* ctx.waitForExternalEvent('approval');
    });
    expect((await client.waiting('i')).waitsFor).toEqual([{ kind: 'event', name: 'approval' }]);
    await client.raiseEvent('i', 'approval', { by: 'Ada', at: new Date(5) });
    expect(await client.end('i')).toMatchObject({ output: { by: 'Ada', at: new Date(5) }, waitsFor: [] });
  });

  it('may come without data', async () => {
    const client = await started(function* (ctx) {
      return { data: yield* ctx.waitForExternalEvent('go') };
    });
    await client.raiseEvent('i', 'go');
    expect((await client.end('i')).output).toEqual({ data: undefined });
  });

  it('that comes before anybody waits is kept, in order, name by name', async () => {
    const client = await started(function* (ctx) {
      yield* ctx.waitForExternalEvent('start');
      const got = [];
      for (const name of ['b', 'a', 'a', 'b']) got.push(yield* ctx.waitForExternalEvent(name));
      return got;
    });
    for (const [name, data] of [
      ['a', 1],
      ['b', 2],
      ['a', 3],
      ['b', 4],
    ] as const)
      await client.raiseEvent('i', name, data);
    await client.restart();
    await client.raiseEvent('i', 'start');
    expect((await client.end('i')).output).toEqual([2, 1, 3, 4]);
  });

  it('is told by its name without case', async () => {
    const client = await started(function* (ctx) {
      return [yield* ctx.waitForExternalEvent('AddName'), yield* ctx.waitForExternalEvent('ADDNAME')];
    });
    await client.raiseEvent('i', 'addname', 1);
    await client.raiseEvent('i', 'aDDnAME', 2);
    expect((await client.end('i')).output).toEqual([1, 2]);
  });

  it('goes to who has waited longest for it', async () => {
    const client = await started(function* (ctx) {
      const [first, second] = [ctx.waitForExternalEvent('e'), ctx.waitForExternalEvent('e')];
      return [yield* second, yield* first];
    });
    await client.raiseEvent('i', 'e', 'one');
    await client.raiseEvent('i', 'e', 'two');
    expect((await client.end('i')).output).toEqual(['two', 'one']);
  });

  it('is not swallowed by a wait that was cancelled', async () => {
    const client = await started(function* (ctx) {
      const canceled = ctx.waitForExternalEvent('e');
      const other = ctx.waitForExternalEvent('e');
      canceled.cancel();
      const first = yield* other;
      const last = ctx.waitForExternalEvent('e');
      last.cancel();
      yield* ctx.waitForExternalEvent('next');
      return [first, yield* ctx.waitForExternalEvent('e')];
    });
    await client.raiseEvent('i', 'e', 1);
    await client.raiseEvent('i', 'e', 2);
    await client.raiseEvent('i', 'next');
    expect((await client.end('i')).output).toEqual([1, 2]);
  });

  it('raised many at once come one by one', async () => {
    const client = await started(function* (ctx) {
      const got = [];
      while (got.length < 500) got.push(yield* ctx.waitForExternalEvent('n'));
      return got;
    });
    const numbers = Array.from({ length: 500 }, (__, n) => n);
    await Promise.all(numbers.map((n) => client.raiseEvent('i', 'n', n)));
    expect((await client.end('i')).output).toEqual(numbers);
  });
});

describe.each(styles)('an external event with a timeout, in %s', (_, write) => {
  type Options = { timeout: Duration; default?: unknown };
  const waiter = (options: Options) =>
    write(function* (ctx) {
      try {
        return [yield* ctx.waitForExternalEvent<unknown>('e', options), ctx.currentUtcDateTime];
      } catch (error) {
        const { name, message, code } = error as Error & { code: string };
        return { name, message, code };
      }
    });

  it('gives the default when it is over', async () => {
    const { output, createdTime } = await run(waiter({ timeout: '10m', default: 'nobody' }));
    expect(output).toEqual(['nobody', new Date(createdTime.getTime() + 600_000)]);
  });

  it('gives a default of undefined as well', async () => {
    expect((await run(waiter({ timeout: 5, default: undefined }))).output).toMatchObject([undefined, {}]);
  });

  it('fails with a TimeoutError that names the event if there is no default', async () => {
    expect((await run(waiter({ timeout: '10m' }))).output).toEqual({
      name: 'TimeoutError',
      code: 'Timeout',
      message: "the event 'e' did not come within 10m",
    });
  });

  it('gives the event if it comes in time, and waits for nothing more', async () => {
    const client = await SimulatedClient.open({
      orchestrations: {
        waiter: write(function* (ctx) {
          const got = yield* ctx.waitForExternalEvent('e', { timeout: '10m', default: 'nobody' });
          yield* ctx.waitForExternalEvent('end');
          return got;
        }),
      },
    });
    await client.startNew('waiter', { instanceId: 'i' });
    expect((await client.waiting('i')).waitsFor).toMatchObject([{ kind: 'timer' }, { kind: 'event', name: 'e' }]);
    await client.raiseEvent('i', 'e', 'somebody');
    expect((await client.getStatus('i')).waitsFor).toEqual([{ kind: 'event', name: 'end' }]);
    await client.raiseEvent('i', 'end');
    expect((await client.end('i')).output).toBe('somebody');
  });

  it('starts no timer if the event is there already', async () => {
    const client = await SimulatedClient.open({
      orchestrations: {
        waiter: write(function* (ctx) {
          yield* ctx.waitForExternalEvent('start');
          return yield* ctx.waitForExternalEvent('e', { timeout: '10m', default: 'nobody' });
        }),
      },
    });
    await client.startNew('waiter', { instanceId: 'i' });
    await client.raiseEvent('i', 'e', 'early');
    await client.raiseEvent('i', 'start');
    expect((await client.end('i')).output).toBe('early');
    expect(await client.historyTypes('i')).not.toContain('TimerCreated');
  });

  it('that is over leaves the next event to the next wait', async () => {
    const client = await SimulatedClient.open({
      orchestrations: {
        waiter: write(function* (ctx) {
          const first = yield* ctx.waitForExternalEvent('e', { timeout: '1m', default: 'nobody' });
          return [first, yield* ctx.waitForExternalEvent('e')];
        }),
      },
    });
    await client.startNew('waiter', { instanceId: 'i' });
    await client.sim.until(async () => (await client.historyTypes('i')).includes('TimerFired') || undefined);
    await client.raiseEvent('i', 'e', 'late');
    expect((await client.end('i')).output).toEqual(['nobody', 'late']);
  });

  it('can be cancelled as a whole', async () => {
    const client = await SimulatedClient.open({
      orchestrations: {
        waiter: write(function* (ctx) {
          const task: Task<unknown> = ctx.waitForExternalEvent('e', { timeout: '1d' });
          task.cancel('enough');
          const [ended] = yield* ctx.allSettled([task]);
          yield* ctx.waitForExternalEvent('end');
          return ended?.status === 'rejected' && (ended.reason as Error).message;
        }),
      },
    });
    await client.startNew('waiter', { instanceId: 'i' });
    expect((await client.waiting('i')).waitsFor).toEqual([{ kind: 'event', name: 'end' }]);
    await client.raiseEvent('i', 'end');
    expect((await client.end('i')).output).toBe('enough');
  });

  it.each(['', 'x'.repeat(257), 7])('refuses %.20j as a name', async (name) => {
    const { failure } = await run(
      write(function* (ctx) {
        yield* ctx.waitForExternalEvent(name as string);
      }),
    );
    expect(failure).toMatchObject({ code: 'InvalidName', message: expect.stringMatching(/^an event name must/) });
  });
});
