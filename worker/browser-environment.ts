/** The browser as a host needs it; see {@link Environment}. */
import type { Channel } from '../src/protocol';
import type { Environment, Locks, Room } from './hub';
import { clock, locks, monotonicNow, random } from './platform';
import { WorkerPool, type WorkerPoolOptions } from './pool';
import type { Durability } from './store/connection';
import { openStorage } from './store/open';

/** What the browser says of the room is asked for at most so often, in milliseconds. */
const roomLastsMs = 5_000;

export async function browserEnvironment(
  taskHub: string,
  durability: Durability,
  pool: Omit<WorkerPoolOptions, 'onResults' | 'onNote' | 'holds'>,
): Promise<Environment> {
  const storage = await openStorage(taskHub, { durability });
  const isAlone = storage.kind === 'memory';
  let known: { room: Promise<Room | undefined>; at: number } | undefined;
  return {
    clock,
    locks: isAlone ? ownLocks : locks,
    random,
    openChannel: isAlone ? () => noChannel : (name) => new BroadcastChannel(name),
    storage: storage.kind,
    openStore: storage.open,
    createPool: (options) => new WorkerPool({ ...pool, ...options }),
    room() {
      const at = monotonicNow();
      if (!known || at - known.at > roomLastsMs) known = { room: askForRoom(), at };
      return known.room;
    },
  };
}

async function askForRoom(): Promise<Room | undefined> {
  try {
    const [{ usage = 0, quota = 0 }, isPersistent] = await Promise.all([
      navigator.storage.estimate(),
      navigator.storage.persisted(),
    ]);
    return { used: usage, allowed: quota, isPersistent };
  } catch {
    return undefined;
  }
}

// A hub in memory is this tab's alone; and where nothing may be stored, real locks are refused as well.
const ownLocks = {
  request: async (_name: string, ...rest: unknown[]) => (rest.at(-1) as LockGrantedCallback<unknown>)({} as Lock),
  query: async () => ({}),
} as Locks;

const noChannel: Channel = { postMessage() {}, onmessage: null, close() {} };
