/**
 * What people write without an engine: a loop in the page that calls a worker and saves a row for each activity that is
 * done, so that a reload can skip it.
 */
import { wrap } from 'comlink';
import { deleteDB, openDB } from 'idb';
import type * as activities from '../activities';
import type { Shape } from '../loads';
import type { Side } from '../sides';
import { freshName, range, sideOf } from './rival';

export async function open(): Promise<Side> {
  const name = freshName('hand-written');
  const database = await openDB(name, 1, { upgrade: (db) => void db.createObjectStore('done') });
  const worker = new Worker(new URL('./hand-written.worker.ts', import.meta.url), { type: 'module' });
  const remote = wrap<typeof activities>(worker);

  async function runOne(id: string, { steps, width }: Shape): Promise<number> {
    const keys = await database.getAllKeys('done', IDBKeyRange.bound([id], [id, []]));
    const done = new Set(keys.map(String));
    const once = async (step: number, i: number): Promise<void> => {
      const key = [id, step, i];
      if (done.has(String(key))) return;
      const result = await remote.noop(i);
      await database.put('done', result, key);
      done.add(String(key));
    };
    for (const step of range(steps)) await Promise.all(range(width).map((i) => once(step, i)));
    return done.size;
  }

  return sideOf({
    ready: remote.noop(0),
    runOne,
    close: () => {
      worker.terminate();
      database.close();
      return deleteDB(name);
    },
  });
}
