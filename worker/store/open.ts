/**
 * Where a task hub's records can be kept. Some browsers have no IndexedDB for a page, on principle: in private mode, in
 * a sandboxed frame, where the user has forbidden it. There a hub runs in memory, and says so: what it has is gone with
 * its worker. A storage that only fails is never replaced by memory, since what it holds would seem to be gone.
 */
import { outside } from '../determinism';
import { IndexedDBStore, type IndexedDBStoreOptions } from './indexeddb';
import { MemoryDatabase, MemoryStore } from './memory';
import { databaseName } from './schema';
import type { Store } from './store';
import { TimeLimit } from './time-limit';

export interface Storage {
  /** `memory`: nothing outlives the worker, and no other tab sees it. */
  readonly kind: 'disk' | 'memory';
  /** A connection of its own. All those of a hub, in one worker, see the same. */
  open(onBlocked?: IndexedDBStoreOptions['onBlocked']): Store;
}

/** Whoever opens a hub in memory in this worker gets the same one, as with a database. */
const databases = new Map<string, MemoryDatabase>();

/** How long to wait for the browser to say that it refuses, in milliseconds. One that hangs has not refused. */
const probeLimitMs = 5_000;

/**
 * Finds out how a hub's records can be kept, and never rejects: if the storage is there and something is wrong with it,
 * the stores say so, each with its calls.
 *
 * In memory, a tab's hub is its own: it must neither wait for the lock of the hub's name, which another tab holds
 * for a hub of that tab's own, nor hear that tab's hints.
 */
export async function openStorage(hub: string, options?: IndexedDBStoreOptions): Promise<Storage> {
  if (!(await isRefused(databaseName(hub)))) {
    return {
      kind: 'disk',
      open: (onBlocked) => new IndexedDBStore(hub, { ...options, ...(onBlocked && { onBlocked }) }),
    };
  }
  const database = databases.get(hub) ?? new MemoryDatabase();
  databases.set(hub, database);
  return { kind: 'memory', open: () => new MemoryStore(database) };
}

/** Opens the database as it is, which no other tab can block, and makes none. */
function isRefused(name: string): Promise<boolean> {
  return new Promise((resolve) => {
    const limit = new TimeLimit(probeLimitMs, () => resolve(false));
    const end = (error: unknown) => {
      limit.stop();
      resolve(isRefusal(error));
    };
    try {
      // It takes the global `indexedDB`, and an async turn may be under way.
      const request = outside(() => globalThis.indexedDB?.open(name));
      if (!request) return end(missing);
      request.onupgradeneeded = () => request.transaction?.abort();
      request.onerror = (event) => {
        event.preventDefault();
        end(request.error);
      };
      request.onsuccess = () => {
        request.result.close();
        end(undefined);
      };
    } catch (error) {
      end(error);
    }
  });
}

const missing = 'no IndexedDB';

/** What browsers say that will not change its mind, by name and, where others fail by the same name, by words. */
function isRefusal(error: unknown): boolean {
  if (error === missing) return true;
  if (!(error instanceof Error)) return false;
  const { name, message } = error;
  return (
    name === 'SecurityError' ||
    // Firefox, in private windows of versions below 115.
    (name === 'InvalidStateError' && message.includes('did not allow mutations')) ||
    // Chromium, where the user or a policy forbids sites to store data.
    (name === 'UnknownError' && message.includes('denied permission'))
  );
}
