/** A list reads as few rows as will do: each read stands in the way of the owner's commits. */
import { describe, expect, it } from 'vitest';
import { findRows } from '../../../worker/hub/listing';
import { recoverTail } from '../../../worker/hub/recovery';
import { MemoryDatabase, MemoryStore } from '../../../worker/store/memory';
import type { InstanceRow, InstanceState } from '../../../worker/store/records';

const row = (n: number, status: InstanceState): InstanceRow => ({
  id: `i${n}`,
  execution: n,
  commit: 1,
  name: n % 2 ? 'odd' : 'even',
  status,
  createdTime: n,
  updatedTime: n,
  waits: [],
  open: [],
  payloads: 0,
  count: 0,
});

/** Of 5,000 rows, the newest but two run. `counted`: how many are said to run. */
async function listed(filter: object, counted = 1) {
  const database = new MemoryDatabase();
  const store = new MemoryStore(database);
  const states = Array.from({ length: 5_000 }, (_, n): InstanceState => (n === 4_997 ? 'Running' : 'Completed'));
  for (const [n, status] of states.entries()) database.instances.set(`i${n}`, row(n, status));
  database.meta.checkpoint = {
    checkpoint: 1,
    counts: [
      { name: 'odd', status: 'Running', by: counted },
      { name: 'odd', status: 'Completed', by: 2_499 },
      { name: 'even', status: 'Completed', by: 2_500 },
    ],
  };
  const { tail } = await recoverTail(store);
  let reads = 0;
  const read = store.read.bind(store);
  store.read = (request) => {
    reads++;
    return read(request);
  };
  const found = await findRows(store, tail, { limit: 100, ...filter });
  return { ids: found.map(({ row: { id } }) => id), reads };
}

describe('a list by status or name', () => {
  it('ends when as many are found as there are', async () => {
    expect(await listed({ runtimeStatus: ['Running'] })).toEqual({ ids: ['i4997'], reads: 1 });
    expect(await listed({ name: 'odd', runtimeStatus: ['Running'] })).toEqual({ ids: ['i4997'], reads: 1 });
  });

  it('reads nothing if there are none', async () => {
    expect(await listed({ runtimeStatus: ['Failed'] })).toEqual({ ids: [], reads: 0 });
    expect(await listed({ name: 'neither' })).toEqual({ ids: [], reads: 0 });
    expect(await listed({ name: 'even', runtimeStatus: ['Running'] })).toEqual({ ids: [], reads: 0 });
  });

  it('goes on to the end if something else decides too, or fewer are found than are counted', async () => {
    const all = Math.ceil(5_000 / 512);
    expect(await listed({ runtimeStatus: ['Running'], idPrefix: 'j' })).toEqual({ ids: [], reads: all });
    expect(await listed({ runtimeStatus: ['Running'] }, 2)).toEqual({ ids: ['i4997'], reads: all });
  });

  it('does not go by the count of those that stand still, which older code kept otherwise', async () => {
    expect((await listed({ runtimeStatus: ['Suspended'] })).reads).toBe(Math.ceil(5_000 / 512));
  });
});
