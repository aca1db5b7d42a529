/** Activities from the page's call to what a worker does: hub, pool and activities as an app has them. */
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { Client } from '../../src/client/client';
import type { FailureDetails, HistoryEvent, Wait } from '../../src/core';
import type { StatusRecord } from '../../src/protocol';
import type { ServeOptions } from '../../worker/types';
import type { Call } from './fixtures/activities.worker';
import { newHubName, rejectionOf } from './fixtures/hubs';

type Options = Pick<ServeOptions<object, object>, 'pool'> & { limits?: object };

const worker = (options: Options) => () =>
  new Worker(new URL('./fixtures/activities.worker.ts', import.meta.url), {
    type: 'module',
    name: JSON.stringify({ pool: { size: 2 }, ...options }),
  });

const open: Client[] = [];
function start(options: Options = {}, taskHub = newHubName()): Client {
  const client: Client = new Client({ taskHub, worker: worker(options) }, () => client.end());
  open.push(client);
  return client;
}

/** What activities say. */
interface Said {
  name: string;
  what: string;
  at: number;
  attempt?: number;
  message?: string;
  code?: string;
  error?: string;
  lastHeartbeat?: unknown;
}
const channel = new BroadcastChannel('activities');
let heard: Said[] = [];
channel.addEventListener('message', ({ data }: MessageEvent<Said>) => heard.push(data));

const all = (name: string, what: string) => heard.filter((said) => said.name === name && said.what === what);
/** Waits until an activity has said something so many times, and gives the last of them. */
async function said(name: string, what: string, times = 1): Promise<Said> {
  await vi.waitUntil(() => all(name, what).length >= times, { timeout: 30_000, interval: 5 });
  return all(name, what)[times - 1]!;
}
const release = (name: string) => channel.postMessage(`release ${name}`);
const now = () => performance.timeOrigin + performance.now();

beforeEach(() => {
  heard = [];
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((client) => client.end()));
});

const call = (name: string, input?: unknown, options?: Call['options']): { input: Call } => ({
  input: { name, ...(input !== undefined && { input }), ...(options && { options }) },
});

async function output(client: Client, id: string): Promise<unknown> {
  return (await client.waitForCompletion(id)).output;
}

async function run(client: Client, name: string, input: unknown): Promise<unknown> {
  return output(client, await client.startNew(name, { input }));
}

async function events<T extends HistoryEvent['type']>(client: Client, id: string, type: T) {
  const history = await client.getHistory(id);
  return history.filter((event): event is Extract<HistoryEvent, { type: T }> => event.type === type);
}

/** The status, as soon as it looks like this. */
function statusWhere(client: Client, id: string, look: (status: StatusRecord) => boolean): Promise<StatusRecord> {
  const live = client.watchInstance(id);
  return new Promise((resolve) => {
    const check = () => {
      const { instance } = live.get();
      if (!instance || !look(instance)) return;
      queueMicrotask(() => unsubscribe());
      resolve(instance);
    };
    const unsubscribe = live.subscribe(check);
    check();
  });
}

type ActivityWait = Extract<Wait, { kind: 'activity' }>;
const waitOf = ({ waitsFor }: StatusRecord) => waitsFor.find((wait): wait is ActivityWait => wait.kind === 'activity');

