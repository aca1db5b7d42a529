/** The two sides as the page sees them. Each opening has its own worker and its own, empty database. */
import { connect } from 'perdure';
import type { FromFloor, Padding, ToFloor } from './floor.worker';
import type { Load, Style } from './loads';
import type * as orchestrations from './orchestrations';

export interface Side {
  /** The side is up, its activity workers too. */
  ready: Promise<unknown>;
  /** Starts the whole load in one message. Gives, when the page has all results, how many activities each instance ran. */
  run(load: Load): Promise<number[]>;
  /** Ends the worker and deletes the database. */
  close(): Promise<void>;
}

let opened = 0;

/** @param name the worker's name */
export function openPerdure(style: Style, name: string): Side {
  const taskHub = `bench-${opened++}`;
  const worker = new Worker(new URL('./perdure.worker.ts', import.meta.url), { type: 'module', name });
  const client = connect<typeof orchestrations>({ taskHub, worker: () => worker });
  const one = async (orchestration: keyof typeof orchestrations, input: number): Promise<number> => {
    const id = await client.startNew(orchestration, { input });
    return (await client.waitForCompletion(id)).output as number;
  };
  const [chain, fanOut] =
    style === 'async' ? (['chain', 'fanOut'] as const) : (['chainOfSteps', 'fanOutOfSteps'] as const);
  return {
    // Its activity workers come up when they are needed: two tasks need both.
    ready: client.ready.then(() => one('fanOut', 2)),
    run: ({ instances, steps, width }) =>
      Promise.all(Array.from({ length: instances }, () => (width === 1 ? one(chain, steps) : one(fanOut, width)))),
    close: () => end(worker, `perdure/${taskHub}`),
  };
}

/** @param name the worker's name */
export function openFloor(padding: Padding, name: string): Side {
  const database = `floor-${opened++}`;
  const worker = new Worker(new URL('./floor.worker.ts', import.meta.url), { type: 'module', name });
  const tell = (message: ToFloor) => worker.postMessage(message);
  const ready = new Promise<void>((resolve, reject) => {
    worker.onmessage = () => resolve();
    worker.onerror = (event) => reject(new Error(event.message));
  });
  tell({ kind: 'open', database, padding });
  return {
    ready,
    run: ({ instances, steps, width }) =>
      new Promise((resolve) => {
        const found = new Map<string, number>();
        worker.onmessage = ({ data }: MessageEvent<FromFloor>) => {
          if (data.kind === 'ready') return;
          for (const [i, id] of data.ids.entries()) found.set(id, data.results[i]!);
          if (found.size === instances) resolve([...found.values()]);
        };
        tell({
          kind: 'start',
          starts: Array.from({ length: instances }, () => ({ id: crypto.randomUUID(), steps, width })),
        });
      }),
    close: () => end(worker, database),
  };
}

function end(worker: Worker, database: string): Promise<void> {
  worker.terminate();
  return deleteDatabase(database);
}

export function deleteDatabase(database: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(database);
    request.onsuccess = () => resolve();
    request.onerror = () => reject(request.error);
  });
}
