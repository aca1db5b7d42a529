/** A tab that holds the storage, and does not let go of it: the others say so, and go on when it is gone. */
import { expect, test } from './test';

test('while a tab that stands still holds a transaction, the others say so; they go on when it is gone', async ({
  tabs,
}) => {
  const [first, second] = await tabs.openTwo();
  await first.prepareStop();
  await first.disturb({ commitMs: 60_000 });
  const started = second.tryStart('steps', 3, 'held');
  await expect.poll(async () => (await first.switches()).isHolding).toBe(true);
  await first.stop();
  const asked = second.call('getStatus', 'held');
  await expect
    .poll(async () => (await second.hub()).error, { timeout: 50_000 })
    .toMatch(/^HubUnavailableError: .*another tab may be frozen while it holds it/);
  expect(await asked).toMatchObject({ code: 'Storage', message: expect.stringContaining('another tab may be frozen') });
  expect(await second.call('startNew', 'steps', { input: 1 })).toMatchObject({
    code: expect.stringMatching(/^(HubUnavailable|Storage|OutcomeUnknown)$/),
  });
  first.kill();
  await second.toBe('owner');
  // It lay in the inbox, and nobody had carried it out.
  expect(await started).toEqual({ value: 'held' });
  expect(await second.end(await second.start('steps', 3))).toEqual({ output: 3 });
});

test('a tab that holds a database of an older schema is named, and when it lets go the upgraded hub goes on', async ({
  tabs,
}) => {
  const blank = await tabs.openBlank();
  await blank.page.evaluate(async () => {
    // As the first release made it. A page of that time that does not let go of it.
    const opening = indexedDB.open('perdure/faults', 1);
    opening.onupgradeneeded = () => {
      const database = opening.result;
      database.createObjectStore('log', { keyPath: 'commit' });
      const instances = database.createObjectStore('instances', { keyPath: 'id' });
      instances.createIndex('created', ['createdTime', 'id']);
      instances.createIndex('due', 'due');
      database.createObjectStore('inbox', { keyPath: 'number', autoIncrement: true });
      for (const name of ['history', 'outcomes', 'payloads', 'staged', 'meta']) database.createObjectStore(name);
      const meta = opening.transaction?.objectStore('meta');
      meta?.put({ databaseId: crypto.randomUUID(), epoch: 0, schema: 1 }, 'owner');
      meta?.put({ checkpoint: 0, counts: [] }, 'checkpoint');
    };
    await new Promise((resolve) => {
      opening.onsuccess = resolve;
    });
    Object.assign(window, { held: opening.result });
  });
  const tab = await tabs.open();
  await expect
    .poll(async () => (await tab.hub()).error, { timeout: 20_000 })
    .toMatch(/^HubUnavailableError: .*older version of this app holds the storage: close or reload it/);
  const started = tab.start('steps', 4);
  await blank.close();
  expect(await tab.end(await started)).toEqual({ output: 6 });
});
