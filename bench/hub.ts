/** perdure's hubs as the loads open them: each opening has a worker of its own, and a name says which database it runs. */
import { connect, type DurableClient } from 'perdure';
import type { Style } from './loads';
import { untilLogIsEmpty } from './log';
import type * as orchestrations from './orchestrations';

export type Client = DurableClient<typeof orchestrations>;

export interface Hub {
  client: Client;
  /** Resolves when a checkpoint has taken up the whole log. */
  emptied(): Promise<void>;
  /** Ends the worker, as a closed tab would. What the hub has stored stays. */
  close(): Promise<void>;
  /** Ends the worker at once, and deletes what the hub has stored. */
  remove(): Promise<void>;
}

/** @param workerName by which the worker's heap is found, or which the worker acts on */
export function openHub(taskHub: string, workerName = ''): Hub {
  const worker = new Worker(new URL('./perdure.worker.ts', import.meta.url), { type: 'module', name: workerName });
  const client = connect<typeof orchestrations>({ taskHub, worker: () => worker });
  const database = `perdure/${taskHub}`;
  return {
    client,
    emptied: () => untilLogIsEmpty(database),
    close: () => client.close(),
    remove() {
      worker.terminate();
      // It lingers; nobody has to wait for that, since no name is used twice after this.
      void client.close();
      return deleteDatabase(database);
    },
  };
}

/** A run that never ends must not hold the bench for ever. */
export function inTime<T>(promise: Promise<T>, limitMs = 60_000): Promise<T> {
  let timer: ReturnType<typeof setTimeout>;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no result within ${limitMs / 1000} s`)), limitMs);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** An orchestration by its style. */
export function inStyle<A extends string, G extends string>(style: Style, names: { async: A; generator: G }): A | G {
  return names[style];
}

/** Starts instances, so many at once, until there are enough. Resolves when all starts are acknowledged. */
export async function startMany(client: Client, name: 'nothing' | 'sleeper', count: number, atOnce: number) {
  for (let started = 0; started < count; started += atOnce) {
    const length = Math.min(atOnce, count - started);
    await inTime(Promise.all(Array.from({ length }, () => client.startNew(name))));
  }
}

export function deleteDatabase(database: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(database);
    request.onsuccess = () => resolve();
    request.onerror = () => reject(request.error);
  });
}
