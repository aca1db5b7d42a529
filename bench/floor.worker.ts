/**
 * The floor: the traffic of the loads, written by hand. It records what happens in a log in IndexedDB, one record per
 * batch, lets tasks and results out only once they are committed, and gathers the next batch meanwhile. Nothing else: no
 * replay, no fence, no history, no checkpoint, no supervision, no errors.
 */
import type { Batch } from './floor-activity.worker';
import type { Shape } from './loads';
import { countIfAsked } from './written';

export interface Start extends Shape {
  id: string;
}

/** What the log is filled up with, so that it has as many bytes as perdure's, and as hard to compress. */
export interface Padding {
  text: string;
  charactersPerEvent: number;
}

export type ToFloor =
  | { kind: 'open'; database: string; padding: Padding }
  | { kind: 'start'; starts: readonly Start[] };

export type FromFloor = { kind: 'ready' } | { kind: 'results'; ids: string[]; results: number[] };

interface Instance extends Shape {
  id: string;
  /** Tasks without a result, of the current step. */
  open: number;
  done: number;
}

/** What a commit sets free. */
interface Released {
  tasks: Batch;
  ids: string[];
  results: number[];
}

const workers = [0, 1].map(
  () => new Worker(new URL('./floor-activity.worker.ts', import.meta.url), { type: 'module' }),
);
const instances: Instance[] = [];
let database: IDBDatabase;
let padding: Padding;
let commits = 0;
let committing = false;
// The next batch:
let started: readonly Start[] = [];
let completed: Batch = { instances: [], values: [] };

function commit(): void {
  committing = true;
  const events = started.length + completed.instances.length;
  const filler = padding.text.slice(0, Math.round(events * padding.charactersPerEvent));
  const record = { commit: commits++, time: Date.now(), started, completed, filler };
  const released = advance();
  started = [];
  completed = { instances: [], values: [] };
  const transaction = database.transaction('log', 'readwrite', { durability: 'relaxed' });
  transaction.objectStore('log').add(record);
  transaction.oncomplete = () => {
    release(released);
    committing = false;
    if (completed.instances.length > 0) commit();
  };
  transaction.commit();
}

/** Takes the batch into the instances. */
function advance(): Released {
  const released: Released = { tasks: { instances: [], values: [] }, ids: [], results: [] };
  for (const { id, steps, width } of started) {
    if (steps > 0) {
      schedule(instances.push({ id, steps, width, open: 0, done: 0 }) - 1, released.tasks);
    } else {
      // It is over with its start, and that it is committed is its result.
      released.ids.push(id);
      released.results.push(0);
    }
  }
  for (const number of completed.instances) {
    const instance = instances[number]!;
    instance.done++;
    if (--instance.open > 0) continue;
    if (--instance.steps > 0) {
      schedule(number, released.tasks);
    } else {
      released.ids.push(instance.id);
      released.results.push(instance.done);
    }
  }
  return released;
}

function schedule(number: number, tasks: Batch): void {
  const instance = instances[number]!;
  instance.open = instance.width;
  for (let i = 0; i < instance.width; i++) {
    tasks.instances.push(number);
    tasks.values.push(i);
  }
}

function release({ tasks, ids, results }: Released): void {
  const share = Math.ceil(tasks.instances.length / workers.length);
  for (const [i, worker] of workers.entries()) {
    const [from, to] = [i * share, (i + 1) * share];
    const batch: Batch = { instances: tasks.instances.slice(from, to), values: tasks.values.slice(from, to) };
    if (batch.instances.length > 0) worker.postMessage(batch);
  }
  if (ids.length > 0) tell({ kind: 'results', ids, results });
}

function receive({ data }: MessageEvent<Batch>): void {
  if (completed.instances.length === 0) {
    completed = data;
  } else {
    for (const number of data.instances) completed.instances.push(number);
    for (const value of data.values) completed.values.push(value);
  }
  if (!committing) commit();
}

function tell(message: FromFloor): void {
  postMessage(message);
}

function open(name: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name);
    request.onupgradeneeded = () => request.result.createObjectStore('log', { keyPath: 'commit' });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** Resolves when the worker has answered an empty batch: it is up. */
function isUp(worker: Worker): Promise<void> {
  return new Promise((resolve) => {
    worker.onmessage = () => {
      worker.onmessage = receive;
      resolve();
    };
    worker.postMessage({ instances: [], values: [] } satisfies Batch);
  });
}

self.onmessage = async ({ data }: MessageEvent<ToFloor>) => {
  if (data.kind === 'start') {
    started = data.starts;
    commit();
  } else {
    ({ padding } = data);
    [database] = await Promise.all([open(data.database), ...workers.map(isUp)]);
    tell({ kind: 'ready' });
  }
};
countIfAsked();
