/** How each golden history came about: what an instance was started with, and what happened to it. */
import type { StartOptions } from 'perdure';
import type { TestHub } from 'perdure/testing';
import type { activities, Feature, orchestrations } from './orchestrations';

export type GoldenHub = TestHub<typeof orchestrations, typeof activities>;

export interface Recording {
  start?: StartOptions;
  /** Brings it to where it is recorded under way. A text that it gives is the id that it has then. */
  begin?(hub: GoldenHub, id: string): Promise<unknown>;
  /** Brings it from there to its end. Without it, the event `go` does. */
  finish?(hub: GoldenHub, id: string): Promise<void>;
}

const values = {
  list: [1, 'two', null, undefined, 3n, -0, Number.NaN, Number.POSITIVE_INFINITY],
  at: new Date(5),
  map: new Map<unknown, unknown>([['k', new Set([1])]]),
  bytes: new Uint8Array([1, 2, 3]),
  buffer: new Uint8Array([4, 5]).buffer,
  pattern: /a+/gi,
  error: new RangeError('no'),
};

/** A server that takes jobs, and has done one when it is asked for it the third time; the second time it is down. */
function answerRequests(hub: GoldenHub): void {
  let isDown = true;
  const accepted = (location: string, more = {}) => ({ statusCode: 202, content: '', headers: { location, ...more } });
  hub.answerHttp(({ method, url }) => {
    if (method === 'PUT') return accepted('/jobs/0');
    if (url === '/jobs') return accepted('/jobs/1', { 'retry-after': '20' });
    if (url === '/given up') return accepted('/never', { 'retry-after': '3600' });
    if (url === 'http://localhost/jobs/1') return accepted('2');
    if (url === 'http://localhost/jobs/2' && !isDown) return { statusCode: 410, content: 'gone', headers: { a: 'b' } };
    isDown = false;
    throw new TypeError(`${url} is down`);
  });
}

export const recordings: Record<Feature, Recording> = {
  activities: { start: { input: values } },
  runs: {},
  joins: {},
  timers: {
    begin: (hub) => hub.advance('5m'),
  },
  events: {
    async begin(hub, id) {
      await hub.client.raiseEvent(id, 'EARLY', { n: 1 });
      await hub.advance('2h');
      await hub.client.raiseEvent(id, 'twice', 'a');
      await hub.client.raiseEvent(id, 'twice', 'b');
      await hub.client.raiseEvent(id, 'nobody waits for it');
    },
  },
  subOrchestrations: {
    async finish(hub, id) {
      for await (const { instanceId, runtimeStatus } of hub.client.listInstances({ parent: id })) {
        if (runtimeStatus === 'Running') await hub.client.raiseEvent(instanceId, 'go', instanceId);
      }
    },
  },
  continuesAsNew: {
    start: { input: 0 },
    begin: (hub, id) => hub.client.raiseEvent(id, 'kept', 'over all rounds'),
  },
  retries: {
    begin: (hub) => hub.advance('5s'),
    async finish(hub, id) {
      await hub.advance('5m');
      await hub.client.raiseEvent(id, 'go');
    },
  },
  patches: {},
  chance: {},
  scopes: {},
  globals: {
    begin: (hub) => hub.advance('1m'),
  },
  sends: { start: { input: { n: 1 }, tags: { with: 'tags' } } },
  standsStill: {
    async begin(hub, id) {
      await hub.client.suspend(id, 'to look at it');
      await hub.client.resume(id);
      await hub.client.suspend(id, 'again');
      await hub.client.raiseEvent(id, 'first', 1);
    },
    async finish(hub, id) {
      await hub.client.resume(id, 'seen enough');
      await hub.client.raiseEvent(id, 'go', 2);
    },
  },
  rewinds: {
    async begin(hub, id) {
      // Its failing has to be known before it is rewound.
      await hub.client.waitForCompletion(id).catch(() => {});
      await hub.client.rewind(id, 'the cause is gone');
    },
  },
  fails: {},
  ends: {
    finish: (hub, id) => hub.client.terminate(id, 'not needed any more'),
  },
  moves: {
    // It was exported from one hub, and imported into another under another id.
    begin: async (hub, id) =>
      hub.client.importInstance(await hub.client.exportInstance(id), { instanceId: `${id}, moved` }),
  },
  versions: { start: { version: '1', startAt: '1d' } },
  httpCalls: {
    async begin(hub, id) {
      answerRequests(hub);
      await hub.client.raiseEvent(id, 'begin');
      await hub.advance('45s');
    },
    async finish(hub, id) {
      answerRequests(hub);
      await hub.client.raiseEvent(id, 'go');
    },
  },
};
