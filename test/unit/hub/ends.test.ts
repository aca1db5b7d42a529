/** Who waits for an instance to end hears of it once, in any tab. */
import { expect, it } from 'vitest';
import type { Reply } from '../../../src/protocol';
import { Ends } from '../../../worker/hub/ends';
import { Queries } from '../../../worker/hub/queries';
import { MemoryStore } from '../../../worker/store/memory';
import { SimulatedClient } from '../../support/simulated-client';
import { plain } from '../../support/source';
import type { Context } from '../../support/styles';

it('in a tab that does not own the hub, also if the instance is deleted before it looks', async () => {
  const client = await SimulatedClient.open({
    orchestrations: { waits: async (ctx: Context) => ctx.waitForExternalEvent('go') },
  });
  await client.startNew('waits', { instanceId: 'i' });
  const replies: Reply[] = [];
  const queries = new Queries(plain(new MemoryStore(client.sim.database)), () => undefined);
  const ends = new Ends(
    queries,
    () => undefined,
    (reply) => replies.push(reply),
  );
  ends.wait(1, 'i');
  await client.sim.quiet();
  expect(replies).toEqual([]);
  await client.terminate('i');
  await client.purge('i');
  ends.changed(new Set(['i']));
  await client.sim.quiet();
  expect(replies).toMatchObject([{ id: 1, failure: { code: 'InstanceNotFound' } }]);
});
