/** What the context says about the execution, and says again in every replay. */
import { describe, expect, it } from 'vitest';
import { run, SimulatedClient } from '../../support/simulated-client';
import { type Context, styles } from '../../support/styles';

const activities = { echo: (value: unknown) => value };

describe.each(styles)('the context, in %s', (_, write) => {
  it('gives the input, as getInput and as second parameter', async () => {
    const input = { list: [1, new Map([['a', new Date(1)]])] };
    const { output } = await run(
      write(function* (ctx, second: unknown) {
        yield* ctx.createTimer(1);
        return [ctx.instanceId, ctx.getInput(), second];
      }),
      { input },
    );
    expect(output).toEqual(['i', input, input]);
  });

  it('gives undefined where there is no input', async () => {
    const { output, input } = await run(
      write(function* (ctx, second: unknown) {
        yield* ctx.createTimer(1);
        return { first: ctx.getInput(), second };
      }),
    );
    expect(output).toEqual({ first: undefined, second: undefined });
    expect(input).toBeUndefined();
  });

  it('tells the time of the turn: one for the whole turn, and the same in every replay', async () => {
    const times: number[][] = [];
    const client = await SimulatedClient.open({
      orchestrations: {
        clock: write(function* (ctx) {
          const seen: number[] = [];
          times.push(seen);
          for (let i = 0; i < 3; i++) {
            seen.push(ctx.currentUtcDateTime.getTime());
            yield* ctx.waitForExternalEvent('next');
          }
          return seen;
        }),
      },
    });
    await client.startNew('clock', { instanceId: 'i' });
    for (let i = 0; i < 3; i++) {
      client.sim.clock.move(1_000);
      await client.restart();
      await client.raiseEvent('i', 'next');
    }
    const { output, createdTime } = await client.end('i');
    const at = createdTime.getTime();
    expect(output).toEqual([at, at + 1_000, at + 2_000]);
    for (const seen of times) expect(seen).toEqual((output as number[]).slice(0, seen.length));
  });

  it('never tells an earlier time, though the clock is moved back', async () => {
    const client = await SimulatedClient.open({
      orchestrations: {
        clock: write(function* (ctx) {
          const before = ctx.currentUtcDateTime.getTime();
          yield* ctx.waitForExternalEvent('next');
          return ctx.currentUtcDateTime.getTime() - before;
        }),
      },
    });
    await client.startNew('clock', { instanceId: 'i' });
    client.sim.clock.move(-3_600_000);
    await client.raiseEvent('i', 'next');
    expect((await client.end('i')).output).toBe(0);
  });

  it('hands out a Date of its own each time', async () => {
    const { output } = await run(
      write(function* (ctx) {
        yield* ctx.createTimer(1);
        ctx.currentUtcDateTime.setTime(0);
        return ctx.currentUtcDateTime.getTime() > 0;
      }),
    );
    expect(output).toBe(true);
  });

  it('draws GUIDs that differ, and are the same in every replay', async () => {
    const client = await SimulatedClient.open({
      orchestrations: {
        guids: write(function* (ctx) {
          const guids = [ctx.newGuid(), ctx.newGuid()];
          yield* ctx.waitForExternalEvent('next');
          guids.push(ctx.newGuid());
          yield* ctx.callActivity('echo', guids);
          yield* ctx.waitForExternalEvent('next');
          return [...guids, ctx.newGuid()];
        }),
      },
      activities,
    });
    await client.startNew('guids', { instanceId: 'i' });
    await client.restart();
    await client.raiseEvent('i', 'next');
    await client.restart();
    await client.raiseEvent('i', 'next');
    const guids = (await client.end('i')).output as string[];
    expect(new Set(guids).size).toBe(4);
  });

  it('says whether it replays, and logs only what it has not logged before', async () => {
    const replaying: boolean[] = [];
    const client = await SimulatedClient.open({
      orchestrations: {
        logger: write(function* (ctx) {
          for (let i = 0; i < 3; i++) {
            ctx.log('step', i);
            replaying.push(ctx.isReplaying);
            yield* ctx.waitForExternalEvent('next');
          }
        }),
      },
    });
    await client.startNew('logger', { instanceId: 'i' });
    for (let i = 0; i < 3; i++) {
      await client.restart();
      await client.raiseEvent('i', 'next');
    }
    await client.end('i');
    expect(client.sim.logged).toEqual([0, 1, 2].map((i) => ['logger i', 'step', i]));
    expect(replaying.slice(0, 6)).toEqual([false, true, false, true, true, false]);
  });

  it('shows a custom status, until another one takes its place', async () => {
    const client = await SimulatedClient.open({
      orchestrations: {
        shows: write(function* (ctx) {
          ctx.setCustomStatus('not this one');
          ctx.setCustomStatus({ done: 1, of: new Map([['all', 3]]) });
          yield* ctx.waitForExternalEvent('next');
          yield* ctx.waitForExternalEvent('next');
          ctx.setCustomStatus(undefined);
          yield* ctx.waitForExternalEvent('next');
          ctx.setCustomStatus('finished');
        }),
      },
    });
    await client.startNew('shows', { instanceId: 'i' });
    const shown = { done: 1, of: new Map([['all', 3]]) };
    expect((await client.waiting('i')).customStatus).toEqual(shown);
    await client.raiseEvent('i', 'next');
    expect((await client.getStatus('i')).customStatus).toEqual(shown);
    await client.checkpoint();
    await client.restart();
    expect((await client.getStatus('i')).customStatus).toEqual(shown);
    await client.raiseEvent('i', 'next');
    expect((await client.getStatus('i')).customStatus).toBeUndefined();
    await client.raiseEvent('i', 'next');
    expect(await client.end('i')).toMatchObject({ runtimeStatus: 'Completed', customStatus: 'finished' });
  });

  it('refuses a custom status that cannot be cloned', async () => {
    const { failure } = await run(
      write(function* (ctx) {
        yield* ctx.createTimer(1);
        ctx.setCustomStatus({ fn: () => {} });
      }),
    );
    expect(failure?.message).toBe('the custom status, at fn, is a function; only what can be cloned can be stored');
  });
});

