/**
 * The page of the bench. Each run has a new worker and a new database; once all is up and warm, everything is started in
 * one message, and the time ends when the page has all results.
 */
import { connect } from 'perdure';
import type { FromFloor, ToFloor } from './floor.worker';
import { type Load, type LoadName, loads, type Style } from './loads';
import type * as orchestrations from './orchestrations';
import { countChannel, countingWorker, type Written } from './written';

export interface Run {
  side: 'perdure' | 'floor';
  load: LoadName;
  style: Style;
  /** Characters per event that the floor adds to its log. */
  padding: number;
  /** Counts what is written; then the time says nothing. */
  counting: boolean;
}

interface Side {
  /** Ready, with its activity workers up. */
  ready: Promise<unknown>;
  /** Starts the load, and gives each instance's number of activities that have run. */
  run(load: Load): Promise<number[]>;
  worker: Worker;
  database: string;
}

let runs = 0;

function openPerdure(style: Style, worker: Worker): Side {
  const taskHub = `bench-${runs++}`;
  const client = connect<typeof orchestrations>({ taskHub, worker: () => worker });
  const orchestrationOf = ({ width }: Load) =>
    width === 1
      ? ({ async: 'chain', generator: 'chainOfSteps' } as const)[style]
      : ({ async: 'fanOut', generator: 'fanOutOfSteps' } as const)[style];
  const one = async (name: keyof typeof orchestrations, input: number) => {
    const { output } = await client.waitForCompletion(await client.startNew(name, { input }));
    return output as number;
  };
  return {
    ready: client.ready.then(() => one('fanOut', 2)),
    run: (load) => {
      const { instances, steps, width } = load;
      const name = orchestrationOf(load);
      return Promise.all(Array.from({ length: instances }, () => one(name, Math.max(steps, width))));
    },
    worker,
    database: `perdure/${taskHub}`,
  };
}

function openFloor(worker: Worker, padding: number): Side {
  const database = `floor-${runs++}`;
  const tell = (message: ToFloor) => worker.postMessage(message);
  const ready = new Promise<void>((resolve) => {
    worker.onmessage = () => resolve();
  });
  tell({ kind: 'open', database, padding });
  return {
    ready,
    run: ({ instances, steps, width }) =>
      new Promise((resolve) => {
        const found = new Map<string, number>();
        worker.onmessage = ({ data }: MessageEvent<FromFloor>) => {
          if (data.kind !== 'results') return;
          for (const [i, id] of data.ids.entries()) found.set(id, data.results[i]!);
          if (found.size === instances) resolve([...found.values()]);
        };
        const starts = Array.from({ length: instances }, () => ({ id: crypto.randomUUID(), steps, width }));
        tell({ kind: 'start', starts });
      }),
    worker,
    database,
  };
}

function startWorker(side: Run['side'], name: string): Worker {
  return side === 'perdure'
    ? new Worker(new URL('./perdure.worker.ts', import.meta.url), { type: 'module', name })
    : new Worker(new URL('./floor.worker.ts', import.meta.url), { type: 'module', name });
}

async function run({ side, load: loadName, style, padding, counting }: Run): Promise<{ ms: number; written?: Written }> {
  const load = loads[loadName];
  const worker = startWorker(side, counting ? countingWorker : '');
  const opened = side === 'perdure' ? openPerdure(style, worker) : openFloor(worker, padding);
  await opened.ready;
  const before = counting ? await readWritten() : undefined;

  const start = performance.now();
  const results = await opened.run(load);
  const ms = performance.now() - start;

  const after = counting ? await readWritten() : undefined;
  worker.terminate();
  await deleteDatabase(opened.database);
  if (results.length !== load.instances || results.some((done) => done !== load.steps * load.width)) {
    throw new Error(`${side} got ${loadName} wrong: ${results.slice(0, 10).join(', ')}`);
  }
  return { ms, ...(before && after && { written: difference(after, before) }) };
}

function readWritten(): Promise<Written> {
  const channel = new BroadcastChannel(countChannel);
  return new Promise((resolve) => {
    channel.onmessage = ({ data }) => {
      channel.close();
      resolve(data);
    };
    channel.postMessage(null);
  });
}

function difference(after: Written, before: Written): Written {
  return {
    records: after.records - before.records,
    bytes: after.bytes - before.bytes,
    otherRecords: after.otherRecords - before.otherRecords,
    otherBytes: after.otherBytes - before.otherBytes,
  };
}

function deleteDatabase(name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = () => resolve();
    request.onerror = () => reject(request.error);
  });
}

Object.assign(window, { run });
