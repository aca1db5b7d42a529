import { describe, expect, it } from 'vitest';
import { run, SimulatedClient } from '../../support/simulated-client';
import { styles } from '../../support/styles';

const hour = 3_600_000;
const day = 24 * hour;

describe.each(styles)('a timer, in %s', (_, write) => {
  /** Waits, and says when it was due and when it fired. */
  const waiting = write(function* (ctx, due: number) {
    const from = ctx.currentUtcDateTime.getTime();
    yield* ctx.createTimer(due);
    return ctx.currentUtcDateTime.getTime() - from;
  });
  const open = async (due: number) => {
    const client = await SimulatedClient.open({ orchestrations: { waiting } });
    await client.startNew('waiting', { instanceId: 'i', input: due });
    await client.waiting('i');
    return client;
  };
  const hasEnded = async (client: SimulatedClient) => {
    await client.sim.quiet();
    return (await client.getStatus('i')).runtimeStatus === 'Completed';
  };
  /** The hub has a minute to notice. */
  const minute = async (client: SimulatedClient) => {
    client.sim.clock.pass(60_000);
    await client.sim.quiet();
    client.sim.clock.pass(0);
    await client.sim.quiet();
  };

  it.each([
    ['milliseconds', 1_500, 1_500],
    ['a duration', '90s', 90_000],
    ['nothing', 0, 0],
  ] as const)('takes %s', async (__, due, ms) => {
    const { output, createdTime, lastUpdatedTime } = await run(
      write(function* (ctx) {
        yield* ctx.createTimer(due);
        return ctx.currentUtcDateTime;
      }),
    );
    expect((output as Date).getTime() - createdTime.getTime()).toBe(ms);
    expect(lastUpdatedTime).toEqual(output);
  });

  it('takes a date, and fires at once if it is past', async () => {
    const { output } = await run(
      write(function* (ctx) {
        const now = ctx.currentUtcDateTime.getTime();
        yield* ctx.createTimer(new Date(now - day));
        const past = ctx.currentUtcDateTime.getTime() - now;
        yield* ctx.createTimer(new Date(now + hour));
        return [past, ctx.currentUtcDateTime.getTime() - now];
      }),
    );
    expect(output).toEqual([0, hour]);
  });

  it.each([['soon'], [-1], [Number.NaN], [new Date(Number.NaN)]])('refuses %s', async (wrong) => {
    const { failure } = await run(
      write(function* (ctx) {
        yield* ctx.createTimer(wrong as number);
      }),
    );
    expect(failure).toMatchObject({ name: 'TypeError', message: expect.stringMatching(/no duration|invalid date/) });
  });

  it('says what it waits for, and until when', async () => {
    const client = await open(90_000);
    const { waitsFor, createdTime } = await client.getStatus('i');
    expect(waitsFor).toEqual([{ kind: 'timer', taskId: 0, fireAt: new Date(createdTime.getTime() + 90_000) }]);
  });

  it('that is due together with others comes by due time, then by task', async () => {
    const client = await SimulatedClient.open({
      orchestrations: {
        together: write(function* (ctx) {
          const order: string[] = [];
          function* waitFor(name: string, ms: number) {
            yield* ctx.createTimer(ms);
            order.push(name);
          }
          yield* ctx.all([waitFor('c', 3_000), waitFor('a', 1_000), waitFor('b1', 2_000), waitFor('b2', 2_000)]);
          return order;
        }),
      },
    });
    await client.startNew('together', { instanceId: 'i' });
    // The machine sleeps over all of them.
    client.sim.clock.move(hour);
    expect((await client.end('i')).output).toEqual(['a', 'b1', 'b2', 'c']);
  });

  it('that is cancelled never fires', async () => {
    const client = await SimulatedClient.open({
      orchestrations: {
        race: write(function* (ctx) {
          const deadline = ctx.createTimer('1m');
          yield* ctx.waitForExternalEvent('go');
          deadline.cancel();
          yield* ctx.createTimer('1h');
          return 'done';
        }),
      },
    });
    await client.startNew('race', { instanceId: 'i' });
    await client.raiseEvent('i', 'go');
    expect((await client.getStatus('i')).waitsFor).toMatchObject([{ kind: 'timer', taskId: 1 }]);
    expect((await client.end('i')).output).toBe('done');
    const { history } = await client.getStatus('i', { showHistory: true });
    expect(history?.filter((event) => event.type === 'TimerFired')).toMatchObject([{ taskId: 1 }]);
  });

  it('of 60 days fires after 60 days, over restarts', async () => {
    const client = await open(60 * day);
    await client.checkpoint();
    for (let i = 0; i < 59; i++) {
      // Most of it passes while the machine sleeps.
      client.sim.clock.move(day - 60_000);
      if (i % 20 === 0) await client.restart();
      await minute(client);
    }
    expect(await hasEnded(client)).toBe(false);
    client.sim.clock.move(day);
    await minute(client);
    expect(await hasEnded(client)).toBe(true);
    const { output } = await client.end('i');
    expect(output).toBeGreaterThanOrEqual(60 * day);
    expect(output).toBeLessThanOrEqual(60 * day + 120_000);
  });

  it('fires when the clock is moved forward over it, once', async () => {
    const client = await open(30 * 60_000);
    client.sim.clock.move(hour);
    await minute(client);
    expect(await hasEnded(client)).toBe(true);
    client.sim.clock.move(-hour);
    await minute(client);
    client.sim.clock.move(2 * hour);
    await minute(client);
    expect((await client.historyTypes('i')).filter((type) => type === 'TimerFired')).toHaveLength(1);
    await client.end('i');
  });

  it('never fires early by the wall clock, though that is moved back', async () => {
    // Not a multiple of the time between two looks at the clock: one look is just too early.
    const client = await open(64_000);
    const { fireAt } = (await client.getStatus('i')).waitsFor[0] as { fireAt: Date };
    client.sim.clock.move(-hour);
    await client.sim.until(async () => {
      if (client.sim.clock.now() < fireAt.getTime()) expect(await hasEnded(client)).toBe(false);
      return (await hasEnded(client)) || undefined;
    });
    expect(client.sim.clock.now()).toBeGreaterThanOrEqual(fireAt.getTime());
    expect((await client.historyTypes('i')).filter((type) => type === 'TimerFired')).toHaveLength(1);
  });

  it('is one of many that fire once each and never early, whatever clock and machine do', async () => {
    const client = await SimulatedClient.open({ orchestrations: { waiting } });
    const { clock } = client.sim;
    const due = new Map<string, number>();
    const fire = async (expected: number) => {
      const before = due.size;
      for (const [id, fireAt] of due) {
        if ((await client.getStatus(id)).runtimeStatus !== 'Completed') continue;
        expect(fireAt).toBeLessThanOrEqual(clock.now());
        expect((await client.historyTypes(id)).filter((type) => type === 'TimerFired')).toHaveLength(1);
        due.delete(id);
      }
      expect(before - due.size).toBe(expected);
    };
    for (let n = 1; n <= 20; n++) {
      const ms = n * 20 * 60_000;
      const id = await client.startNew('waiting', { instanceId: `timer ${n}`, input: ms });
      const { waitsFor } = await client.waiting(id);
      expect(waitsFor).toMatchObject([{ fireAt: new Date(clock.now() + ms) }]);
      due.set(id, clock.now() + ms);
    }
    await minute(client);
    await fire(0);
    // Summer time begins.
    clock.move(hour);
    await minute(client);
    await fire(3);
    // It ends: nothing that has fired fires again, and the next ones wait for their hour.
    clock.move(-hour);
    for (let i = 0; i < 58; i++) await minute(client);
    await fire(0);
    for (let i = 0; i < 22; i++) await minute(client);
    await fire(1);
    // The machine sleeps over five of them, and the browser with it over others.
    clock.move(100 * 60_000);
    await minute(client);
    await fire(5);
    await client.checkpoint();
    clock.move(90 * 60_000);
    await client.restart();
    await minute(client);
    await fire(4);
    clock.move(3 * hour);
    await minute(client);
    await fire(7);
    expect(due.size).toBe(0);
  });

  it('that lies in the store alone fires soon after the machine has slept over it', async () => {
    const client = await open(5 * hour);
    await client.checkpoint();
    await client.restart();
    expect(client.sim.hub?.tail?.get('i')).toBeUndefined();
    client.sim.clock.move(6 * hour);
    const wokeAt = client.sim.clock.monotonicNow();
    await client.sim.until(async () => (await hasEnded(client)) || undefined);
    expect(client.sim.clock.monotonicNow() - wokeAt).toBeLessThanOrEqual(60_000);
  });
});