describe('values are copied at the edge, so what an orchestrator does to its own changes nothing:', () => {
  interface Box {
    n: number;
  }
  const seen: unknown[] = [];
  const steps = function* (ctx: Context, input: Box) {
    seen.push(input.n, (ctx.getInput() as Box).n);
    input.n = 100;
    (ctx.getInput() as Box).n = 100;
    const sent = { n: 1 };
    const task = ctx.callActivity('echo', sent);
    sent.n = 100;
    const status = { n: 2 };
    ctx.setCustomStatus(status);
    status.n = 100;
    const result = (yield* task) as Box;
    seen.push(result.n);
    result.n = 100;
    const again = (yield* ctx.callActivity('echo', result)) as Box;
    const event = (yield* ctx.waitForExternalEvent('e')) as Box;
    seen.push(event.n, ((yield* task) as Box).n);
    event.n = 100;
    yield* ctx.waitForExternalEvent('end');
    return [input, ctx.getInput(), sent, result, again, event];
  };

  it.each(styles)('to inputs, results and events, in %s', async (_, write) => {
    const expected = [0, 0, 1, 5, 100];
    seen.length = 0;
    const client = await SimulatedClient.open({ orchestrations: { mutates: write(steps) }, activities });
    await client.startNew('mutates', { instanceId: 'i', input: { n: 0 } });
    await client.until('i', ({ waitsFor }) => waitsFor[0]?.kind === 'event');
    await client.raiseEvent('i', 'e', { n: 5 });
    expect(seen).toEqual(expected);
    seen.length = 0;
    await client.restart();
    await client.raiseEvent('i', 'end');
    expect(seen).toEqual(expected);
    const { output, input, customStatus } = await client.end('i');
    expect(input).toEqual({ n: 0 });
    expect(customStatus).toEqual({ n: 2 });
    expect(output).toEqual([{ n: 100 }, { n: 0 }, { n: 100 }, { n: 100 }, { n: 100 }, { n: 100 }]);
  });
});
