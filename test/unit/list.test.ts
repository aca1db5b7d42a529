/** Lists and counts are complete and without doubles, whatever a checkpoint moves meanwhile. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Filter, ListRequest, ListToken, StatusRecord } from '../../src/protocol';
import { Queries } from '../../worker/hub/queries';
import { MemoryStore } from '../../worker/store/memory';
import { SimulatedClient } from '../support/simulated-client';
import { plain } from '../support/source';
import type { Context } from '../support/styles';

const orchestrations = {
  async waits(ctx: Context): Promise<unknown> {
    return ctx.waitForExternalEvent('end');
  },
  async fails(): Promise<void> {
    throw new Error('no');
  },
  async parent(ctx: Context): Promise<unknown> {
    return ctx.all([
      ctx.callSubOrchestrator(orchestrations.waits),
      ctx.callSubOrchestrator(orchestrations.waits, undefined, { tags: { of: 'parent' } }),
    ]);
  },
};

/** Each client may ask the hub's own tail, or read what is stored, as a tab does that does not own the hub. */
function queriesOf({ sim }: SimulatedClient, isOwner = true): Queries {
  return new Queries(plain(new MemoryStore(sim.database)), () => (isOwner ? sim.hub?.tail : undefined));
}

async function listAll(queries: Queries, request: ListRequest): Promise<StatusRecord[]> {
  const listed: StatusRecord[] = [];
  for (let after: ListToken | undefined, isLast = false; !isLast; ) {
    const page = await queries.list({ ...request, ...(after && { after }) });
    expect(page.instances.length).toBeLessThanOrEqual(request.limit);
    // Only the last page may fall short: whoever shows pages would show gaps.
    if (page.next) expect(page.instances).toHaveLength(request.limit);
    listed.push(...page.instances);
    after = page.next;
    isLast = after === undefined;
  }
  return listed;
}

const idsOf = (instances: readonly StatusRecord[]) => instances.map(({ instanceId }) => instanceId);

describe('a list', () => {
  it('that is read while a checkpoint moves instances from the log to rows holds each of them once', async () => {
    const client = await SimulatedClient.open({ orchestrations });
    const ids = Array.from({ length: 50 }, (_, n) => `i${n}`);
    for (const instanceId of ids) await client.startNew('waits', { instanceId });
    for (const id of ids) await client.raiseEvent(id, 'end');

    const store = new MemoryStore(client.sim.database);
    const read = store.read.bind(store);
    store.read = async (request) => {
      await client.checkpoint();
      return read(request);
    };
    const { instances } = await new Queries(plain(store), () => client.sim.hub?.tail).list({ limit: 1_000 });
    expect(client.sim.hub?.tail?.instances.size).toBe(0);
    expect(idsOf(instances).sort()).toEqual(ids.sort());
  });

  it('goes on after an instance that has gone since', async () => {
    const client = await SimulatedClient.open({ orchestrations });
    for (let n = 0; n < 6; n++) {
      await client.startNew('fails', { instanceId: `i${n}` });
      client.sim.clock.move(1);
    }
    const queries = queriesOf(client);
    const { next } = await queries.list({ limit: 2, order: 'oldest' });
    await client.purge('i1');
    const rest = await queries.list({ limit: 9, order: 'oldest', ...(next && { after: next }) });
    expect(idsOf(rest.instances)).toEqual(['i2', 'i3', 'i4', 'i5']);
  });

  it('asks the store for no more than its range of creation times', async () => {
    const client = await SimulatedClient.open({ orchestrations });
    const start = client.sim.clock.now();
    for (let n = 0; n < 40; n++) {
      await client.startNew('fails', { instanceId: `i${n}` });
      client.sim.clock.move(1_000);
    }
    await client.checkpoint();
    const store = new MemoryStore(client.sim.database);
    const read = store.read.bind(store);
    let rows = 0;
    store.read = async (request) => {
      const snapshot = await read(request);
      rows += snapshot.page.length;
      return snapshot;
    };
    const [createdTimeFrom, createdTimeTo] = [new Date(start + 10_000), new Date(start + 13_000)];
    const queries = new Queries(plain(store), () => undefined);
    const filter: Filter = { createdTimeFrom, createdTimeTo, runtimeStatus: ['Failed'] };
    for (const order of ['oldest', 'newest'] as const) {
      const ids = idsOf((await queries.list({ ...filter, order, limit: 10 })).instances);
      expect(ids).toEqual(order === 'oldest' ? ['i10', 'i11', 'i12'] : ['i12', 'i11', 'i10']);
    }
    expect(await queries.count(filter)).toBe(3);
    expect(rows).toBe(9);
  });
});

const statuses = ['Pending', 'Running', 'Suspended', 'Completed', 'Failed', 'Terminated'] as const;
const change = fc.oneof(
  fc.record({ do: fc.constant('start' as const), name: fc.constantFrom('waits', 'fails', 'parent'), tag: fc.nat(2) }),
  fc.record({ do: fc.constant('later' as const), tag: fc.nat(2) }),
  fc.record({ do: fc.constantFrom('end', 'terminate', 'suspend', 'resume', 'purge', 'restart'), which: fc.nat() }),
  fc.record({ do: fc.constantFrom('checkpoint', 'wait') }),
);
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

