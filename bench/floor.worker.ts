/**
 * The floor: the traffic of the loads, written by hand. It records what happens in a log in IndexedDB, one record per
 * batch, lets tasks and results out only when they are committed, and gathers the next batch meanwhile. Nothing else: no
 * replay, no fence, no history to be read, no checkpoint, no supervision, no errors.
 */
import type { Batch } from './floor-activity.worker';
import type { Shape } from './loads';
import { countIfAsked } from './written';

export interface Start extends Shape {
  id: string;
}

export type ToFloor =
  /** `padding`: characters to be written for each event, so that the log has as many bytes as perdure's. */
  | { kind: 'open'; database: string; padding: number }
  | { kind: 'start'; starts: readonly Start[] };

export type FromFloor = { kind: 'ready' } | { kind: 'results'; ids: string[]; results: number[] };

interface Instance extends Shape {
  id: string;
  /** Tasks without a result, of the current step. */
  open: number;
  done: number;
}

const workers = [0, 1].map(() => new Worker(new URL('./floor-activity.worker.ts', import.meta.url), { type: 'module' }));
const instances: Instance[] = [];
let database: IDBDatabase;
let commits = 0;
let committing = false;
let padding = 0;
/** As much padding as a record can need. */
const blank = ' '.repeat(2 ** 20);

// What the next batch holds.
let started: readonly Start[] = [];
let completed: Batch = { instances: [], values: [] };

/** What a commit sets free. */
interface Released {
  tasks: Batch;
  ids: string[];
  results: number[];
}

function commit(): void {
  committing = true;
  const events = started.length + completed.instances.length;
  const record = {
    commit: commits++,
    time: Date.now(),
    started,
    completed,
    padding: blank.slice(0, Math.round(events * padding)),
  };
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
    schedule(instances.push({ id, steps, width, open: 0, done: 0 }) - 1, released.tasks);
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
  const half = Math.ceil(tasks.instances.length / workers.length);
  for (const [i, worker] of workers.entries()) {
    const [from, to] = [i * half, (i + 1) * half];
    const share: Batch = { instances: tasks.instances.slice(from, to), values: tasks.values.slice(from, to) };
    if (share.instances.length > 0) worker.postMessage(share);
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

function open(name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name);
    request.onupgradeneeded = () => request.result.createObjectStore('log', { keyPath: 'commit' });
    request.onsuccess = () => {
      database = request.result;
      resolve();
    };
    request.onerror = () => reject(request.error);
  });
}

function tell(message: FromFloor): void {
  postMessage(message);
}

/** Waits until the worker answers. */
function warm(worker: Worker): Promise<void> {
  return new Promise((resolve) => {
    worker.onmessage = () => {
      worker.onmessage = receive;
      resolve();
    };
    worker.postMessage({ instances: [], values: [] } satisfies Batch);
  });
}

onmessage = async ({ data }: MessageEvent<ToFloor>) => {
  if (data.kind === 'open') {
    padding = data.padding;
    await Promise.all([open(data.database), ...workers.map(warm)]);
    tell({ kind: 'ready' });
  } else {
    started = data.starts;
    commit();
  }
};
countIfAsked();
