/** TanStack's engine twice: with the store that it brings, and with one that lasts. */
import {
  createWorkflow,
  inMemoryRunStore,
  LogConflictError,
  type RunStore,
  runWorkflow,
} from '@tanstack/workflow-core';
import { deleteDB, openDB } from 'idb';
import { z } from 'zod';
import { noop } from '../activities';
import type { Shape } from '../loads';
import type { Side } from '../sides';
import { freshName, range, sideOf } from './rival';

const workflow = createWorkflow({
  id: 'load',
  input: z.object({ steps: z.number(), width: z.number() }),
  output: z.number(),
}).handler(async (ctx) => {
  let done = 0;
  for (const step of range(ctx.input.steps)) {
    const results = await Promise.all(range(ctx.input.width).map((i) => ctx.step(`${step}.${i}`, () => noop(i))));
    done += results.length;
  }
  return done;
});

async function runOne(runStore: RunStore, runId: string, input: Shape): Promise<number> {
  let result: number | undefined;
  const outputSink = (output: unknown): void => {
    result = output as number;
  };
  for await (const event of runWorkflow({ workflow, runStore, runId, input, outputSink })) {
    if (event.type === 'RUN_ERRORED') throw new Error(event.error.message);
  }
  if (result === undefined) throw new Error('the run gave no result');
  return result;
}

export function openInMemory(): Side {
  const store = inMemoryRunStore();
  return sideOf({ runOne: (id, shape) => runOne(store, id, shape), close: () => {} });
}

export async function openInIndexedDb(): Promise<Side> {
  const name = freshName('tanstack');
  const { store, close } = await openStore(name);
  return sideOf({
    runOne: (id, shape) => runOne(store, id, shape),
    close: () => {
      close();
      return deleteDB(name);
    },
  });
}

async function openStore(name: string): Promise<{ store: RunStore; close: () => void }> {
  const database = await openDB(name, 1, {
    upgrade: (db) => {
      db.createObjectStore('runs');
      db.createObjectStore('events');
    },
  });
  const eventsOf = (runId: string): IDBKeyRange => IDBKeyRange.bound([runId], [runId, []]);
  const store: RunStore = {
    getRunState: (runId) => database.get('runs', runId),
    setRunState: async (runId, state) => void (await database.put('runs', state, runId)),
    async deleteRun(runId) {
      await database.delete('runs', runId);
      await database.delete('events', eventsOf(runId));
    },
    async appendEvent(runId, index, event) {
      try {
        await database.add('events', event, [runId, index]);
      } catch (error) {
        if (error instanceof DOMException && error.name === 'ConstraintError') throw new LogConflictError(runId, index);
        throw error;
      }
    },
    getEvents: (runId) => database.getAll('events', eventsOf(runId)),
  };
  return { store, close: () => database.close() };
}
