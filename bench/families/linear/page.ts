/**
 * One instance of a length, run or brought back, in steps: between them, `node.mjs` looks at the worker's heap.
 *
 * A replay is timed as a page meets it: a worker that has just taken the hub over gets an event for the instance, and
 * answers when the turn is committed that the event led to. So reading the history and replaying it are in; starting the
 * worker is not.
 */
import { type Client, deleteDatabase, openHub } from '../../hub';
import type { Style } from '../../loads';
import { type LinearLoad, type LinearName, linearLoads } from './loads';

/** So long after its last step, an instance lies in the store and the log is empty, in milliseconds. */
const quietMs = 1_500;
/** Activities that are run before, in the same worker: those that follow meet compiled code and workers that are up. */
const warmUp = 500;
const instanceId = 'long';

let hubs = 0;
let opened = 0;
let taskHub = '';
let client: Client;

export const linear = {
  /** Makes ready what runs of this load need. Gives how many items one run goes through. */
  async prepare(name: LinearName, style: Style): Promise<number> {
    const { kind, size } = linearLoads[name];
    taskHub = `linear-${hubs++}`;
    return kind === 'run' ? size : writeHistory(linearLoads[name], style);
  },

  /** Starts a worker. Gives its name, by which the heap is found. */
  async open(name: LinearName, style: Style): Promise<string> {
    const workerName = await openClient();
    const { kind, of } = linearLoads[name];
    if (kind === 'run') await runOne(of, style, warmUp);
    return workerName;
  },

  /** The load. Gives milliseconds. */
  async run(name: LinearName, style: Style): Promise<number> {
    const { kind, of, size } = linearLoads[name];
    const start = performance.now();
    if (kind === 'replay') await client.raiseEvent(instanceId, 'go');
    else if ((await runOne(of, style, size)) !== size) throw new Error(`${name} was not done`);
    return performance.now() - start;
  },

  /** Ends the worker. */
  close: () => client.close(),

  /** Deletes what was made ready. */
  clear: () => deleteDatabase(`perdure/${taskHub}`),
};

/** Gives the name of the new client's worker: one that is ended may be there for a while. */
async function openClient(): Promise<string> {
  const name = `linear-worker-${opened++}`;
  ({ client } = openHub(taskHub, name));
  await client.ready;
  return name;
}

async function runOne(of: LinearLoad['of'], style: Style, size: number): Promise<number> {
  const orchestration = style === 'async' ? of : (`${of}OfSteps` as const);
  const id = await client.startNew(orchestration, { input: size });
  return (await client.waitForCompletion(id, { timeout: '5m' })).output;
}

/** Leaves an instance in the store that waits, with a history. Gives the number of its events. */
async function writeHistory({ of, size }: LinearLoad, style: Style): Promise<number> {
  await openClient();
  // A step of a chain leaves four events; an activity of a fan-out two, and the turns' own are few.
  const activities = size / (of === 'chain' ? 4 : 2);
  const live = client.watchInstance(instanceId);
  const waits = new Promise<void>((resolve) => {
    const unsubscribe = live.subscribe(() => {
      if (!live.get().instance?.waitsFor.some((wait) => wait.kind === 'event')) return;
      unsubscribe();
      resolve();
    });
  });
  await client.startNew(style === 'async' ? 'waits' : 'waitsInSteps', { instanceId, input: { of, activities } });
  await waits;
  await new Promise((resolve) => setTimeout(resolve, quietMs));
  const { history } = await client.getStatus(instanceId, { showHistory: true });
  await client.close();
  return history?.length ?? 0;
}
