/** Lists are complete and without doubles, whatever a checkpoint moves meanwhile. */
import { describe, expect, it } from 'vitest';
import { Queries } from '../../worker/hub/queries';
import { MemoryStore } from '../../worker/store/memory';
import { SimulatedClient } from '../support/simulated-client';
import type { Context } from '../support/styles';

const orchestrations = { waits: async (ctx: Context) => await ctx.waitForExternalEvent('end') };

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
    const { instances } = await new Queries(store, () => client.sim.hub?.tail).list({ limit: 1_000 });
    expect(client.sim.hub?.tail?.instances.size).toBe(0);
    expect(instances.map((each) => each.instanceId).sort()).toEqual(ids.sort());
  });

  it('goes page by page over what lies in rows and what lies in the log', async () => {
    const client = await SimulatedClient.open({ orchestrations, maxInstances: 5 });
    const created: string[] = [];
    for (let n = 0; n < 40; n++) {
      created.push(await client.startNew('waits', { instanceId: `i${n}` }));
      client.sim.clock.move(1);
      if (n === 20) await client.checkpoint();
    }
    await client.raiseEvent('i3', 'end');
    const queries = new Queries(new MemoryStore(client.sim.database), () => client.sim.hub?.tail);
    for (const limit of [1, 7, 40]) {
      const listed: string[] = [];
      for (let after: readonly [number, string] | undefined, isLast = false; !isLast; ) {
        const page = await queries.list({ limit, ...(after && { after }) });
        listed.push(...page.instances.map((each) => each.instanceId));
        after = page.next;
        isLast = after === undefined;
      }
      expect(listed).toEqual(created.toReversed());
    }
    expect((await client.list({ runtimeStatus: ['Completed'] })).map((each) => each.instanceId)).toEqual(['i3']);
  });
});
