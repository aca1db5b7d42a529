/** The test hub that users get: the real client and hub, with time and activities in the test's hands. */

import { createTestHub, never, StuckError, type TestHub, type TestHubOptions } from 'perdure/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { activities, orchestrations } from './orchestrations';

type Options = Partial<TestHubOptions<typeof orchestrations, typeof activities>>;
const hour = 3_600_000;
const day = 24 * hour;
const start = Date.UTC(2026, 0, 1);

let hub: TestHub<typeof orchestrations, typeof activities>;
async function open(options: Options = {}) {
  hub = await createTestHub({ orchestrations, activities, ...options });
  return hub.client;
}
const passed = () => hub.now.getTime() - start;
afterEach(() => hub.close());

describe('while somebody waits for an instance to end', () => {
  it('lets days pass at once', async () => {
    const client = await open();
    const id = await client.startNew('checkout', { input: 5 });
    expect((await client.waitForCompletion(id)).output).toBe('paid, shipped to Ada');
    expect(passed()).toBe(3 * day);
  });

  it('begins where the test says', async () => {
    const client = await open({ startTime: new Date('2030-05-05T05:00:00Z') });
    const id = await client.startNew('checkout', { input: 5 });
    const { createdTime, lastUpdatedTime } = await client.waitForCompletion(id);
    expect(createdTime).toEqual(new Date('2030-05-05T05:00:00Z'));
    expect(lastUpdatedTime).toEqual(new Date('2030-05-08T05:00:00Z'));
  });

  it('passes each moment at which something is due, so that instances see their own times', async () => {
    const client = await open();
    const ids = [await client.startNew('approval'), await client.startNew('checkout', { input: 5 })];
    const [slow, quick] = await Promise.all(ids.map((id) => client.waitForCompletion(id)));
    expect(quick?.lastUpdatedTime.getTime()).toBe(start + 3 * day);
    expect(slow?.lastUpdatedTime.getTime()).toBe(start + 60 * day);
  });

  it('stands still for an activity that takes real time', async () => {
    const client = await open({
      activities: { ...activities, pay: () => new Promise((resolve) => setTimeout(resolve, 20, 'slowly')) },
    });
    expect((await client.waitForCompletion(await client.startNew('paysWithDeadline'))).output).toBe('slowly');
    expect(passed()).toBe(0);
  });

  it('does not stand still for an activity that never answers', async () => {
    const client = await open({ activities: { ...activities, pay: never } });
    expect((await client.waitForCompletion(await client.startNew('paysWithDeadline'))).output).toBe('too late');
    expect(passed()).toBe(600_000);
    expect(hub.calls('pay')[0]?.signal.aborted).toBe(true);
  });

  it('takes what was raised before', async () => {
    const client = await open();
    const id = await client.startNew('approval');
    const completed = client.waitForCompletion(id);
    await client.raiseEvent(id, 'decision', 'yes');
    expect((await completed).output).toBe('yes');
    expect(passed()).toBe(0);
  });

  it('gives up after the virtual time-out', async () => {
    const client = await open();
    const id = await client.startNew('approval');
    await expect(client.waitForCompletion(id, { timeout: '2h' })).rejects.toMatchObject({
      code: 'Timeout',
      message: `instance '${id}' did not end within 2h`,
    });
    expect(passed()).toBe(2 * hour);
    expect((await client.getStatus(id)).runtimeStatus).toBe('Running');
  });

  it('gives up when its signal says so', async () => {
    const client = await open({ activities: { ...activities, pay: () => new Promise(() => {}) } });
    const controller = new AbortController();
    const completed = client.waitForCompletion(await client.startNew('paysWithDeadline'), {
      signal: controller.signal,
    });
    controller.abort(new Error('enough'));
    await expect(completed).rejects.toThrow('enough');
  });

  it('starts later what is to start later', async () => {
    const client = await open();
    const id = await client.startNew('checkout', { input: 5, startAt: '10h' });
    expect((await client.getStatus(id)).runtimeStatus).toBe('Pending');
    await client.waitForCompletion(id);
    expect(passed()).toBe(3 * day + 10 * hour);
  });
});