async function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not within ${ms} ms`)), ms);
  });
  return await Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

const retry = (maxAttempts: number) => ({ maxAttempts, firstRetryInterval: 10 }) as const;

describe('a worker that is lost', () => {
  it.each([['close'], ['allocate']])('by an activity that does this, %s, costs it an attempt', async (way) => {
    const client = start();
    const begunAt = performance.now();
    const result = await run(
      client,
      'call',
      call('failsFirst', { name: 'it', ways: [way] }, { retry: retry(2) }).input,
    );
    console.log(`${way}: tried again after ${(performance.now() - begunAt).toFixed()} ms`);
    expect(result).toEqual({ attempt: 2 });
  });

  it('gives a typed error if there is no other attempt', async () => {
    const client = start();
    expect(await run(client, 'call', call('failsFirst', { name: 'it', ways: ['close'] }).input)).toEqual({
      code: 'TaskFailed',
      message: "failsFirst failed: the worker of activity 'failsFirst' died while it ran",
      cause: {
        name: 'WorkerLostError',
        code: 'WorkerLost',
        message: "the worker of activity 'failsFirst' died while it ran",
      },
    });
  });

  it('is not lost by an error in a callback that nobody waits for', async () => {
    const client = start();
    const ways = ['throw in a callback'];
    expect(await run(client, 'call', call('failsFirst', { name: 'it', ways }).input)).toEqual({ attempt: 1 });
  });

  it('costs those that waited for their turn there no attempt, and nothing is recorded', async () => {
    const client = start({ pool: { size: 1, concurrency: 1 } });
    const waiting = Array.from({ length: 20 }, (_, n) => ({ name: 'echo', input: n }));
    const dies = { name: 'failsFirst', input: { name: 'dies', ways: ['close'] }, options: { retry: retry(2) } };
    const id = await client.startNew('calls', { input: [dies, ...waiting] });
    await client.waitForCompletion(id);
    const scheduled = await events(client, id, 'TaskScheduled');
    expect(scheduled.map(({ name, attempt }) => [name, attempt])).toEqual([
      ['failsFirst', undefined],
      ...waiting.map(() => ['echo', undefined]),
      ['failsFirst', 2],
    ]);
    expect(await events(client, id, 'TaskFailed')).toHaveLength(1);
  });

  it('is replaced, however often, and nothing is lost', async () => {
    const client = start();
    const ways = Array.from({ length: 4 }, () => 'close');
    const calls = ['a', 'b'].map((name) => ({
      name: 'failsFirst',
      input: { name, ways },
      options: { retry: retry(Number.POSITIVE_INFINITY) },
    }));
    expect(await run(client, 'inTurn', calls)).toEqual([{ attempt: 5 }, { attempt: 5 }]);
  });
});

describe('cancelling', () => {
  it('reaches an activity within 50 ms of the commit', async () => {
    const client = start();
    const figures: number[] = [];
    for (let n = 0; n < 10; n++) {
      const id = await client.startNew('call', call('obey', `it ${n}`));
      await said(`it ${n}`, 'began');
      await client.terminate(id, 'not needed');
      const committedAt = now();
      const { at, code, message } = await said(`it ${n}`, 'aborted');
      expect([code, message]).toEqual(['TaskCanceled', 'not needed']);
      figures.push(at - committedAt);
    }
    const median = figures.toSorted((a, b) => a - b)[5]!;
    console.log(
      `cancelled ${median.toFixed(1)} ms after terminate() resolved; ${Math.max(...figures).toFixed(1)} at most`,
    );
    expect(median).toBeLessThan(50);
  });

  it('by the orchestrator reaches it with its reason, and the orchestrator goes on', async () => {
    const client = start();
    const id = await client.startNew('race', call('obey', 'it'));
    await said('it', 'began');
    await client.raiseEvent(id, 'give up');
    expect(await said('it', 'aborted')).toMatchObject({ code: 'TaskCanceled', message: 'given up' });
    expect(await output(client, id)).toBe('went on');
  });

  it('reaches an activity whose time is over, as a TimeoutError', async () => {
    const client = start();
    const id = await client.startNew('call', call('obey', 'it', { timeout: 50 }));
    expect(await said('it', 'aborted')).toMatchObject({ code: 'Timeout' });
    expect(await output(client, id)).toMatchObject({ cause: { code: 'Timeout' } });
  });

  it('reaches an activity whose tab runs the hub no longer, and another tab runs it again', async () => {
    const taskHub = newHubName();
    const [first, second] = [start({}, taskHub), start({}, taskHub)];
    await first.ready;
    const id = await first.startNew('call', call('beatsAndHolds', { name: 'it', details: 'first' }));
    await said('it', 'kept');
    // The lock is taken away, and goes to who waits for it.
    await navigator.locks.request(`perdure/${taskHub}`, { steal: true }, async () => {});
    expect(await said('it', 'began', 2)).toMatchObject({ attempt: 1, lastHeartbeat: 'first' });
    expect(await said('it', 'aborted')).toMatchObject({
      code: 'TaskCanceled',
      message: 'this tab does not run the task hub any more',
    });
    expect(await output(second, id)).toEqual({ found: 'first', attempt: 1 });
  });

  it('ends a worker for an activity that does not listen, and its neighbours begin again in the same attempt', async () => {
    const client = start({ pool: { size: 1, grace: 200 } });
    const neighbour = await client.startNew('call', call('hold', 'neighbour', { retry: retry(2) }));
    await said('neighbour', 'began');
    const id = await client.startNew('call', call('loop', 'it'));
    await said('it', 'began');
    await client.terminate(id);
    const cancelledAt = now();
    const again = await said('neighbour', 'began', 2);
    console.log(`a grace of 200 ms: the neighbour began again after ${(again.at - cancelledAt).toFixed()} ms`);
    expect(again.attempt).toBe(1);
    // It does not wait for the two seconds that Chromium takes to end such a worker.
    expect(again.at - cancelledAt).toBeLessThan(1_900);
    release('neighbour');
    expect(await output(client, neighbour)).toEqual({ attempt: 1 });
    expect(await events(client, neighbour, 'TaskScheduled')).toHaveLength(1);
  });

  it('makes nothing of results that come late', async () => {
    const client = start();
    const id = await client.startNew('call', call('hold', 'it', { timeout: 50, retry: retry(2) }));
    await said('it', 'aborted');
    await said('it', 'began', 2);
    // Both end, the superseded one first.
    release('it');
    expect(await output(client, id)).toEqual({ attempt: 2 });
    expect(await events(client, id, 'TaskCompleted')).toMatchObject([{ result: { attempt: 2 } }]);
  });
});

describe('a time limit', () => {
  it('fails each attempt that takes longer, and the retry policy decides', async () => {
    const client = start();
    const id = await client.startNew('call', call('hold', 'it', { timeout: '0.05s', retry: retry(3) }));
    expect(await output(client, id)).toEqual({
      code: 'TaskFailed',
      message: "hold failed: activity 'hold' did not end within 50 ms",
      cause: { name: 'TimeoutError', code: 'Timeout', message: "activity 'hold' did not end within 50 ms" },
    });
    const failed = await events(client, id, 'TaskFailed');
    expect(failed.map(({ failure }: { failure: FailureDetails }) => failure.code)).toEqual(Array(3).fill('Timeout'));
    expect(all('it', 'began').map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
  });

  it('also ends one that keeps its thread for ever, and the next attempt runs elsewhere', async () => {
    const client = start({ pool: { size: 1, grace: 100 } });
    const input = { name: 'it', ways: ['loop'] };
    expect(await run(client, 'call', call('failsFirst', input, { timeout: 300, retry: retry(2) }).input)).toEqual({
      attempt: 2,
    });
  });

  it.each([
    ['and does nothing to these', {}],
    ['and these have ended in time, if they have one too', { timeout: 300 }],
  ])('also ends one that keeps its thread for ever among many that are quick, %s', async (_, options) => {
    const client = start({ pool: { size: 1, grace: 100 } });
    const quick = Array.from({ length: 200 }, (_, n): Call => ({ name: 'loopsOnce', input: n, options }));
    await run(client, 'calls', quick);
    const loop: Call = { name: 'loopsOnce', input: 'loop', options: { timeout: 300, retry: retry(2) } };
    const outcomes = await within(10_000, run(client, 'calls', quick.toSpliced(100, 1, loop)));
    expect(outcomes).toEqual(quick.map(({ input }, n) => (n === 100 ? 'loop' : input)));
  });

  it('does not count the time that a task waits for its turn', async () => {
    const client = start({ pool: { size: 1, concurrency: 1 } });
    const blocking = await client.startNew('call', call('wait', 700));
    const id = await client.startNew('call', call('wait', 10, { timeout: 500 }));
    expect(await output(client, id)).toBeUndefined();
    await client.waitForCompletion(blocking);
  });

  it('is there in full after a reload', async () => {
    const taskHub = newHubName();
    const first = start({}, taskHub);
    const id = await first.startNew('call', call('hold', 'it', { timeout: 1_500 }));
    await said('it', 'began');
    await new Promise((resolve) => setTimeout(resolve, 800));
    await first.end();
    const second = start({}, taskHub);
    await second.ready;
    const { at } = await said('it', 'began', 2);
    const result = await output(second, id);
    expect(result).toMatchObject({ cause: { code: 'Timeout' } });
    expect(now() - at).toBeGreaterThanOrEqual(1_450);
  });
});

describe('a heartbeat time-out', () => {
  it('fails an attempt that is silent', async () => {
    const client = start();
    const id = await client.startNew('call', call('hold', 'it', { heartbeatTimeout: 50, retry: retry(2) }));
    expect(await output(client, id)).toMatchObject({
      cause: { code: 'Timeout', message: "activity 'hold' gave no sign of life within 50 ms" },
    });
    expect(all('it', 'began')).toHaveLength(2);
  });

  it('fails none that beats, though it takes much longer', async () => {
    const client = start();
    const input = { ms: 1_500, everyMs: 50 };
    expect(await run(client, 'call', call('keepsBeating', input, { heartbeatTimeout: 700 }).input)).toEqual({
      attempt: 1,
    });
  });

  it('fails none that beats, though the hub has no time to listen for longer than that', async () => {
    const client = start();
    const id = await client.startNew(
      'call',
      call('keepsBeating', { ms: 2_500, everyMs: 20 }, { heartbeatTimeout: 500 }),
    );
    const busy = await client.startNew('keepsHubBusy', { input: 1_200 });
    await statusWhere(client, id, ({ waitsFor }) => waitsFor.length > 0);
    await client.raiseEvent(busy, 'now');
    expect(await output(client, id)).toEqual({ attempt: 1 });
  });
});

describe('a heartbeat', () => {
  it('that resolved is there after a reload, for the next run of the attempt', async () => {
    const taskHub = newHubName();
    const first = start({}, taskHub);
    const details = { part: 7, at: new Date(5), done: new Map([['a', 1]]) };
    const id = await first.startNew('call', call('beatsAndHolds', { name: 'it', details }));
    await said('it', 'kept');
    await first.end();
    const second = start({}, taskHub);
    expect(await output(second, id)).toEqual({ found: details, attempt: 1 });
  });

  it('is there for the next attempt, and for no other call', async () => {
    const client = start();
    const input = { name: 'it', details: 'half' };
    const calls = [{ name: 'beatsAndHolds', input, options: { retry: retry(2) } }, { name: 'lastBeat' }];
    const id = await client.startNew('inTurn', { input: calls });
    await said('it', 'kept');
    release('it');
    expect(await output(client, id)).toEqual([{ found: 'half', attempt: 2 }, 'none']);
  });

  it('is there for the next attempt after a time-out too', async () => {
    const client = start();
    const options = { retry: retry(2), timeout: 400 };
    const id = await client.startNew('call', call('beatsAndHolds', { name: 'it', details: 'half' }, options));
    expect(await output(client, id)).toEqual({ found: 'half', attempt: 2 });
  });

  it('of many that come together is the last one, and all of them resolve', async () => {
    const client = start();
    const id = await client.startNew('call', call('beatsAtOnce', 100, { retry: retry(2) }));
    expect(await output(client, id)).toEqual({ found: 99 });
    const [failed] = await events(client, id, 'TaskFailed');
    expect(failed?.failure.message).toBe(Array.from({ length: 100 }, (_, n) => n).join());
  });

  it('with details that cannot be kept is refused, and the activity goes on', async () => {
    const client = start();
    const result = (await run(client, 'call', call('beatsWrongly').input)) as { errors: string[]; last: unknown };
    expect(result.last).toBe('goes on');
    const what = "PayloadError Payload: what activity 'beatsWrongly' gave to heartbeat";
    expect(result.errors).toEqual([
      `${what} takes some 40004 bytes: 32768 are the most`,
      expect.stringMatching(/holds a binary value \(Uint8Array\): keep that elsewhere/),
      expect.stringMatching(/holds a binary value \(Blob\)/),
      expect.stringMatching(/is a function/),
      expect.stringMatching(/is an instance of Point/),
      expect.stringMatching(/is a promise/),
    ]);
    for (const error of result.errors) expect(error).toContain(what);
  });

  it('after its activity was cancelled is refused with a TaskCanceledError', async () => {
    const client = start();
    const id = await client.startNew('call', call('beatsTooLate', 'it'));
    await said('it', 'kept');
    await client.terminate(id);
    expect(await said('it', 'refused')).toMatchObject({ error: 'TaskCanceledError', code: 'TaskCanceled' });
  });

  it('is no part of the history, and is not there in the next execution', async () => {
    const client = start();
    const id = await client.startNew('beatsThenContinues', { input: false });
    expect(await output(client, id)).toBe('none');
    const { instanceId } = await client.getStatus(await client.startNew('call', call('beats', ['a', 'b'])));
    await client.waitForCompletion(instanceId);
    const history = await client.getHistory(instanceId);
    expect(history.map(({ type }) => type)).toEqual([
      'OrchestratorStarted',
      'ExecutionStarted',
      'TaskScheduled',
      'OrchestratorCompleted',
      'OrchestratorStarted',
      'TaskCompleted',
      'ExecutionCompleted',
      'OrchestratorCompleted',
    ]);
  });
});

describe('progress', () => {
  it('is shown by getStatus and whoever watches, and is gone when the activity has ended', async () => {
    const client = start();
    const id = await client.startNew('call', call('tells', { name: 'it', fraction: 0.25 }));
    await said('it', 'began');
    const progress = { fraction: 0.25, message: 'at 0.25' };
    const watched = await within(
      5_000,
      statusWhere(client, id, (status) => waitOf(status)?.progress !== undefined),
    );
    expect(waitOf(watched)).toEqual({ kind: 'activity', taskId: 0, name: 'tells', progress });
    expect(waitOf(await client.getStatus(id))?.progress).toEqual(progress);
    release('it');
    await client.waitForCompletion(id);
    expect((await client.getStatus(id)).waitsFor).toEqual([]);
  });

  it('is shown in a tab that does not run the hub, also if it comes later', async () => {
    const taskHub = newHubName();
    const owner = start({}, taskHub);
    await owner.ready;
    const other = start({}, taskHub);
    const id = await owner.startNew('call', call('tells', { name: 'it', fraction: 0.5 }));
    const isShown = (status: StatusRecord) => waitOf(status)?.progress?.fraction === 0.5;
    await within(5_000, statusWhere(other, id, isShown));
    expect(other.hub.get().role).toBe('waiting');
    const late = start({}, taskHub);
    await within(5_000, statusWhere(late, id, isShown));
    expect(isShown(await late.getStatus(id))).toBe(true);
    release('it');
    await within(
      5_000,
      statusWhere(other, id, ({ runtimeStatus }) => runtimeStatus === 'Completed'),
    );
  });

  it.each([
    ['that waits', false],
    ['that keeps its thread', true],
  ])('of an activity %s comes some 20 times a second', async (_, isSync) => {
    const client = start();
    const id = await client.startNew('call', call('tellsOften', { ms: 2_000, isSync }));
    const live = client.watchInstance(id);
    const shares: number[] = [];
    onTestFinished(
      live.subscribe(() => {
        const fraction = live.get().instance && waitOf(live.get().instance!)?.progress?.fraction;
        if (fraction !== undefined && fraction !== shares.at(-1)) shares.push(fraction);
      }),
    );
    await client.waitForCompletion(id);
    console.log(`${shares.length} notices of progress in 2 s`);
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect(shares.length).toBeGreaterThan(10);
    expect(shares.length).toBeLessThanOrEqual(42);
    expect(shares.at(-1)).toBeGreaterThan(0.8);
  });

  it('of an activity that begins again is not that of the run before', async () => {
    const client = start({ pool: { size: 1, grace: 100 } });
    const id = await client.startNew('call', call('tells', { name: 'it', fraction: 0.5 }));
    await statusWhere(client, id, (status) => waitOf(status)?.progress?.fraction === 0.5);
    const stubborn = await client.startNew('call', call('hold', 'stubborn'));
    await said('stubborn', 'began');
    await client.terminate(stubborn);
    await said('it', 'began', 2);
    release('it');
    await client.waitForCompletion(id);
  });

  it('is between 0 and 1, and nothing but a number is taken', async () => {
    const client = start();
    for (const [given, shown] of [
      [Number.NaN, 0],
      [7, 1],
      [-3, 0],
    ] as const) {
      const id = await client.startNew('call', call('tells', { name: `${given}`, fraction: given }));
      await statusWhere(client, id, (status) => waitOf(status)?.progress?.fraction === shown);
      release(`${given}`);
      await client.waitForCompletion(id);
    }
    expect(await run(client, 'call', call('tellsNoNumber').input)).toEqual(
      ['string', 'undefined', 'object', 'bigint'].map(
        (type) => `TypeError: progress takes a number from 0 to 1, not ${type}`,
      ),
    );
  });
});

describe('many tasks', () => {
  it('of one instance do not hold up those of another', async () => {
    const client = start();
    const input = { call: { name: 'wait', input: 5 }, times: 10_000 };
    const many = await client.startNew('fan', { input });
    await statusWhere(client, many, ({ waitsFor }) => waitsFor.length > 0);
    const begunAt = performance.now();
    expect(await run(client, 'inTurn', [call('wait', 1).input, call('echo', 'b').input])).toEqual([undefined, 'b']);
    const took = performance.now() - begunAt;
    console.log(`two steps beside 10,000 tasks that wait 5 ms each: ${took.toFixed()} ms`);
    expect((await client.getStatus(many, { showOutput: false })).runtimeStatus).toBe('Running');
    expect(took).toBeLessThan(2_000);
    await client.waitForCompletion(many);
  }, 60_000);

  it('of one instance, 100,000 that do nothing, complete', async () => {
    const client = start();
    await client.ready;
    const begunAt = performance.now();
    expect(await run(client, 'fan', { call: { name: 'noop' }, times: 100_000 })).toBe(100_000);
    console.log(`100,000 tasks that do nothing: ${((performance.now() - begunAt) / 1_000).toFixed(1)} s`);
  }, 120_000);

  it('of one instance, 10,000 that beat once, complete', async () => {
    const client = start();
    await client.ready;
    const begunAt = performance.now();
    const input = { call: { name: 'beats', input: ['once'], options: { heartbeatTimeout: '1m' } }, times: 10_000 };
    expect(await run(client, 'fan', input)).toBe(10_000);
    console.log(`10,000 tasks that beat once: ${((performance.now() - begunAt) / 1_000).toFixed(1)} s`);
  }, 60_000);

  it('are limited by name', async () => {
    const client = start({ limits: { hold: { concurrency: 2 } } });
    const names = ['a', 'b', 'c'];
    const id = await client.startNew('calls', { input: names.map((name) => call('hold', name).input) });
    await said('b', 'began');
    expect(await run(client, 'call', call('echo', 'free').input)).toBe('free');
    expect(all('c', 'began')).toEqual([]);
    release('a');
    await said('c', 'began');
    for (const name of names) release(name);
    await client.waitForCompletion(id);
  });

  it('of which some are cancelled and still run leave these their place', async () => {
    const client = start({ limits: { hold: { concurrency: 1 } } });
    const first = await client.startNew('call', call('hold', 'first'));
    await said('first', 'began');
    const second = await client.startNew('call', call('hold', 'second'));
    await client.terminate(first);
    await said('first', 'aborted');
    expect(await run(client, 'call', call('echo', 'free').input)).toBe('free');
    expect(all('second', 'began')).toEqual([]);
    release('first');
    await said('second', 'began');
    release('second');
    await client.waitForCompletion(second);
  });

  it('run by priority', async () => {
    const client = start({ pool: { size: 1, concurrency: 1 } });
    const blocking = await client.startNew('call', call('hold', 'blocking'));
    await said('blocking', 'began');
    const names = ['low', 'high', 'middle'];
    const priorities = { low: -1, high: 5, middle: 0 } as Record<string, number>;
    const id = await client.startNew('calls', {
      input: names.map((name) => call('hold', name, { priority: priorities[name]! }).input),
    });
    await statusWhere(client, id, ({ waitsFor }) => waitsFor.length === 3);
    release('blocking');
    for (const name of ['high', 'middle', 'low']) {
      await said(name, 'began');
      expect(heard.filter(({ what }) => what === 'began').at(-1)?.name).toBe(name);
      release(name);
    }
    await client.waitForCompletion(id);
    await client.waitForCompletion(blocking);
  });

  it.each([
    [{ limits: { ecoh: { concurrency: 1 } } }, "limits: there is no activity 'ecoh'; did you mean 'echo'?"],
    [{ limits: { echo: { concurrency: 0 } } }, 'limits.echo.concurrency must be a whole number above 0, not 0'],
    [{ limits: { echo: { rate: { count: 1.5, per: '1s' } } } }, 'limits.echo.rate.count must be a whole number'],
    [{ limits: { echo: { rate: { count: 1, per: 'soon' } } } }, 'limits.echo.rate.per'],
    [{ limits: { echo: { rate: { count: 1, per: 0 } } } }, 'limits.echo.rate.per'],
    [{ pool: { size: 0 } }, 'pool.size must be a whole number above 0, not 0'],
    [{ pool: { recycleAfter: -1 } }, 'pool.recycleAfter must be a whole number'],
    [{ pool: { grace: 'a moment' as never } }, 'pool.grace'],
  ])('cannot be limited like this: %j', async (options, text) => {
    const client = start(options as Options);
    expect(await rejectionOf(client.ready)).toMatchObject({
      code: 'HubUnavailable',
      message: expect.stringContaining(text),
    });
  });
});

describe('a condition', () => {
  /** Chromium tells a page of its network by an event and a property, and a worker by the property alone. */
  function setNetwork(isOnline: boolean): void {
    channel.postMessage({ network: isOnline });
    vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(isOnline);
    dispatchEvent(new Event(isOnline ? 'online' : 'offline'));
  }
  function setVisible(isVisible: boolean): void {
    vi.spyOn(document, 'visibilityState', 'get').mockReturnValue(isVisible ? 'visible' : 'hidden');
    document.dispatchEvent(new Event('visibilitychange'));
  }
  afterEach(() => {
    setNetwork(true);
    vi.restoreAllMocks();
    document.dispatchEvent(new Event('visibilitychange'));
  });
  const waitsUntil = (client: Client, id: string, condition: string) =>
    within(
      5_000,
      statusWhere(client, id, (status) => waitOf(status)?.waitsUntil === condition),
    );

  it('that there is a network is waited for, and the status says so', async () => {
    const client = start();
    await client.ready;
    setNetwork(false);
    const id = await client.startNew('call', call('echo', 'sent', { runWhen: 'online' }));
    await waitsUntil(client, id, 'online');
    expect(await run(client, 'call', call('echo', 'here').input)).toBe('here');
    setNetwork(true);
    expect(await within(10_000, output(client, id))).toBe('sent');
  });

  it('that a page is seen is waited for, whichever tab it is of', async () => {
    const taskHub = newHubName();
    setVisible(false);
    const client = start({}, taskHub);
    const id = await client.startNew('call', call('echo', 'seen', { runWhen: 'visible' }));
    await waitsUntil(client, id, 'visible');
    setVisible(true);
    expect(await within(10_000, output(client, id))).toBe('seen');
  });

  it('that nobody uses a page is waited for until nobody has for two seconds', async () => {
    const client = start();
    await client.ready;
    dispatchEvent(new PointerEvent('pointermove'));
    const touchedAt = performance.now();
    const used = async () =>
      (await navigator.locks.query()).held?.some(({ name }) => name?.startsWith('perdure-used/')) ?? false;
    await vi.waitUntil(used, { timeout: 2_000 });
    const id = await client.startNew('call', call('echo', 'idle', { runWhen: 'idle' }));
    await waitsUntil(client, id, 'idle');
    expect(await within(10_000, output(client, id))).toBe('idle');
    expect(performance.now() - touchedAt).toBeGreaterThanOrEqual(1_950);
  });

  it('that does not hold any more lets go on what runs', async () => {
    const client = start();
    const id = await client.startNew('call', call('hold', 'it', { runWhen: 'visible' }));
    await said('it', 'began');
    setVisible(false);
    release('it');
    expect(await output(client, id)).toEqual({ attempt: 1 });
  });
});

describe('values', () => {
  const kinds = {
    File: { type: 'File', text: 'abc', mime: 'text/plain' },
    Blob: { type: 'Blob', text: 'abc', mime: 'text/plain' },
    ArrayBuffer: { type: 'ArrayBuffer', bytes: [1, 2, 3] },
    ImageBitmap: { type: 'ImageBitmap', width: 4, height: 2 },
    Map: { type: 'Map', value: new Map([['a', new Set([1n])]]) },
    Date: { type: 'Date', value: new Date(7) },
    CryptoKey: { type: 'CryptoKey', algorithm: 'AES-GCM', bytes: 19 },
    FileSystemFileHandle: { type: 'FileSystemFileHandle', text: 'abc' },
  };

  it.each(Object.entries(kinds))('of the kind %s pass as results, inputs and events', async (kind, described) => {
    const client = start();
    const made = (await run(client, 'call', call('makes', kind).input)) as unknown;
    const types = Object.prototype.toString.call(made).slice(8, -1);
    expect(types).toBe(kind);
    // The page's value to the worker, as an input and as an event.
    expect(await run(client, 'call', call('describe', made).input)).toEqual(described);
    const id = await client.startNew('passesOn', call('describe'));
    await client.raiseEvent(id, 'value', made);
    expect(await output(client, id)).toEqual(described);
  });

  it('are there again after a reload', async () => {
    const taskHub = newHubName();
    const first = start({}, taskHub);
    const buffer = new Uint8Array([1, 2, 3]).buffer;
    const id = await first.startNew('call', call('byteLength', { name: 'it', buffer }));
    await said('it', 'began');
    await first.end();
    const second = start({}, taskHub);
    await second.ready;
    await said('it', 'began', 2);
    release('it');
    expect(await output(second, id)).toBe(3);
  });

  it('that are moved are there again for a task that begins again', async () => {
    const client = start({ pool: { size: 1, grace: 100 } });
    const buffer = new Uint8Array([1, 2, 3]).buffer;
    const id = await client.startNew('call', call('byteLength', { name: 'it', buffer }, { transfer: true }));
    await said('it', 'began');
    const stubborn = await client.startNew('call', call('hold', 'stubborn'));
    await said('stubborn', 'began');
    await client.terminate(stubborn);
    await said('it', 'began', 2);
    release('it');
    expect(await output(client, id)).toBe(3);
  });

  it('that are moved are not with the activity any more that gave them', async () => {
    const client = start();
    const moved = (await run(client, 'call', call('givesBuffer', 'moved', { transfer: true }).input)) as ArrayBuffer;
    expect([...new Uint8Array(moved)]).toEqual(Array(16).fill(7));
    await said('moved', 'keeps 0 bytes');
    await run(client, 'call', call('givesBuffer', 'copied').input);
    await said('copied', 'keeps 16 bytes');
  });
});

it('activities go on in new workers after so many tasks', async () => {
  const client = start({ pool: { size: 2, recycleAfter: 50 } });
  expect(await run(client, 'fan', { call: { name: 'noop' }, times: 1_000 })).toBe(1_000);
  const calls = Array.from({ length: 120 }, (_, n) => call('echo', n).input);
  expect(await run(client, 'inTurn', calls)).toEqual(calls.map(({ input }) => input));
});
