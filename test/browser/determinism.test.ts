import { type Remote, releaseProxy, wrap } from 'comlink';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enter, installGuards, leave } from '../../worker/determinism';
import { Turn } from '../support/turn';
import type { Api } from './fixtures/determinism.worker';

let worker: Worker;
let inWorker: Remote<Api>;

beforeAll(() => {
  worker = new Worker(new URL('./fixtures/determinism.worker.ts', import.meta.url), { type: 'module' });
  inWorker = wrap<Api>(worker);
});
afterAll(() => {
  inWorker[releaseProxy]();
  worker.terminate();
});

const asked = new Turn();

describe('within a turn', () => {
  it.each<[string, ...unknown[]]>([
    ['fetch', 'data:,'],
    ['new XMLHttpRequest'],
    ['new WebSocket', 'ws://127.0.0.1:9'],
    ['new EventSource', 'data:,'],
    ['new WebTransport', 'https://127.0.0.1:9'],
    ['indexedDB.open', 'a-database'],
    ['indexedDB.deleteDatabase', 'a-database'],
    ['indexedDB.databases'],
    ['caches.open', 'a-cache'],
    ['caches.match', '/'],
    ['caches.has', 'a-cache'],
    ['caches.delete', 'a-cache'],
    ['caches.keys'],
    ['navigator.storage.estimate'],
    ['navigator.storage.getDirectory'],
    ['navigator.storage.persisted'],
    ['navigator.locks.request', 'a-lock'],
    ['navigator.locks.query'],
    ['new BroadcastChannel', 'a-channel'],
    ['new MessageChannel'],
    ['postMessage', 'a message'],
    ['new Worker', 'data:text/javascript,'],
    ['importScripts', 'data:text/javascript,'],
    ['close'],
    ['new Notification', 'a title'],
    ['AbortSignal.timeout', 1],
    ['setInterval', 1],
    ['requestAnimationFrame'],
    ['scheduler.postTask'],
    ['scheduler.yield'],
  ])('%s throws an error that says what to do instead', async (path, ...args) => {
    const { error, forbidden } = await inWorker.call(path, args);
    const name = path.replace('new ', '');
    expect(forbidden).toEqual([name]);
    expect(error).toMatch(new RegExp(`^Error: ${name}: \\w+ .{10,}$`));
  });

  it('a class throws when it is called as a function too', async () => {
    expect((await inWorker.call('WebSocket', [])).forbidden).toEqual(['WebSocket']);
  });

  it('libraries may look where they run', async () => {
    const { result, error, forbidden } = await inWorker.probe();
    expect(error).toBeUndefined();
    expect(forbidden).toEqual([]);
    expect(result).toEqual(['object', 'object', 'function', 'function', 'function', 'object', true, true]);
  });

  it('clocks stand at the time of the turn', async () => {
    const { result, error } = await inWorker.draw();
    expect(error).toBeUndefined();
    expect(result).toMatchObject({
      dates: [new Date(asked.now).toISOString(), asked.now, asked.now - 789],
      performance: [asked.startedAt, asked.now - asked.startedAt],
      temporal: [
        '2030-01-01T12:34:56.789+00:00[UTC]',
        '2030-01-01T12:34:56.789',
        '2030-01-01',
        '12:34:56.789',
        '2030-01-01T12:34:56.789Z',
      ],
      formatted: 'January 1, 2030',
    });
  });

  it('random is the same again', async () => {
    const [once, again] = [await inWorker.draw(), await inWorker.draw()];
    expect(once.result).toEqual(again.result);
    expect(once.drawn).toBe(8);
  });

  it('timers are durable', async () => {
    expect(await inWorker.timers()).toMatchObject({ result: 1, delays: [5_184_000_000] });
  });

  it('an async orchestrator stays guarded over its hop', async () => {
    const { result, forbidden } = await inWorker.goOn();
    expect(result).toEqual([asked.now, asked.now]);
    expect(forbidden).toEqual([]);
  });

  it('the store opens its database, writes and reads', async () => {
    const { result, error, forbidden, drawn } = await inWorker.useStore('determinism-test');
    expect(error).toBeUndefined();
    expect({ forbidden, drawn }).toEqual({ forbidden: [], drawn: 0 });
    expect(result?.records).toHaveLength(1);
    expect((await inWorker.useStore('determinism-test')).result?.databaseId).not.toBe(result?.databaseId);
  });

  it('the pool starts workers, runs and cancels activities, and ends', async () => {
    const { result, error, forbidden, drawn } = await inWorker.usePool();
    expect(error).toBeUndefined();
    expect({ forbidden, drawn }).toEqual({ forbidden: [], drawn: 0 });
    expect(result).toEqual([{ key: 'a', ok: true, value: new Date(5) }]);
  });
});

describe('outside of turns', () => {
  it('everything works as if nothing had been replaced', async () => {
    expect(await inWorker.useEverythingOutside('determinism-test-outside')).toEqual({
      cache: true,
      fetched: 'fetched',
      requested: 'requested',
      isRequest: true,
      locked: 'determinism-test-outside',
      task: 'ran',
      date: new Date(5),
    });
  });

  it('time goes on and random is random', async () => {
    const [once, again] = [await inWorker.drawOutside(), await inWorker.drawOutside()];
    expect(once.random).not.toEqual(again.random);
    expect(again.performance[1]).toBeGreaterThan(once.performance[1]!);
    expect(once.formatted).not.toBe('January 1, 2030');
    expect(once.dates[1]).toBeGreaterThan(Date.now() - 60_000);
    expect(once.dates[1]).toBeLessThan(asked.now);
  });
});

/** Tests of orchestrations may run there. */
describe('in a page', () => {
  it.each<[string, () => unknown]>([
    ['SharedWorker', () => new SharedWorker('data:text/javascript,')],
    ['requestIdleCallback', () => requestIdleCallback(() => {})],
    ['requestAnimationFrame', () => requestAnimationFrame(() => {})],
    ['navigator.storage.persist', () => navigator.storage.persist()],
    ['Notification.requestPermission', () => Notification.requestPermission()],
    ['postMessage', () => postMessage('a message')],
    ['close', () => close()],
  ])('%s throws within a turn', (name, call) => {
    const turn = new Turn();
    installGuards();
    enter(turn);
    try {
      expect(call).toThrow(name);
    } finally {
      leave();
    }
    expect(turn.forbidden).toEqual([name]);
  });

  it('what was asked for before runs outside, even while a turn waits for its hop', async () => {
    installGuards();
    const turn = new Turn();
    const idle = new Promise<number>((resolve) => requestIdleCallback(() => resolve(Date.now())));
    enter(turn);
    const seen = await idle.finally(leave);
    expect(seen).toBeLessThan(turn.now);
  });
});
