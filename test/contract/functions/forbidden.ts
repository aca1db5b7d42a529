/** Orchestrators that reach for what a replay would not bring back, and the same ones mended. */
import type { Steps } from '../../../src';
import type { Context } from '../../support/styles';
import { inBothStyles } from './styled';

/** A call of each that is forbidden, by the name that it is refused under. */
export const forbiddenCalls: Readonly<Record<string, { isClass?: true; args?: readonly unknown[] }>> = {
  fetch: { args: ['data:,'] },
  XMLHttpRequest: { isClass: true },
  WebSocket: { isClass: true, args: ['ws://127.0.0.1:9'] },
  WebSocketStream: { isClass: true, args: ['ws://127.0.0.1:9'] },
  EventSource: { isClass: true, args: ['data:,'] },
  WebTransport: { isClass: true, args: ['https://127.0.0.1:9'] },
  'indexedDB.open': { args: ['a-database'] },
  'indexedDB.deleteDatabase': { args: ['a-database'] },
  'indexedDB.databases': {},
  'caches.open': { args: ['a-cache'] },
  'caches.match': { args: ['/'] },
  'caches.has': { args: ['a-cache'] },
  'caches.delete': { args: ['a-cache'] },
  'caches.keys': {},
  'navigator.storage.estimate': {},
  'navigator.storage.getDirectory': {},
  'navigator.storage.persist': {},
  'navigator.storage.persisted': {},
  'navigator.locks.request': { args: ['a-lock', () => {}] },
  'navigator.locks.query': {},
  ...Object.fromEntries(
    'decrypt deriveBits deriveKey digest encrypt exportKey generateKey importKey sign unwrapKey verify wrapKey'
      .split(' ')
      .map((name) => [`crypto.subtle.${name}`, {}]),
  ),
  BroadcastChannel: { isClass: true, args: ['a-channel'] },
  MessageChannel: { isClass: true },
  postMessage: { args: ['a message'] },
  Worker: { isClass: true, args: ['data:text/javascript,'] },
  SharedWorker: { isClass: true, args: ['data:text/javascript,'] },
  importScripts: { args: ['data:text/javascript,'] },
  close: {},
  Notification: { isClass: true, args: ['a title'] },
  'Notification.requestPermission': {},
  'AbortSignal.timeout': { args: [1] },
  setInterval: { args: [() => {}, 1] },
  setImmediate: { args: [() => {}] },
  requestAnimationFrame: { args: [() => {}] },
  requestIdleCallback: { args: [() => {}] },
  'scheduler.postTask': { args: [() => {}] },
  'scheduler.yield': {},
};

/** Where a call is found, and itself; undefined if this is no place that has it. */
function find(name: string): { owner: unknown; call: (...args: unknown[]) => unknown } | undefined {
  let owner: unknown;
  let found: unknown = globalThis;
  for (const step of name.split('.')) {
    owner = found;
    found = (owner as Record<string, unknown> | undefined)?.[step];
  }
  return typeof found === 'function' ? { owner, call: found as () => unknown } : undefined;
}

/** Those that this thread does not have. */
export const absentHere = (): string[] => Object.keys(forbiddenCalls).filter((name) => !find(name));

/** A promise that settles at a time of its own, long after the turn. */
async function foreign(): Promise<void> {
  const packed = new Blob([new Uint8Array(4_000_000)]).stream().pipeThrough(new CompressionStream('gzip'));
  await new Response(packed).arrayBuffer();
}

export interface Reach {
  call: string;
  /** It swallows what the call throws. */
  isCaught?: boolean;
}

const styled = inBothStyles(() => ({
  *reaches(ctx: Context, { call: name, isCaught = false }: Reach): Steps<unknown> {
    const before = yield* ctx.callActivity('echo', 'before');
    const found = find(name);
    if (!found) return 'absent';
    const { isClass, args = [] } = forbiddenCalls[name]!;
    try {
      if (isClass) Reflect.construct(found.call, args);
      else Reflect.apply(found.call, found.owner, args);
    } catch (error) {
      if (!isCaught) throw error;
    }
    return [before, yield* ctx.callActivity('echo', 'after')];
  },

  *awaitsForeign(ctx: Context): Steps<unknown> {
    yield* ctx.all([foreign()]);
    return yield* ctx.callActivity('echo', 'after');
  },

  *racesForeign(ctx: Context): Steps<unknown> {
    yield* ctx.any({ foreign: foreign(), go: ctx.waitForExternalEvent('go') });
    return yield* ctx.callActivity('echo', 'after');
  },

  *endsOutside(ctx: Context): Steps<unknown> {
    const first = yield* ctx.any({ foreign: foreign(), go: ctx.waitForExternalEvent('go') });
    return first.key;
  },

  *callsOutside(ctx: Context): Steps<unknown> {
    foreign()
      .then(() => ctx.callActivity('echo', 'outside'))
      .catch(() => {});
    return yield* ctx.waitForExternalEvent('go');
  },

  /** Everything that is deterministic in a turn, once as it is recorded and once as a replay draws it. */
  *usesGlobals(ctx: Context): Steps<unknown> {
    const draw = () => ({
      now: Date.now(),
      date: new Date(),
      since: performance.now(),
      random: Math.random(),
      uuid: crypto.randomUUID(),
      bytes: [...crypto.getRandomValues(new Uint8Array(8))],
      formatted: new Intl.DateTimeFormat('en', { dateStyle: 'full', timeStyle: 'full', timeZone: 'UTC' }).format(),
    });
    const drawn = [draw(), draw()];
    const recorded = yield* ctx.callActivity('echo', drawn);
    yield* ctx.waitForExternalEvent('go');
    return { drawn, recorded, turn: ctx.currentUtcDateTime, after: draw() };
  },

  *usesSetTimeout(ctx: Context): Steps<unknown> {
    const rings = ctx.waitForExternalEvent('never');
    const from = Date.now();
    clearTimeout(setTimeout(() => rings.cancel('cleared'), 1));
    setTimeout((reason: string) => rings.cancel(reason), 20, 'rang');
    try {
      yield* rings;
    } catch (error) {
      return { said: (error as Error).message, after: Date.now() - from };
    }
    return 'not cancelled';
  },
}));

export const forbidden = {
  ...styled,
  // As it is mostly written.
  async awaitsForeignAsync(ctx: Context): Promise<unknown> {
    await foreign();
    return await ctx.callActivity('echo', 'after');
  },
};

const waitsForGo = function* (ctx: Context): Steps<unknown> {
  return yield* ctx.waitForExternalEvent('go');
};

export const mendedForbidden = {
  ...forbidden,
  ...inBothStyles(() => ({
    *reaches(ctx: Context): Steps<unknown> {
      return [yield* ctx.callActivity('echo', 'before'), yield* ctx.callActivity('echo', 'mended')];
    },
    awaitsForeign: waitsForGo,
    racesForeign: waitsForGo,
    endsOutside: waitsForGo,
    callsOutside: waitsForGo,
  })),
};
