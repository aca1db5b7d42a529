/** A tab that does not own the hub leaves its commands in the database, and hears what became of them. */
import { afterEach, expect, it } from 'vitest';
import { StorageError } from '../../../src/core';
import { Inbox } from '../../../worker/hub/inbox';
import { Outbox } from '../../../worker/hub/outbox';
import { MemoryStore, type StoreOperation } from '../../../worker/store/memory';
import { SimulatedClient } from '../../support/simulated-client';
import { plain } from '../../support/source';
import type { Context } from '../../support/styles';

let outbox: Outbox | undefined;
afterEach(() => outbox?.stop());

/** A hub, and another tab whose storage may fail. */
async function open(fails: (operation: StoreOperation) => boolean = () => false) {
  const client = await SimulatedClient.open({
    orchestrations: { waits: async (ctx: Context) => await ctx.waitForExternalEvent('go') },
  });
  const { database, store } = client.sim;
  const inbox = new Inbox({
    ...plain(store!),
    submit: (message) => client.sim.hub?.submit(message),
    onOutcome: () => {},
  });
  const faults = (operation: StoreOperation) => (fails(operation) ? 'fail-before' : 'ok');
  outbox = new Outbox(plain(new MemoryStore(database, { faults })));
  const told: unknown[] = [];
  const post = (instanceId: string) =>
    outbox!.post({ method: 'startNew', request: { name: 'waits', instanceId, input: 1, fresh: false } }, (outcome) =>
      told.push('error' in outcome ? (outcome.error as Error).name : outcome.value),
    );
  const carryOut = async () => {
    await inbox.take();
    await client.sim.quiet();
  };
  return { client, outbox, told, post, carryOut };
}

it('each command is carried out once, and its outcome told once', async () => {
  const { client, outbox, told, post, carryOut } = await open();
  await post('i');
  await post('i');
  await carryOut();
  await outbox.look();
  await outbox.look();
  expect(told).toEqual(['i', 'InstanceExistsError']);
  const { inbox, outcomes } = client.sim.database;
  expect([inbox.size, outcomes.size]).toEqual([0, 0]);
});

it('an outcome that was read is told, once, even if it cannot be deleted', async () => {
  const { client, outbox, told, post, carryOut } = await open((operation) => operation === 'forget');
  await post('i');
  await carryOut();
  await outbox.look();
  expect(told).toEqual(['i']);
  expect(client.sim.database.outcomes.size).toBe(1);
  await outbox.look();
  expect(told).toEqual(['i']);
});

it('an outcome that could not be read is told when it can be', async () => {
  let fails = true;
  const { outbox, told, post, carryOut } = await open((operation) => fails && operation === 'read');
  await post('i');
  await carryOut();
  await expect(outbox.look()).rejects.toThrow(StorageError);
  expect(told).toEqual([]);
  fails = false;
  await outbox.look();
  expect(told).toEqual(['i']);
});

it('who waits for a database that is gone is told so', async () => {
  const { client, outbox } = await open();
  const outcome = new Promise((resolve) => {
    void outbox.post({ method: 'purge', request: { instanceId: 'i' } }, resolve);
  });
  await client.sim.quiet();
  client.sim.database.meta.owner.databaseId = 'another';
  expect(await outcome).toMatchObject({ error: { message: expect.stringContaining('the storage was cleared') } });
});

it('who waits for an outcome that was swept meanwhile is told that nobody knows', async () => {
  const { client } = await open();
  const { database, clock } = client.sim;
  outbox = new Outbox(plain(new MemoryStore(database)), '', clock);
  const told: unknown[] = [];
  await outbox.post({ method: 'purge', request: { instanceId: 'i' } }, (outcome) => told.push(outcome));
  const look = async () => {
    clock.pass(60_000);
    await client.sim.quiet();
  };
  await look();
  // It lies in the inbox.
  expect(told).toEqual([]);
  database.inbox.clear();
  for (let i = 0; i < 60 && told.length === 0; i++) await look();
  expect(told).toMatchObject([{ error: { code: 'OutcomeUnknown' } }]);
});
