/**
 * Clock, random, timers and locks as the browser made them. Orchestrators run in the same worker as the hub, under
 * globals that are patched to be deterministic; hub, store and pool must not see those. So this module takes the
 * originals when it is loaded, before anything is patched, and everything in `worker/` uses them from here.
 */

/** Milliseconds since 1970. */
export const now: () => number = Date.now;

/** Milliseconds since some moment; never goes back. May stop while the machine sleeps. */
export const monotonicNow: () => number = performance.now.bind(performance);

export type Timer = ReturnType<typeof setTimeout>;

/** Like `setTimeout`: a delay of 2^31 ms or more would fire at once. */
export const setTimer: (fn: () => void, ms: number) => Timer = setTimeout.bind(globalThis);

export const clearTimer: (timer: Timer | undefined) => void = clearTimeout.bind(globalThis);

/** All of them, as they are handed to who takes its time from others. */
export const clock = {
  now,
  monotonicNow,
  setTimer: setTimer as (fn: () => void, ms: number) => unknown,
  clearTimer: clearTimer as (timer: unknown) => void,
};

/** A random UUID. */
export const randomId: () => string = crypto.randomUUID.bind(crypto);

const lockManager = globalThis.navigator?.locks;

/** From 0 to 1. */
export const random: () => number = Math.random;

/** Web Locks. Not there in Node, where nothing that needs them runs. */
export const locks = (lockManager && {
  request: lockManager.request.bind(lockManager),
  query: lockManager.query.bind(lockManager),
}) as Pick<LockManager, 'request' | 'query'>;

/**
 * Holds a lock as long as this worker lives: nothing else tells whoever started it that it has died. Resolves with the
 * lock's name; undefined where there are no locks, or where they are refused since nothing may be stored.
 */
export function holdForLife(role: string): Promise<string | undefined> {
  const name = `${role}/${randomId()}`;
  return new Promise((resolve) => {
    const hold = () => {
      resolve(name);
      return new Promise<void>(() => {});
    };
    if (locks) locks.request(name, hold).catch(() => resolve(undefined));
    else resolve(undefined);
  });
}

// Node keeps a process alive for a port that listens, so there it counts only while somebody waits.
type Port = MessagePort & { ref?(): void; unref?(): void };
const { port1, port2 } = new MessageChannel() as { port1: Port; port2: Port };
const waiting: (() => void)[] = [];
port1.onmessage = () => {
  waiting.shift()?.();
  if (waiting.length === 0) port1.unref?.();
};
port1.unref?.();
const post = port2.postMessage.bind(port2);

/** Chromium's own way takes half as long as a message to oneself. */
const { scheduler } = globalThis as { scheduler?: { yield?(): Promise<void> } };
const yieldToEventLoop = scheduler?.yield?.bind(scheduler);

/** Resolves one turn of the event loop later: some µs in Chromium, where a timer takes 4 ms once nested. */
export const hop: () => Promise<void> = yieldToEventLoop ?? hopByMessage;

function hopByMessage(): Promise<void> {
  if (waiting.length === 0) port1.ref?.();
  return new Promise((resolve) => {
    waiting.push(resolve);
    post(null);
  });
}