describe('an instance that cannot end by itself', () => {
  const stuck = async (id: string) => {
    const error = await hub.client.waitForCompletion(id).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(StuckError);
    return error as StuckError;
  };

  it('is told by the event that it waits for', async () => {
    const client = await open();
    const error = await stuck(await client.startNew('waits', { instanceId: 'w' }));
    expect(error.message).toBe("nothing runs and nothing is due, but 'w' (waits) waits for event 'go'");
    expect(error).toMatchObject({ instanceId: 'w', waitsFor: [{ kind: 'event', name: 'go' }] });
  });

  it('is told by what its child waits for', async () => {
    const client = await open();
    const error = await stuck(await client.startNew('waitsForChild', { instanceId: 'p' }));
    expect(error.message).toBe(
      "nothing runs and nothing is due, but 'p' (waitsForChild) waits for sub-orchestration 'the child', and 'the child' (waits) waits for event 'go'",
    );
  });

  it('is told by the activity that never answers', async () => {
    const client = await open({ activities: { ...activities, pay: never } });
    const error = await stuck(await client.startNew('checkout', { instanceId: 'c', input: 1 }));
    expect(error.message).toContain("'c' (checkout) waits for activity 'pay' (task 0), which never answers");
  });

  it('is told to be suspended', async () => {
    const client = await open();
    const id = await client.startNew('checkout', { instanceId: 'c', input: 1 });
    await client.suspend(id);
    expect((await stuck(id)).message).toContain("'c' (checkout) is suspended");
    await client.resume(id);
    expect((await client.waitForCompletion(id)).output).toBe('paid, shipped to Ada');
  });

  it('is told at once, and why, when it is parked', async () => {
    const client = await open();
    const id = await client.startNew('checkout', { instanceId: 'c', input: 1 });
    await hub.settle();
    await hub.reload({ orchestrations: { ...orchestrations, checkout: orchestrations.approval } });
    const { message } = await stuck(id);
    expect(message).toContain("'c' (checkout) is parked: ");
    expect(message).toContain("'pay'");
  });

  it('is told in the end, though others keep time going for ever', async () => {
    const client = await open();
    await client.startNew('monitors');
    expect((await stuck(await client.startNew('waits', { instanceId: 'w' }))).message).toContain("event 'go'");
  }, 60_000);
});

describe('advancing by hand', () => {
  it('fires what is due on the way, and nothing that is due later', async () => {
    const client = await open();
    const id = await client.startNew('checkout', { input: 5 });
    await hub.advance('71h');
    expect((await client.getStatus(id)).runtimeStatus).toBe('Running');
    expect(hub.calls('ship')).toHaveLength(0);
    await hub.advance('2h');
    expect(await client.getStatus(id)).toMatchObject({
      runtimeStatus: 'Completed',
      lastUpdatedTime: new Date(start + 3 * day),
    });
    expect(passed()).toBe(73 * hour);
  });

  it('lets an hourly monitor take each of its hours', async () => {
    const client = await open();
    const id = await client.startNew('monitors');
    await hub.advance('100h');
    const [started] = (await client.getHistory(id)) ?? [];
    expect(started).toMatchObject({ type: 'OrchestratorStarted', at: start + 100 * hour });
  });

  it('settles what runs without time passing', async () => {
    const client = await open();
    const id = await client.startNew('checkout', { input: 5 });
    await hub.settle();
    expect((await client.getStatus(id)).waitsFor).toEqual([
      { kind: 'timer', taskId: 1, fireAt: new Date(start + 3 * day) },
    ]);
    expect(passed()).toBe(0);
  });

  it('says what keeps time from passing', async () => {
    const client = await open({ activities: { ...activities, pay: () => new Promise(() => {}) } });
    await client.startNew('checkout', { instanceId: 'c', input: 5 });
    const warned = new Promise<unknown>((resolve) => vi.spyOn(console, 'warn').mockImplementation(resolve));
    void hub.advance('1h');
    expect(await warned).toContain("activity 'pay' of 'c' runs");
    vi.restoreAllMocks();
  });
});

describe('the activities', () => {
  it('are recorded with what they were called with', async () => {
    const client = await open();
    const id = await client.startNew('checkout', { input: 5 });
    await client.waitForCompletion(id);
    expect(hub.calls('pay')).toMatchObject([{ input: 5, instanceId: id, taskId: 0, attempt: 1 }]);
    expect(hub.calls('ship').map(({ input }) => input)).toEqual([{ to: 'Ada' }]);
    expect(hub.calls('pay')[0]?.idempotencyKey).not.toBe(hub.calls('ship')[0]?.idempotencyKey);
  });

  it('fail as often as they are made to', async () => {
    const client = await open();
    hub.failNext('pay', { times: 2, error: new RangeError('down') });
    const results = [];
    for (let i = 0; i < 3; i++) {
      const id = await client.startNew('checkout', { input: i });
      results.push(
        await client.waitForCompletion(id).then(
          ({ output }) => output,
          (error) => error.message,
        ),
      );
    }
    expect(results).toEqual([
      expect.stringContaining('pay failed: down'),
      expect.stringContaining('pay failed: down'),
      'paid, shipped to Ada',
    ]);
    expect(hub.calls('pay')).toHaveLength(3);
  });

  it('can be replaced in the middle', async () => {
    const client = await open();
    const id = await client.startNew('checkout', { input: 5 });
    await hub.advance('1h');
    hub.replaceActivity('ship', async ({ to }) => `carried to ${to}`);
    expect((await client.waitForCompletion(id)).output).toBe('paid, carried to Ada');
  });

  it('are known by name', async () => {
    await open();
    expect(() => hub.failNext('payy' as 'pay')).toThrow("there is no activity 'payy'; did you mean 'pay'?");
    expect(() => hub.calls('nothing' as 'pay')).toThrow(TypeError);
    expect(() => hub.failNext('pay', { times: 0 })).toThrow(RangeError);
  });

  it('share no objects with the test', async () => {
    const client = await open();
    const greeting = { to: 'Ada' };
    hub.replaceActivity('ship', async (parcel) => {
      expect(parcel).toEqual({ to: 'Ada' });
      parcel.to = 'nobody';
      return greeting as unknown as string;
    });
    const id = await client.startNew('checkout', { input: 5 });
    await client.waitForCompletion(id);
    greeting.to = 'nobody';
    const results = (await client.getHistory(id)).flatMap((event) => (event.type === 'TaskCompleted' ? [event] : []));
    expect(results[1]?.result).toEqual({ to: 'Ada' });
  });
});

