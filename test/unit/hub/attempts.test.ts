/** Attempts of activities: their time, their signs of life, and what they wait for. */
import { createTestHub, never, type TestHub } from 'perdure/testing';
import { afterEach, describe, expect, it } from 'vitest';
import type { ActivityContext, ActivityOptions, OrchestrationContext, TimeoutError } from '../../../src';
import type { Wait } from '../../../src/core';
import { type Attempt, Attempts } from '../../../worker/hub/attempts';
import { LiveTasks } from '../../../worker/hub/live-tasks';
import { isNetworkFailure } from '../../../worker/hub/network-failure';
import type { ActivityTask } from '../../../worker/pool';
import { VirtualClock } from '../../support/simulation';

const minute = 60_000;

describe('attempts', () => {
  function given() {
    const clock = new VirtualClock();
    const live = new LiveTasks();
    const over: [key: string | undefined, message: string][] = [];
    const attempts = new Attempts(clock, live, ({ task }: Attempt, error: TimeoutError) => {
      over.push([task?.key, error.message]);
    });
    const task = (key: string, run: ActivityTask['run']): ActivityTask => ({
      key,
      instanceId: 'i',
      taskId: 7,
      attempt: 1,
      idempotencyKey: key,
      name: 'work',
      ...(run && { run }),
    });
    const begin = (key: string, run: ActivityTask['run']) => {
      attempts.add(task(key, run));
      attempts.note({ kind: 'began', key });
    };
    return { clock, live, over, attempts, task, begin };
  }

  it('have the time that they were given, from when they began', () => {
    const { clock, over, attempts, task } = given();
    attempts.add(task('1:7', { timeout: minute }));
    clock.pass(10 * minute);
    expect([over, attempts.nextDeadline]).toEqual([[], undefined]);
    attempts.note({ kind: 'began', key: '1:7' });
    expect(attempts.nextDeadline).toBe(clock.now() + minute);
    clock.pass(minute - 1);
    expect(over).toEqual([]);
    clock.pass(1);
    expect(over).toEqual([['1:7', `activity 'work' did not end within ${minute} ms`]]);
  });

  it('have it once more when they begin again', () => {
    const { clock, over, attempts, begin } = given();
    begin('1:7', { timeout: minute, heartbeatTimeout: minute });
    clock.pass(minute - 1);
    attempts.note({ kind: 'again', key: '1:7' });
    clock.pass(10 * minute);
    expect(over).toEqual([]);
    attempts.note({ kind: 'began', key: '1:7' });
    clock.pass(minute - 1);
    expect(over).toEqual([]);
    clock.pass(1);
    expect(over).toHaveLength(2);
  });

  it('may keep silent for so long, from one heartbeat to the next', () => {
    const { clock, over, attempts, begin } = given();
    begin('1:7', { heartbeatTimeout: minute });
    for (let beat = 1; beat < 10; beat++) {
      clock.pass(minute - 1);
      attempts.note({ kind: 'heartbeat', key: '1:7', details: beat, kept: () => {} });
    }
    expect(over).toEqual([]);
    clock.pass(minute);
    expect(over).toEqual([['1:7', `activity 'work' gave no sign of life within ${minute} ms`]]);
  });

  it('give a sign of life by heartbeats only', () => {
    const { clock, over, attempts, begin } = given();
    begin('1:7', { heartbeatTimeout: minute });
    clock.pass(minute - 1);
    attempts.note({ kind: 'progress', key: '1:7', progress: { fraction: 0.5 } });
    clock.pass(1);
    expect(over).toHaveLength(1);
  });

  it('lose no time while the machine sleeps', () => {
    const { clock, over, begin } = given();
    begin('1:7', { timeout: minute });
    clock.move(60 * minute);
    expect(over).toEqual([]);
    clock.pass(minute);
    expect(over).toHaveLength(1);
  });

  it('can have more time than a timer can take', () => {
    const { clock, over, begin } = given();
    const days = 100 * 24 * 60 * minute;
    begin('1:7', { timeout: days });
    clock.pass(days - 1);
    expect(over).toEqual([]);
    clock.pass(1);
    expect(over).toHaveLength(1);
  });

  it('that are over, or not wanted any more, are heard of no more', () => {
    const { clock, over, attempts, live, begin } = given();
    begin('1:7', { timeout: minute, heartbeatTimeout: minute });
    begin('1:8', { timeout: minute });
    begin('1:9', { timeout: minute });
    attempts.note({ kind: 'progress', key: '1:7', progress: { fraction: 0.5 } });
    expect(attempts.delete('1:7')).toBe(true);
    expect(attempts.delete('1:7')).toBe(false);
    attempts.rest('1:8');
    attempts.stop();
    expect([attempts.has('1:7'), attempts.nextDeadline, live.all]).toEqual([false, undefined, []]);
    expect(attempts.note({ kind: 'progress', key: '1:7', progress: { fraction: 0.5 } })).toBeUndefined();
    clock.pass(10 * minute);
    expect(over).toEqual([]);
  });

  it('tell the next moment at which the time of one is over', () => {
    const { clock, attempts, begin } = given();
    begin('1:7', { timeout: 5 * minute });
    begin('1:8', { timeout: 9 * minute, heartbeatTimeout: 2 * minute });
    begin('1:9', { priority: 1 });
    expect(attempts.nextDeadline).toBe(clock.now() + 2 * minute);
    attempts.delete('1:8');
    expect(attempts.nextDeadline).toBe(clock.now() + 5 * minute);
  });

  it('whose place is taken run for nobody', () => {
    const { attempts } = given();
    attempts.block('1:7');
    expect(attempts.has('1:7')).toBe(true);
    expect(attempts.note({ kind: 'began', key: '1:7' })).toBeUndefined();
  });
});

