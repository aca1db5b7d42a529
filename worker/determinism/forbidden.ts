/**
 * What an orchestrator must not call: what reaches out of the worker, or comes back at a time of its own. Each is
 * refused with what to do instead.
 *
 * It is the calls that are refused. Libraries ask `typeof indexedDB` or look at `navigator` just to learn where they
 * run, and that harms nothing; so `indexedDB`, `caches` and the like are there, and their methods throw. The methods are
 * replaced where they lie, on prototypes, so that an object that was taken hold of before is no way around.
 */
import { type Inside, replace } from './replace';
import { withCallbackOutside } from './timers';

const network = 'talk to the network in an activity';
const http = 'call ctx.callHttp, or fetch in an activity';
const storage = 'read and write storage in an activity';
const messages = 'send messages from an activity, or show progress with ctx.setCustomStatus';
const webCrypto =
  'decrypt deriveBits deriveKey digest encrypt exportKey generateKey importKey sign unwrapKey verify wrapKey'.split(
    ' ',
  );
const pause = 'leave it out, since an orchestrator holds nobody up, or wait with ctx.createTimer';

/** Functions and classes, by where they are found. */
export const forbidden: readonly (readonly [owner: string, names: readonly string[], instead: string])[] = [
  ['', ['fetch', 'XMLHttpRequest'], http],
  ['', ['WebSocket', 'WebSocketStream', 'EventSource', 'WebTransport'], network],
  ['indexedDB', ['open', 'deleteDatabase', 'databases'], storage],
  ['caches', ['open', 'match', 'has', 'delete', 'keys'], storage],
  ['navigator.storage', ['estimate', 'getDirectory', 'persist', 'persisted'], storage],
  ['navigator.locks', ['request', 'query'], 'take the lock in an activity'],
  // Its promises settle so soon, at times, that an orchestrator could await one unnoticed.
  ['crypto.subtle', webCrypto, 'use WebCrypto in an activity'],
  ['', ['BroadcastChannel', 'MessageChannel', 'postMessage'], messages],
  ['', ['Worker', 'SharedWorker'], 'move the work to an activity, which runs in a worker'],
  ['', ['importScripts'], "import it at the top of the worker's file"],
  ['', ['close'], 'return from the orchestrator, or throw'],
  ['', ['Notification'], 'show it from an activity'],
  ['Notification', ['requestPermission'], 'ask for it in the page'],
  ['AbortSignal', ['timeout'], 'race the task against ctx.createTimer with ctx.any'],
];

/** Likewise, and their first argument is a callback. */
export const forbiddenTimers: typeof forbidden = [
  ['', ['setInterval'], 'wait with ctx.createTimer in a loop'],
  ['', ['setImmediate', 'requestAnimationFrame', 'requestIdleCallback'], pause],
  ['scheduler', ['postTask', 'yield'], pause],
];

export function guardForbidden(): void {
  for (const row of forbidden) forbid(row, (args) => args);
  for (const row of forbiddenTimers) forbid(row, withCallbackOutside);
}

function forbid(
  [path, names, instead]: (typeof forbidden)[number],
  argsOutside: (args: readonly unknown[]) => readonly unknown[],
): void {
  let owner: unknown = globalThis;
  if (path !== '') for (const step of path.split('.')) owner = (owner as Record<string, unknown> | undefined)?.[step];
  for (const name of names) {
    const call = path === '' ? name : `${path}.${name}`;
    const refuse: Inside = (turn) => {
      throw turn.forbid(call, instead);
    };
    replace(owner as object | undefined, name, refuse, argsOutside);
  }
}