const request = fc.record(
  {
    name: fc.constantFrom('waits', 'fails', 'parent', 'none'),
    runtimeStatus: fc.subarray([...statuses]),
    idPrefix: fc.constantFrom('', 'i', 'i1', 'i2:'),
    parent: fc.constantFrom('i0', 'i1', 'i2'),
    tags: fc.constantFrom<Record<string, string>>({}, { tag: '1' }, { of: 'parent' }, { tag: '1', of: 'parent' }),
    from: fc.nat(12),
    to: fc.nat(12),
    updatedFrom: fc.nat(12),
    updatedTo: fc.nat(12),
  },
  { requiredKeys: [] },
);

async function make(client: SimulatedClient, changes: readonly Change[]): Promise<void> {
  let ids = 0;
  for (const each of changes) {
    const known = idsOf(await client.list());
    const which = 'which' in each ? (known[each.which % known.length] ?? 'nobody') : '';
    const act = async () => {
      if (each.do === 'start')
        return client.startNew(each.name, { instanceId: `i${ids++}`, tags: { tag: `${each.tag}` } });
      if (each.do === 'later') {
        const startAt = new Date(Date.UTC(2031, 0));
        return client.startNew('waits', { instanceId: `i${ids++}`, startAt, tags: { tag: `${each.tag}` } });
      }
      if (each.do === 'end') return client.raiseEvent(which, 'end');
      if (each.do === 'terminate') return client.terminate(which);
      if (each.do === 'suspend') return client.suspend(which);
      if (each.do === 'resume') return client.resume(which);
      if (each.do === 'purge') return client.purge(which);
      if (each.do === 'restart') return client.restartInstance(which);
      if (each.do === 'checkpoint') return client.checkpoint();
      client.sim.clock.move(1_000);
    };
    // What is refused changes nothing.
    await act().catch(() => {});
  }
  await client.sim.quiet();
}

describe('lists and counts, in the owner and elsewhere,', () => {
  it('are what the status of each instance says, for every filter, order and page size', {
    timeout: 60_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(change, { minLength: 4, maxLength: 24 }),
        fc.array(
          fc.tuple(request, fc.constantFrom('newest' as const, 'oldest' as const), fc.integer({ min: 1, max: 9 })),
          { minLength: 3, maxLength: 6 },
        ),
        async (changes, requests) => {
          const client = await SimulatedClient.open({ orchestrations, maxInstances: 5 });
          const start = client.sim.clock.now();
          await make(client, changes);
          const queries = queriesOf(client);
          const all = await listAll(queries, { limit: 1_000 });
          for (const each of all) expect(await queries.status(each.instanceId)).toEqual(each);

          for (const [{ from, to, updatedFrom, updatedTo, ...rest }, order, limit] of requests) {
            const date = (n: number) => new Date(start + n * 1_000);
            const filter: Filter = {
              ...rest,
              ...(from !== undefined && { createdTimeFrom: date(from) }),
              ...(to !== undefined && { createdTimeTo: date(to) }),
              ...(updatedFrom !== undefined && { lastUpdatedTimeFrom: date(updatedFrom) }),
              ...(updatedTo !== undefined && { lastUpdatedTimeTo: date(updatedTo) }),
            };
            const expected = all.filter((instance) => isMeant(instance, filter)).sort(byCreation);
            if (order === 'newest') expected.reverse();
            for (const asked of [queries, queriesOf(client, false)]) {
              expect(await listAll(asked, { ...filter, order, limit })).toEqual(expected);
              expect(await asked.count(filter)).toBe(expected.length);
            }
          }
        },
      ),
      { numRuns: 120 },
    );
  });
});

function byCreation(a: StatusRecord, b: StatusRecord): number {
  return a.createdTime.getTime() - b.createdTime.getTime() || (a.instanceId < b.instanceId ? -1 : 1);
}

function isMeant(instance: StatusRecord, filter: Filter): boolean {
  const { createdTime: created, lastUpdatedTime: updated, tags = {} } = instance;
  return (
    (!filter.name || instance.name === filter.name) &&
    (!filter.idPrefix || instance.instanceId.startsWith(filter.idPrefix)) &&
    (!filter.parent || instance.parent?.instanceId === filter.parent) &&
    (!filter.runtimeStatus || filter.runtimeStatus.includes(instance.runtimeStatus)) &&
    Object.entries(filter.tags ?? {}).every(([tag, value]) => tags[tag] === value) &&
    (!filter.createdTimeFrom || created >= filter.createdTimeFrom) &&
    (!filter.createdTimeTo || created < filter.createdTimeTo) &&
    (!filter.lastUpdatedTimeFrom || updated >= filter.lastUpdatedTimeFrom) &&
    (!filter.lastUpdatedTimeTo || updated < filter.lastUpdatedTimeTo)
  );
}

describe('the count by name and status', () => {
  it('reads no rows, however many there are', async () => {
    const client = await SimulatedClient.open({ orchestrations });
    for (let n = 0; n < 20; n++) await client.startNew(n % 2 ? 'waits' : 'fails', { instanceId: `i${n}` });
    await client.checkpoint();
    await client.suspend('i1');
    const store = new MemoryStore(client.sim.database);
    store.read = () => Promise.reject(new Error('nothing is to be read'));
    const queries = new Queries(plain(store), () => client.sim.hub?.tail);
    expect(await queries.count({})).toBe(20);
    expect(await queries.count({ name: 'waits' })).toBe(10);
    expect(await queries.count({ runtimeStatus: ['Failed'] })).toBe(10);
    expect(await queries.count({ name: 'waits', runtimeStatus: ['Suspended'] })).toBe(1);
    expect(await queries.count({ runtimeStatus: [] })).toBe(0);
  });
});