it.each([
  ['in Chromium', { name: 'TypeError', message: 'Failed to fetch' }, true],
  ['in Firefox', { name: 'TypeError', message: 'NetworkError when attempting to fetch resource.' }, true],
  ['in Safari', { name: 'TypeError', message: 'Load failed' }, true],
  ['of a cause', { name: 'Error', message: 'the upload', cause: { name: 'NetworkError', message: 'x' } }, true],
  ['of another kind', { name: 'TypeError', message: 'x is not a function' }, false],
  ['of a server', { name: 'Error', message: 'Failed to fetch the order: 500' }, false],
])('a failure %s is told from others', (_, failure, isOfNetwork) => {
  expect(isNetworkFailure(failure)).toBe(isOfNetwork);
});

// ---------------------------------------------------------------------------------------------------- in virtual time

type Loose = OrchestrationContext<Record<string, (input: unknown) => unknown>>;
interface Call {
  options?: ActivityOptions;
  input?: unknown;
}

const orchestrations = {
  call: async (ctx: Loose, { input, options }: Call) => {
    try {
      return await ctx.callActivity('work', input, options);
    } catch (error) {
      const { cause } = error as Error & { cause: Error & { code?: string } };
      return `${cause.code ?? cause.name}: ${cause.message}`;
    }
  },
  twice: async (ctx: Loose, { options }: Call) => [
    await ctx.callActivity('work', 'first', options),
    await ctx.callActivity('work', 'second', options),
  ],
  fan: async (ctx: Loose, times: number) => {
    await ctx.all(Array.from({ length: times }, (_, n) => ctx.callActivity('work', n)));
  },
  byPriority: async (ctx: Loose, priorities: number[]) => {
    await ctx.all(priorities.map((priority) => ctx.callActivity('work', priority, { priority })));
  },
  fails: (ctx: Loose) => ctx.callActivity('work', undefined),
  continues: async (ctx: Loose, isSecond: boolean) => {
    const found = await ctx.callActivity('work', undefined);
    return isSecond ? found : ctx.continueAsNew(true);
  },
};

