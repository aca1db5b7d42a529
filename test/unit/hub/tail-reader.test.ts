/** What a tab knows of the log that does not own the hub: always what the log says, and read no more of it than is new. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { recoverTail } from '../../../worker/hub/recovery';
import { TailReader } from '../../../worker/hub/tail-reader';
import { MemoryStore } from '../../../worker/store/memory';
import type { ReadRequest, Store } from '../../../worker/store/store';
import type { Tail } from '../../../worker/store/tail';
import { activities, orchestrations, type Program, steps } from '../../support/programs';
import { Simulation } from '../../support/simulation';

/** A connection that notes what is asked of it. */
function watched(sim: Simulation): { store: Store; asked: ReadRequest[] } {
  const asked: ReadRequest[] = [];
  const store = new MemoryStore(sim.database);
  const read = store.read.bind(store);
  store.read = (request) => {
    asked.push(request);
    return read(request);
  };
  return { store, asked };
}

/** What is known of instances: by the tail, or else by the store's rows. */
function known(tail: Tail, sim: Simulation): unknown {
  const ids = [...new Set([...tail.instances.keys(), ...sim.database.instances.keys()])].sort();
  return ids.flatMap((id) => {
    const instance = tail.get(id);
    if (instance?.deleted) return [];
    const row = instance?.row ?? sim.database.instances.get(id)!;
    const open = instance ? [...instance.open.values()] : row.open;
    return [[id, row.status, row.count, row.output, row.waits, open]];
  });
}

const counts = (tail: Tail) =>
  tail.counts.filter(({ by }) => by !== 0).map(({ name, status, by }) => [name, status, by]);

const open = () => new Simulation({ orchestrations, activities, hasLeft: true }).open();

describe('the tail as another tab reads it', () => {
  it('is what the log says, whenever it is read, whatever has been checkpointed meanwhile', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(steps, { minLength: 1, maxLength: 5 }),
        fc.array(fc.nat(12)),
        async (programs, pauses) => {
          const sim = await open();
          const reader = new TailReader(new MemoryStore(sim.database));
          const compare = async () => {
            // Nothing happens in between, so both see the same moment.
            await sim.quiet();
            const [read, { tail }] = await Promise.all([reader.read(), recoverTail(new MemoryStore(sim.database))]);
            expect(known(read, sim)).toEqual(known(tail, sim));
            expect(counts(read).sort()).toEqual(counts(tail).sort());
            expect(read.newest).toBe(tail.newest);
          };
          for (const [i, each] of programs.entries()) {
            const input: Program = { round: `${i}`, steps: each, results: [], events: 0 };
            await sim.start('steps', input, `i${i}`);
            for (let event = 0; event < 6; event++) await sim.raise(`i${i}`, 'go', event).catch(() => {});
            for (let left = pauses[i] ?? 0; left > 0; left--) {
              sim.clock.tick();
              await sim.quiet(2);
            }
            await compare();
          }
          await sim.until(() => (sim.hub?.tail?.changed.size === 0 ? true : undefined));
          await compare();
          sim.crash();
        },
      ),
      { numRuns: 100 },
    );
  }, 60_000);

  it('is read on from where it was read to', async () => {
    const sim = await open();
    const { store, asked } = watched(sim);
    const reader = new TailReader(store);
    await sim.start('steps', { round: '', steps: [{ do: 'event' }], results: [], events: 0 });
    const { newest } = await reader.read();
    asked.length = 0;
    await reader.read();
    expect(asked).toEqual([{ logAbove: newest }]);
    // Without a moment for a checkpoint.
    await sim.command('raiseEvent', { instanceId: 'i', name: 'go', data: 0 });
    await sim.quiet();
    asked.length = 0;
    expect((await reader.read()).get('i')?.row.status).toBe('Completed');
    expect(asked[0]).toEqual({ logAbove: newest });
    expect(asked.slice(1).every(({ logAbove }) => logAbove === undefined)).toBe(true);
  });

  it('is forgotten as far as it has been checkpointed', async () => {
    const sim = await open();
    const reader = new TailReader(new MemoryStore(sim.database));
    for (let n = 0; n < 20; n++) {
      await sim.start('steps', { round: '', steps: [], results: [], events: 0 }, `i${n}`);
      await reader.read();
    }
    await sim.until(() => (sim.hub?.tail?.changed.size === 0 && sim.database.log.size === 1 ? true : undefined));
    expect((await reader.read()).instances.size).toBe(0);
  });

  it('of one time is read once, however many ask', async () => {
    const sim = await open();
    const { store, asked } = watched(sim);
    const reader = new TailReader(store);
    await reader.read();
    asked.length = 0;
    await Promise.all(Array.from({ length: 10 }, () => reader.read()));
    expect(asked).toHaveLength(1);
  });
});
