/**
 * Each look into the database stands in the way of commits. So many commands that are under way at a time, and the many
 * hints that they bring, must not make for as many looks.
 */
import { expect, it } from 'vitest';
import type { Reply } from '../../../src/protocol';
import { Ends } from '../../../worker/hub/ends';
import { Inbox } from '../../../worker/hub/inbox';
import { Outbox } from '../../../worker/hub/outbox';
import { Queries } from '../../../worker/hub/queries';
import { MemoryStore, type StoreOperation } from '../../../worker/store/memory';
import { SimulatedClient } from '../../support/simulated-client';
import { plain } from '../../support/source';
import type { Context } from '../../support/styles';

const commands = 50;

/** Many commands of another tab, which lie in the inbox. */
async function open() {
  const client = await SimulatedClient.open({ orchestrations: { quick: async () => 1 } });
  const operations: StoreOperation[] = [];
  const faults = (operation: StoreOperation) => {
    operations.push(operation);
    return 'ok' as const;
  };
  const source = plain(new MemoryStore(client.sim.database, { faults }));
  const told: unknown[] = [];
  const outbox = new Outbox(source);
  for (let i = 0; i < commands; i++) {
    const request = { name: 'quick', instanceId: `i${i}`, input: 1, fresh: false };
    await outbox.post({ method: 'startNew', request }, (outcome) => told.push(outcome));
  }
  let hints = 0;
  const inbox = new Inbox({
    ...source,
    submit: (message) => client.sim.hub?.submit(message),
    onOutcome: () => {
      hints++;
    },
  });
  operations.length = 0;
  return { client, inbox, outbox, told, operations, hints: () => hints };
}

it('hints that come together lead to one look, at the inbox and for outcomes', async () => {
  const { client, inbox, outbox, told, operations, hints } = await open();
  const newest = () => client.sim.hub?.tail?.newest ?? 0;
  const before = newest();
  await Promise.all(Array.from({ length: commands }, () => inbox.take()));
  expect(operations.filter((operation) => operation === 'read')).toHaveLength(1);
  await client.sim.until(() => (client.sim.database.outcomes.size === commands ? true : undefined));
  expect(hints()).toBeLessThanOrEqual(newest() - before);

  operations.length = 0;
  await Promise.all(Array.from({ length: commands }, () => outbox.look()));
  expect(operations).toEqual(['read', 'forget']);
  expect(told).toHaveLength(commands);
  outbox.stop();
});

it('who asks while a look is under way is served by the next one', async () => {
  const { client, inbox, outbox, told, operations } = await open();
  const first = inbox.take();
  await Promise.resolve();
  await Promise.all([first, inbox.take(), inbox.take()]);
  expect(operations.filter((operation) => operation === 'read').length).toBeLessThanOrEqual(2);
  await client.sim.until(() => (client.sim.database.outcomes.size === commands ? true : undefined));
  await outbox.look();
  expect(told).toHaveLength(commands);
  outbox.stop();
});

it('starts under new ids, of many at once, are looked up together', async () => {
  const client = await SimulatedClient.open({ orchestrations: { quick: async () => 1 } });
  let reads = 0;
  client.sim.options.faults = (operation) => {
    if (operation === 'read') reads++;
    return 'ok';
  };
  const starting = Array.from({ length: commands }, (_, i) => client.startNew('quick', { instanceId: `i${i}` }));
  await Promise.all(starting);
  expect(reads).toBeLessThan(commands / 2);
});

it('many who wait for ends are looked after together, when nobody knows what has changed', async () => {
  const waits = async (ctx: Context) => ctx.waitForExternalEvent('go');
  const other = await SimulatedClient.open({ orchestrations: { waits } });
  for (let i = 0; i < commands; i++) await other.startNew('waits', { instanceId: `w${i}` });
  await other.checkpoint();
  let reads = 0;
  const faults = (operation: StoreOperation) => {
    if (operation === 'read') reads++;
    return 'ok' as const;
  };
  const replies: Reply[] = [];
  // As in a tab that does not own the hub.
  const nobody = () => undefined;
  const queries = new Queries(plain(new MemoryStore(other.sim.database, { faults })), nobody);
  const ends = new Ends(queries, nobody, (reply) => replies.push(reply));
  for (let i = 0; i < commands; i++) ends.wait(i, `w${i}`);
  await other.sim.until(() => (reads > 0 ? true : undefined));
  await other.sim.quiet();
  reads = 0;
  ends.changed(undefined);
  await other.sim.quiet();
  expect(reads).toBeLessThanOrEqual(3);
  expect(replies).toEqual([]);

  await other.raiseEvent('w7', 'go');
  await other.end('w7');
  ends.changed(undefined);
  expect(await other.sim.until(() => replies[0])).toMatchObject({ id: 7, value: { runtimeStatus: 'Completed' } });
});
