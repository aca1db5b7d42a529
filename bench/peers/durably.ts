/** durably as its documentation has it in a browser: on SQLite in OPFS, by SQLocal. */
import { createDurably, defineJob } from '@coji/durably';
import { SQLocalKysely } from 'sqlocal/kysely';
import { z } from 'zod';
import { noop } from '../activities';
import type { Side } from '../sides';
import { freshName, range } from './rival';

const load = defineJob({
  name: 'load',
  input: z.object({ steps: z.number(), width: z.number() }),
  output: z.number(),
  run: async (ctx, { steps, width }) => {
    let done = 0;
    for (const step of range(steps)) {
      const results = await Promise.all(range(width).map((i) => ctx.run(`${step}.${i}`, () => noop(i))));
      done += results.length;
    }
    return done;
  },
});

export async function open(): Promise<Side> {
  const worker = new Worker(new URL('./sqlite.worker.ts', import.meta.url), { type: 'module' });
  const local = new SQLocalKysely({
    databasePath: freshName('durably'),
    processor: worker,
    onInit: (sql) => [sql`PRAGMA locking_mode=EXCLUSIVE`, sql`PRAGMA journal_mode=WAL`, sql`PRAGMA synchronous=NORMAL`],
  });
  // It says no more than a warning when it goes on in memory.
  const { storageType } = await local.getDatabaseInfo();
  if (storageType !== 'opfs') throw new Error(`SQLocal's database is in ${storageType}, not in OPFS`);
  const engine = createDurably({
    dialect: local.dialect,
    pollingIntervalMs: 100,
    leaseRenewIntervalMs: 500,
    leaseMs: 3000,
    maxConcurrentRuns: 10,
    jobs: { load },
  });
  // Told by events, as a thousand that wait for their runs by asking for them would ask all the time.
  const outputs = new Map<string, number>();
  let isDone = (): void => {};
  engine.on('run:complete', ({ runId, output }) => {
    outputs.set(runId, output as number);
    isDone();
  });
  return {
    ready: engine.init(),
    async run({ instances, ...shape }) {
      outputs.clear();
      const done = new Promise<void>((resolve) => {
        isDone = () => outputs.size === instances && resolve();
      });
      await engine.jobs.load.batchTrigger(Array.from({ length: instances }, () => ({ input: shape })));
      await done;
      return [...outputs.values()];
    },
    async close() {
      await engine.stop();
      await local.destroy();
    },
  };
}
