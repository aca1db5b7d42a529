import { Client } from '../../src/client/client';
import type { BuildName } from '../contract/functions';
import type { AnyClient, OpenHub } from '../contract/hub';
import { specification } from '../contract/specification';
import { newHubName } from './fixtures/hubs';

const workers: Record<BuildName, () => Worker> = {
  first: () => new Worker(new URL('./fixtures/contract.worker.ts', import.meta.url), { type: 'module' }),
  broken: () => new Worker(new URL('./fixtures/contract-broken.worker.ts', import.meta.url), { type: 'module' }),
  mended: () => new Worker(new URL('./fixtures/contract-mended.worker.ts', import.meta.url), { type: 'module' }),
};

const openInWorker: OpenHub = async () => {
  const taskHub = newHubName();
  // What `connect` gives, without the second that it lingers.
  const connect = (build: BuildName) => {
    const client: Client = new Client({ taskHub, worker: workers[build] }, () => client.end());
    return client;
  };
  let client = connect('first');
  return {
    get client() {
      return client as unknown as AnyClient;
    },
    now: Date.now,
    async reload(build) {
      await client.end();
      client = connect(build);
    },
    close: () => client.end(),
  };
};

/** A worker has no use for these, or Chromium has them not. */
const absent = [
  'navigator.storage.persist',
  'SharedWorker',
  'Notification.requestPermission',
  'setImmediate',
  'requestIdleCallback',
];

specification(openInWorker, { absent });