describe('in virtual time', () => {
  type Work = (input: unknown, ctx: ActivityContext) => unknown;
  let hub: TestHub<typeof orchestrations, { work: Work }>;
  const began = Date.UTC(2026, 0, 1);
  const passed = () => hub.now.getTime() - began;
  afterEach(() => hub.close());
  async function open(work: Work = () => 'done', limits: { work?: object } = {}) {
    hub = (await createTestHub({ orchestrations, activities: { work }, limits } as never)) as never;
    return hub.client;
  }
  const output = async (id: string) => (await hub.client.waitForCompletion(id as never)).output as unknown;
  const start = (input: Call) => hub.client.startNew('call', { input });
  const waitOf = async (id: string) =>
    (await hub.client.getStatus(id as never)).waitsFor[0] as Extract<Wait, { kind: 'activity' }>;
  const attempts = () => hub.calls('work').map(({ attempt }) => attempt);

  it('an attempt has its time, and the next one has it again', async () => {
    await open(never);
    const retry = { maxAttempts: 3, firstRetryInterval: '1m' } as const;
    const id = await start({ options: { timeout: '10m', retry } });
    expect(await output(id)).toBe("Timeout: activity 'work' did not end within 600000 ms");
    expect([passed(), attempts()]).toEqual([32 * minute, [1, 2, 3]]);
    expect(hub.calls('work').every(({ signal }) => signal.aborted)).toBe(true);
    expect(hub.calls('work')[0]?.signal.reason).toMatchObject({ code: 'Timeout' });
  });

  it('it is not counted while an activity waits for its turn', async () => {
    await open(never, { work: { concurrency: 1 } });
    const ids = [await start({ options: { timeout: '10m' } }), await start({ options: { timeout: '10m' } })];
    await output(ids[0]!);
    expect(passed()).toBe(10 * minute);
    await output(ids[1]!);
    expect(passed()).toBe(20 * minute);
  });

  it('it is there in full after a reload', async () => {
    await open(never);
    const id = await start({ options: { timeout: '10m' } });
    await hub.advance('8m');
    await hub.reload();
    await output(id);
    expect(passed()).toBe(18 * minute);
  });

  it('an activity that gives no sign of life has failed', async () => {
    await open(never);
    const id = await start({ options: { timeout: '1h', heartbeatTimeout: '1m' } });
    expect(await output(id)).toBe("Timeout: activity 'work' gave no sign of life within 60000 ms");
    expect(passed()).toBe(minute);
  });

  it('an activity that beats and is never heard of again has failed a while later', async () => {
    await open(async (_, ctx) => {
      await ctx.heartbeat(1);
      return never(undefined, ctx);
    });
    const id = await start({ options: { heartbeatTimeout: '1m' } });
    expect(await output(id)).toContain('gave no sign of life');
  }, 3_000);

  it('a heartbeat that resolved is there after a crash', async () => {
    let beaten = () => {};
    const isKept = new Promise<void>((resolve) => {
      beaten = resolve;
    });
    await open(async (_, { lastHeartbeat, heartbeat }) => {
      if (lastHeartbeat !== undefined) return lastHeartbeat;
      await heartbeat({ part: 3 });
      beaten();
      return new Promise(() => {});
    });
    const id = await start({});
    await isKept;
    await hub.reload();
    expect(await output(id)).toEqual({ part: 3 });
    expect(attempts()).toEqual([1, 1]);
  });

  it('a heartbeat is there for the next attempt, and for no other call', async () => {
    const found: unknown[] = [];
    await open(async (input, ctx) => {
      found.push([input, ctx.attempt, ctx.lastHeartbeat]);
      await ctx.heartbeat(`${input} ${ctx.attempt}`);
      if (ctx.attempt < 3) throw new Error('again');
      return ctx.attempt;
    });
    const retry = { maxAttempts: 3, firstRetryInterval: '1h' } as const;
    const id = await hub.client.startNew('twice', { input: { options: { retry } } });
    expect(await output(id)).toEqual([3, 3]);
    expect(found).toEqual([
      ['first', 1, undefined],
      ['first', 2, 'first 1'],
      ['first', 3, 'first 2'],
      ['second', 1, undefined],
      ['second', 2, 'second 1'],
      ['second', 3, 'second 2'],
    ]);
  });

  it('a heartbeat is there after a crash between two attempts', async () => {
    await open(async (_, ctx) => {
      if (ctx.attempt === 2) return ctx.lastHeartbeat ?? 'nothing';
      await ctx.heartbeat('of the first');
      throw new Error('again');
    });
    const id = await start({ options: { retry: { maxAttempts: 2, firstRetryInterval: '1h' } } });
    await hub.advance('30m');
    await hub.reload();
    expect(await output(id)).toBe('of the first');
  });

  it('a heartbeat is not there in the next execution', async () => {
    await open(async (_, ctx) => {
      const found = ctx.lastHeartbeat ?? 'nothing';
      await ctx.heartbeat('of this execution');
      return found;
    });
    expect(await output(await hub.client.startNew('continues', { input: false }))).toBe('nothing');
  });

  it('a heartbeat is there after a rewind', async () => {
    await open(async (_, ctx) => {
      if (ctx.lastHeartbeat !== undefined) return ctx.lastHeartbeat;
      await ctx.heartbeat('half');
      throw new Error('no more');
    });
    const id = await hub.client.startNew('fails');
    await expect(hub.client.waitForCompletion(id)).rejects.toThrow('no more');
    await hub.client.rewind(id);
    expect(await output(id)).toBe('half');
  });

  it('of heartbeats that are not awaited, the last counts', async () => {
    await open((_, ctx) => {
      if (ctx.attempt === 2) return ctx.lastHeartbeat;
      for (let part = 0; part < 50; part++) void ctx.heartbeat(part);
      throw new Error('again');
    });
    const id = await start({ options: { retry: { maxAttempts: 2, firstRetryInterval: 1 } } });
    expect(await output(id)).toBe(49);
  });

  it('a condition is waited for, and the status says so', async () => {
    const client = await open();
    hub.setCondition('visible', false);
    const id = await start({ options: { runWhen: 'visible' } });
    await hub.advance('1h');
    expect(hub.calls('work')).toEqual([]);
    expect(await waitOf(id)).toEqual({ kind: 'activity', taskId: 0, name: 'work', waitsUntil: 'visible' });
    await expect(client.waitForCompletion(id)).rejects.toThrow(/visible/);
    hub.setCondition('visible', true);
    expect(await output(id)).toBe('done');
  });

  it('a condition is waited for again after a reload', async () => {
    await open();
    hub.setCondition('idle', false);
    const id = await start({ options: { runWhen: 'idle' } });
    await hub.reload();
    expect((await waitOf(id)).waitsUntil).toBe('idle');
    expect(hub.calls('work')).toEqual([]);
    hub.setCondition('idle', true);
    expect(await output(id)).toBe('done');
  });

  const offline = new TypeError('Failed to fetch');

  it('a failure for want of a network costs no attempt, and waits for it', async () => {
    await open();
    hub.failNext('work', { error: offline });
    hub.replaceActivity('work', () => 'sent');
    const id = await start({ options: { runWhen: 'online' } });
    // It is noticed by the activity first, and by the browser a moment later.
    await hub.settle();
    hub.setCondition('online', false);
    await hub.advance('1h');
    expect((await waitOf(id)).waitsUntil).toBe('online');
    hub.setCondition('online', true);
    expect(await output(id)).toBe('sent');
    expect(attempts()).toEqual([1, 1]);
    const history = await hub.client.getHistory(id);
    expect(history.filter(({ type }) => type === 'TaskFailed' || type === 'TaskScheduled')).toHaveLength(1);
  });

  it('a failure of the network while there is one costs an attempt', async () => {
    await open();
    hub.failNext('work', { error: offline });
    const id = await start({ options: { runWhen: 'online', retry: { maxAttempts: 2, firstRetryInterval: '1m' } } });
    expect(await output(id)).toBe('done');
    expect(attempts()).toEqual([1, 2]);
  });

  it('a failure of another kind costs an attempt, whatever the network', async () => {
    await open();
    hub.failNext('work', { error: new TypeError('x is not a function') });
    const id = await start({ options: { runWhen: 'online' } });
    expect(await output(id)).toBe('TypeError: x is not a function');
  });

  it('a failure of the network costs an attempt where the call did not ask for one', async () => {
    await open();
    hub.setCondition('online', false);
    hub.failNext('work', { error: offline });
    expect(await output(await start({}))).toBe('TypeError: Failed to fetch');
  });

  it('a time limit that is reached for want of a network costs no attempt', async () => {
    await open(never);
    const id = await start({ options: { runWhen: 'online', timeout: '1m' } });
    await hub.advance('30s');
    hub.setCondition('online', false);
    await hub.advance('1h');
    expect((await waitOf(id)).waitsUntil).toBe('online');
    hub.replaceActivity('work', () => 'sent');
    hub.setCondition('online', true);
    expect(await output(id)).toBe('sent');
    expect(attempts()).toEqual([1, 1]);
  });

  it('what waits for its network after a failure can be terminated', async () => {
    await open();
    hub.failNext('work', { error: offline });
    const id = await start({ options: { runWhen: 'online' } });
    await hub.settle();
    await hub.client.terminate(id, 'enough');
    hub.setCondition('online', false);
    hub.setCondition('online', true);
    await hub.advance('1h');
    expect((await hub.client.getStatus(id)).runtimeStatus).toBe('Terminated');
    expect(hub.calls('work')).toHaveLength(1);
  });

  it('a rate goes by it', async () => {
    const times: number[] = [];
    await open(
      () => {
        times.push(passed());
      },
      { work: { rate: { count: 2, per: '1m' } } },
    );
    await output(await hub.client.startNew('fan', { input: 7 }));
    expect(times).toEqual([0, 0, 1, 1, 2, 2, 3].map((n) => n * minute));
  });

  it('a rate goes by it also when it is advanced by hand', async () => {
    const times: number[] = [];
    await open(
      () => {
        times.push(passed());
      },
      { work: { rate: { count: 1, per: '1m' } } },
    );
    await hub.client.startNew('fan', { input: 5 });
    await hub.advance('1h');
    expect(times).toEqual([0, 1, 2, 3, 4].map((n) => n * minute));
  });

  it('those of higher priority run first', async () => {
    const order: unknown[] = [];
    await open((input) => order.push(input), { work: { concurrency: 1 } });
    await output(await hub.client.startNew('byPriority', { input: [0, 3, -1, 5, 3] }));
    expect(order).toEqual([5, 3, 3, 0, -1]);
  });

  it('progress is shown while the activity runs, and not after', async () => {
    let told = () => {};
    const isTold = new Promise<void>((resolve) => {
      told = resolve;
    });
    let go = () => {};
    const released = new Promise<void>((resolve) => {
      go = resolve;
    });
    await open(async (_, { progress }) => {
      progress(0.5, 'half');
      told();
      await released;
    });
    const id = await start({});
    await isTold;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect((await waitOf(id)).progress).toEqual({ fraction: 0.5, message: 'half' });
    go();
    await output(id);
    expect((await hub.client.getStatus(id)).waitsFor).toEqual([]);
  });
});
