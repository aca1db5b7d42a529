/** The two sides as the page sees them. Each opening has its own worker and its own, empty database. */
import type { FromFloor, Padding, Start, ToFloor } from './floor.worker';
import { deleteDatabase, inStyle, openHub } from './hub';
import type { Load, Pace, Style } from './loads';

export interface Side {
  /** The side is up, its activity workers too. */
  ready: Promise<unknown>;
  /**
   * Starts the whole load in one message, or one instance after the other. Gives, when the page has all results, how many
   * activities each instance ran.
   */
  run(load: Load, pace?: Pace): Promise<number[]>;
  /** Resolves when all that the load left behind it is done. The floor leaves nothing. */
  emptied?(): Promise<void>;
  /** Ends the worker and deletes the database. */
  close(): Promise<void>;
}

let opened = 0;

/** @param name the worker's name */
export function openPerdure(style: Style, name: string): Side {
  const { client, emptied, remove } = openHub(`bench-${opened++}`, name);
  const chain = inStyle(style, { async: 'chain', generator: 'chainOfSteps' });
  const fanOut = inStyle(style, { async: 'fanOut', generator: 'fanOutOfSteps' });
  const one = async (orchestration: typeof chain | typeof fanOut, input: number): Promise<number> => {
    const id = await client.startNew(orchestration, { input });
    return (await client.waitForCompletion(id)).output;
  };
  return {
    // Its activity workers come up when they are needed: two tasks need both.
    ready: client.ready.then(() => one(fanOut, 2)),
    run: ({ instances, steps, width }, pace = 'together') =>
      times(instances, pace, () => {
        if (steps === 0) return client.startNew('nothing').then(() => 0);
        return width === 1 ? one(chain, steps) : one(fanOut, width);
      }),
    emptied,
    close: remove,
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
  const start = (starts: readonly Start[]) =>
    new Promise<number[]>((resolve) => {
      const found = new Map<string, number>();
      worker.onmessage = ({ data }: MessageEvent<FromFloor>) => {
        if (data.kind === 'ready') return;
        for (const [i, id] of data.ids.entries()) found.set(id, data.results[i]!);
        if (found.size === starts.length) resolve([...found.values()]);
      };
      tell({ kind: 'start', starts });
    });
  return {
    ready,
    async run({ instances, steps, width }, pace = 'together') {
      const one = (): Start => ({ id: crypto.randomUUID(), steps, width });
      if (pace === 'together') return start(Array.from({ length: instances }, one));
      return (await times(instances, pace, () => start([one()]))).flat();
    },
    close() {
      worker.terminate();
      return deleteDatabase(database);
    },
  };
}

async function times<T>(count: number, pace: Pace, run: () => Promise<T>): Promise<T[]> {
  if (pace === 'together') return Promise.all(Array.from({ length: count }, run));
  const results: T[] = [];
  while (results.length < count) results.push(await run());
  return results;
}