describe('reloading', () => {
  it('goes on from what is stored', async () => {
    const client = await open();
    const id = await client.startNew('checkout', { input: 5 });
    await hub.settle();
    await hub.reload();
    expect((await client.waitForCompletion(id)).output).toBe('paid, shipped to Ada');
    expect(hub.calls('pay')).toHaveLength(1);
  });

  it('runs again what ran, with the same key', async () => {
    const client = await open({ activities: { ...activities, pay: never } });
    const id = await client.startNew('checkout', { input: 5 });
    await hub.settle();
    await hub.reload({ activities });
    expect((await client.waitForCompletion(id)).output).toBe('paid, shipped to Ada');
    const keys = hub.calls('pay').map(({ idempotencyKey }) => idempotencyKey);
    expect(keys).toHaveLength(2);
    expect(new Set(keys).size).toBe(1);
  });

  it('leaves those who wait waiting', async () => {
    const client = await open({ activities: { ...activities, pay: never } });
    const completed = client.waitForCompletion(await client.startNew('paysWithDeadline'), { timeout: '1d' });
    await hub.reload({ activities });
    expect((await completed).output).toBe('paid');
  });

  it('survives many crashes in a row, and finds no culprit in them', async () => {
    const client = await open();
    const id = await client.startNew('checkout', { input: 5 });
    for (let i = 0; i < 10; i++) await hub.reload();
    expect((await client.waitForCompletion(id)).output).toBe('paid, shipped to Ada');
  });

  it('brings another build, which leaves running instances to their version', async () => {
    const client = await open({ version: '1' });
    const old = await client.startNew('checkout', { input: 5 });
    await hub.settle();
    await hub.reload({
      orchestrations: { ...orchestrations, checkout: async () => 'at once' },
      version: '2',
      versions: { '1': orchestrations },
    });
    expect((await client.waitForCompletion(old)).output).toBe('paid, shipped to Ada');
    expect((await client.waitForCompletion(await client.startNew('checkout', { input: 5 }))).output).toBe('at once');
  });

  it('frees what another build had parked, once the code is mended', async () => {
    const client = await open();
    const id = await client.startNew('checkout', { input: 5 });
    await hub.settle();
    await hub.reload({ orchestrations: { ...orchestrations, checkout: async () => 'at once' } });
    await expect(client.waitForCompletion(id)).rejects.toThrow('is parked');
    await hub.reload({ orchestrations });
    expect((await client.waitForCompletion(id)).output).toBe('paid, shipped to Ada');
  });
});

it('runs beside the fake timers of a test runner, and holds orchestrators to determinism after them', async () => {
  vi.useFakeTimers();
  let client = await open();
  const id = await client.startNew('checkout', { input: 5 });
  expect((await client.waitForCompletion(id)).output).toBe('paid, shipped to Ada');
  await hub.close();
  vi.useRealTimers();
  client = await open({ orchestrations: { ...orchestrations, waits: async () => Date.now() } });
  expect((await client.waitForCompletion(await client.startNew('waits'))).output).toBe(start);
});

describe('the client', () => {
  it('lists, watches, exports and imports as in a page', async () => {
    const client = await open();
    const live = client.watchInstances();
    const seen = new Promise<void>((resolve) => {
      const unsubscribe = live.subscribe(() => {
        if (live.get().instances.length < 2) return;
        unsubscribe();
        resolve();
      });
    });
    const id = await client.startNew('checkout', { input: 5 });
    await client.startNew('waits', { instanceId: 'w' });
    await seen;
    expect(await client.countInstances({ name: 'checkout' })).toBe(1);
    await hub.settle();
    await client.importInstance(await client.exportInstance(id), { instanceId: 'copy' });
    expect((await client.waitForCompletion('copy')).output).toBe('paid, shipped to Ada');
    expect(hub.calls('pay')).toHaveLength(1);
  });

  it('can be closed while it is waited for', async () => {
    const client = await open();
    hub.replaceActivity('pay', () => new Promise(() => {}));
    const completed = client.waitForCompletion(await client.startNew('checkout', { input: 5 }));
    await Promise.all([expect(completed).rejects.toMatchObject({ code: 'HubUnavailable' }), client.close()]);
  });
});
