/**
 * Rivet's engine. It asks its host for an ordered store of bytes, which IndexedDB is. Its `join` would save the activities of
 * a fan-out one by one, but each of its branches, once done, writes all those of the others that are still being written:
 * 1,000 of them do not end within a minute.
 */
import './node/buffer';
import { type EngineDriver, runWorkflow, type WorkflowContextInterface } from '@rivetkit/workflow-engine';
import { deleteDB, type IDBPDatabase, openDB } from 'idb';
import { noop } from '../activities';
import type { Shape } from '../loads';
import type { Side } from '../sides';
import { freshName, range, sideOf } from './rival';

async function workflow(ctx: WorkflowContextInterface, { steps, width }: Shape): Promise<number> {
  let done = 0;
  for (const step of range(steps)) {
    const results = await ctx.step(`${step}`, () => Promise.all(range(width).map(noop)));
    done += results.length;
  }
  return done;
}

export async function open(): Promise<Side> {
  const name = freshName('rivet');
  const database = await openDB(name, 1, { upgrade: (db) => void db.createObjectStore('entries') });

  async function runOne(id: string, shape: Shape): Promise<number> {
    const { result } = runWorkflow(id, workflow, shape, driverOf(database, id), { mode: 'live' });
    const { state, output } = await result;
    if (output === undefined) throw new Error(`the workflow is ${state}`);
    return output;
  }

  return sideOf({
    runOne,
    close: () => {
      database.close();
      return deleteDB(name);
    },
  });
}

/** One workflow's part of the database. IndexedDB sorts keys of bytes as the engine wants them. */
function driverOf(database: IDBPDatabase, workflowId: string): EngineDriver {
  const keyOf = (key: Uint8Array): IDBValidKey => [workflowId, key as Uint8Array<ArrayBuffer>];
  const between = (start: Uint8Array, end: Uint8Array): IDBKeyRange =>
    IDBKeyRange.bound(keyOf(start), keyOf(end), false, true);
  const startingWith = (prefix: Uint8Array): IDBKeyRange =>
    between(prefix, Uint8Array.of(...prefix, ...new Array<number>(64).fill(0xff)));

  return {
    atomicBatch: true,
    get: async (key) => (await database.get('entries', keyOf(key))) ?? null,
    set: async (key, value) => void (await database.put('entries', value, keyOf(key))),
    delete: (key) => database.delete('entries', keyOf(key)),
    async batchDelete(keys) {
      const { store, done } = database.transaction('entries', 'readwrite');
      for (const key of keys) store.delete(keyOf(key));
      await done;
    },
    deletePrefix: (prefix) => database.delete('entries', startingWith(prefix)),
    deleteRange: (start, end) => database.delete('entries', between(start, end)),
    async list(prefix) {
      const { store } = database.transaction('entries');
      const [keys, values] = await Promise.all([
        store.getAllKeys(startingWith(prefix)),
        store.getAll(startingWith(prefix)),
      ]);
      return values.map((value, i) => ({ key: new Uint8Array((keys[i] as [string, ArrayBuffer])[1]), value }));
    },
    async batch(writes) {
      const { store, done } = database.transaction('entries', 'readwrite');
      for (const { key, value } of writes) store.put(value, keyOf(key));
      await done;
    },
    // The loads neither sleep nor wait for a message.
    setAlarm: async () => {},
    clearAlarm: async () => {},
    workerPollInterval: 100,
    messageDriver: { addMessage: async () => {}, receiveMessages: async () => [], completeMessage: async () => {} },
    waitForMessages: () => new Promise(() => {}),
  };
}
