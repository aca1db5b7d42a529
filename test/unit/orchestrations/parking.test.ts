/** An orchestrator that disagrees with its history is parked, not failed: the history is right, and the code can be mended. */

import { describe, expect, it } from 'vitest';
import type { Orchestrator } from '../../../src/core';
import { unpack } from '../../../worker/packed';
import { SimulatedClient } from '../../support/simulated-client';
import { type StepsOf, styles } from '../../support/styles';

const activities = { echo: (value: unknown) => value };

describe.each(styles)('an instance whose orchestrator, %s, has changed', (_, write) => {
  const original: StepsOf = function* (ctx) {
    const a = yield* ctx.callActivity('echo', { list: [1] });
    const b = yield* ctx.waitForExternalEvent('first');
    const c = yield* ctx.waitForExternalEvent('second');
    return [a, b, c];
  };

  /** Runs the original up to its first event, then the other code with that event. */
  async function change(to: Record<string, Orchestrator>): Promise<SimulatedClient> {
    const client = await SimulatedClient.open({ orchestrations: { flow: write(original) }, activities });
    await client.startNew('flow', { instanceId: 'i' });
    await client.until('i', ({ waitsFor }) => waitsFor[0]?.kind === 'event');
    await client.restart(to);
    await client.raiseEvent('i', 'first', 1);
    return client;
  }

  const changes: [string, StepsOf, string][] = [
    [
      'another input',
      function* (ctx) {
        yield* ctx.callActivity('echo', { list: [2] });
      },
      "event 2 records a call of activity 'echo' (task 0), but the code now makes a call of activity 'echo' (task 0)",
    ],
    [
      'another activity',
      function* (ctx) {
        yield* ctx.callActivity('shout', { list: [1] });
      },
      "event 2 records a call of activity 'echo' (task 0), but the code now makes a call of activity 'shout' (task 0)",
    ],
    [
      'another kind of call',
      function* (ctx) {
        yield* ctx.createTimer('1d');
      },
      "event 2 records a call of activity 'echo' (task 0), but the code now makes a timer for 2026-01-02T00:00:00.000Z (task 0)",
    ],
    [
      'a call before the others',
      function* (ctx) {
        yield* ctx.callActivity('echo', 'new');
        yield* original(ctx, undefined as never);
      },
      "event 2 records a call of activity 'echo' (task 0), but the code now makes a call of activity 'echo' (task 0)",
    ],
    [
      'one call more',
      function* (ctx) {
        ctx.createTimer('1h').cancel();
        yield* original(ctx, undefined as never);
      },
      "event 2 records a call of activity 'echo' (task 0), but the code now makes a timer for 2026-01-01T01:00:00.000Z (task 0)",
    ],
    [
      'one call more, at the end of a turn',
      function* (ctx) {
        const task = ctx.callActivity('echo', { list: [1] });
        ctx.callActivity('echo', 2);
        yield* task;
      },
      "event 3 records no further call in this turn, but the code now makes a call of activity 'echo' (task 1)",
    ],
    [
      'one call less',
      function* (ctx) {
        yield* ctx.waitForExternalEvent('first');
      },
      "event 2 records a call of activity 'echo' (task 0), but the code now makes no further call",
    ],
    [
      'an early end',
      function* (ctx) {
        yield* ctx.callActivity('echo', { list: [1] });
        return 'done';
      },
      'records no further call in this turn, but the code now makes the end of the orchestration (Completed)',
    ],
    [
      'an error',
      function* (ctx) {
        yield* ctx.callActivity('echo', { list: [1] });
        throw new Error('oops');
      },
      'records no further call in this turn, but the code now makes the end of the orchestration (Failed)',
    ],
    [
      'a continueAsNew',
      function* (ctx) {
        yield* ctx.callActivity('echo', { list: [1] });
        ctx.continueAsNew();
      },
      'records no further call in this turn, but the code now makes continueAsNew',
    ],
  ];

  it.each(changes)('to %s is parked, and told which event and call disagree', async (__, changed, reason) => {
    const client = await change({ flow: write(changed) });
    const { runtimeStatus, parked } = await client.parked('i');
    expect(runtimeStatus).toBe('Suspended');
    expect(parked?.reason).toContain("the replay of 'i' disagrees with its history");
    expect(parked?.reason).toContain(reason);
  });

  it('to make its calls in another order is parked', async () => {
    const calls = (order: string[]) =>
      write(function* (ctx) {
        for (const name of order) ctx.callActivity('echo', name);
        yield* ctx.waitForExternalEvent('first');
      });
    const client = await SimulatedClient.open({ orchestrations: { flow: calls(['a', 'b']) }, activities });
    await client.startNew('flow', { instanceId: 'i' });
    await client.restart({ flow: calls(['b', 'a']) });
    await client.raiseEvent('i', 'first');
    expect((await client.parked('i')).parked?.reason).toContain('event 2 records');
  });

  it('keeps its history and its messages, and goes on when the code is mended', async () => {
    const client = await change({ flow: write(changes[0]![1]) });
    await client.parked('i');
    await client.raiseEvent('i', 'second', 2);
    const before = (await client.getStatus('i', { showHistory: true })).history;
    expect(before?.slice(-2)).toEqual([
      { type: 'EventRaised', name: 'first', input: 1 },
      { type: 'EventRaised', name: 'second', input: 2 },
    ]);
    await client.restart();
    await client.parked('i');
    expect((await client.getStatus('i', { showHistory: true })).history).toEqual(before);
    await client.checkpoint();
    await client.restart({ flow: write(original) });
    const status = await client.end('i');
    expect(status).toMatchObject({ runtimeStatus: 'Completed', output: [{ list: [1] }, 1, 2] });
    expect(status).not.toHaveProperty('parked');
  });

  it('goes on without harm after a change that its history does not feel', async () => {
    const client = await change({
      flow: write(function* (ctx) {
        const [a, b] = [yield* ctx.callActivity('echo', { list: [1] }), yield* ctx.waitForExternalEvent('first')];
        return { a, b, extra: yield* ctx.callActivity('echo', 'extra') };
      }),
    });
    expect((await client.end('i')).output).toEqual({ a: { list: [1] }, b: 1, extra: 'extra' });
  });

  it('is parked if it is not there any more, and goes on when it is back', async () => {
    const client = await change({ other: write(original) });
    const { parked } = await client.parked('i');
    expect(parked?.reason).toContain("no orchestration 'flow' is registered");
    await client.raiseEvent('i', 'second', 2);
    await client.restart({ flow: write(original) });
    expect((await client.end('i')).output).toEqual([{ list: [1] }, 1, 2]);
  });

  it('is parked on an event that only a newer version knows', async () => {
    const client = await SimulatedClient.open({ orchestrations: { flow: write(original) }, activities });
    await client.startNew('flow', { instanceId: 'i' });
    await client.checkpoint();
    client.sim.crash();
    const row = client.sim.database.instances.get('i')!;
    const future = { type: 'FutureEvent' } as never;
    client.sim.database.instances.set('i', { ...row, count: row.count + 1, events: [...unpack(row.events)!, future] });
    await client.sim.open();
    await client.raiseEvent('i', 'first');
    expect((await client.parked('i')).parked?.reason).toMatch(
      /event \d+ of 'i' is a 'FutureEvent', .*a newer one wrote it/,
    );
  });

  it('can be terminated while it is parked, and its id be used again', async () => {
    const client = await change({ flow: write(changes[0]![1]), other: write(original) });
    await client.parked('i');
    await client.terminate('i', 'hopeless');
    const status = await client.end('i');
    expect(status).toMatchObject({ runtimeStatus: 'Terminated', reason: 'hopeless' });
    expect(status).not.toHaveProperty('parked');
    await client.startNew('other', { instanceId: 'i' });
    await client.raiseEvent('i', 'first', 1);
    await client.raiseEvent('i', 'second', 2);
    expect((await client.end('i')).output).toEqual([{ list: [1] }, 1, 2]);
  });

  it('holds up nobody else', async () => {
    const client = await change({ flow: write(changes[0]![1]), other: write(original) });
    await client.parked('i');
    await client.startNew('other', { instanceId: 'j' });
    await client.raiseEvent('j', 'first', 1);
    await client.raiseEvent('j', 'second', 2);
    expect((await client.end('j')).runtimeStatus).toBe('Completed');
  });
});
