/** Instances that wait, in steps: between them, `node.mjs` looks at the worker's heap. */
import { type Hub, inTime, openHub, pause, startMany } from '../../hub';

/** So long after the log is empty, nothing is under way any more. */
const quietMs = 1_000;

let hub: Hub;
let hubs = 0;
let opened = 0;
let taskHub = '';

export const memory = {
  instances: 10_000,

  /** Gives the name of the worker of a new hub, or of another worker for the same hub: by it the heap is found. */
  async open(which: 'new' | 'same'): Promise<string> {
    if (which === 'new') taskHub = `memory-${hubs++}`;
    const name = `memory-worker-${opened++}`;
    hub = openHub(taskHub, name);
    await inTime(hub.client.ready);
    return name;
  },

  /** Starts the instances. They have just gone to sleep. */
  start: () => startMany(hub.client, 'sleeper', memory.instances, memory.instances),

  /** Resolves when they lie in rows. */
  async settle(): Promise<void> {
    await inTime(hub.emptied());
    await pause(quietMs);
  },

  /** Ends the worker. */
  close: () => hub.close(),
};
