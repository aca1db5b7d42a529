/** The hub's database goes while tabs use it. Nobody may take one that was made anew for it. */
import { expect, test } from './test';

const cleared = { code: 'Storage', message: expect.stringMatching(/cleared|deleted/) };

test('site data that is cleared under three busy tabs is reported by each, and a reload starts anew', async ({
  tabs,
}) => {
  const [first, second] = await tabs.openTwo();
  const third = await tabs.open();
  await third.toBe('waiting');
  const all = [first, second, third];
  await first.start('family', { children: 5, count: 500 });
  await first.start('collect', 5, 'never');
  // Whoever has never read the database cannot tell a new one from it, and need not.
  for (const tab of all) await tab.status('never');
  const waiting = all.map((tab) => tab.call('waitForCompletion', 'never', { timeout: 60_000 }));
  const session = await tabs.browser.context.newCDPSession(third.page);
  const { origin } = new URL(third.page.url());
  await session.send('Storage.clearDataForOrigin', { origin, storageTypes: 'indexeddb' });
  tabs.oracle.forget();

  for (const tab of all) {
    expect(await tab.call('startNew', 'steps', { input: 3 })).toMatchObject(cleared);
    expect(await tab.call('getStatus', 'never')).toMatchObject(cleared);
  }
  for (const outcome of await Promise.all(waiting)) {
    expect(outcome).toMatchObject(cleared);
  }
  await Promise.all(all.map((tab) => tab.reload()));
  for (const tab of all) expect(await tab.end(await tab.start('steps', 3))).toEqual({ output: 3 });
});

test('a database that is deleted and made anew by another tab first is not taken for the old one', async ({ tabs }) => {
  const [first, second] = await tabs.openTwo();
  await first.start('collect', 5, 'gone');
  await second.status('gone');
  const blank = await tabs.openBlank();
  await blank.page.evaluate(
    () =>
      new Promise<void>((resolve, reject) => {
        const deleting = indexedDB.deleteDatabase('perdure/faults');
        deleting.onsuccess = () => resolve();
        deleting.onerror = () => reject(deleting.error);
      }),
  );
  tabs.oracle.forget();
  // It is new to this one, which makes it.
  const third = await tabs.open();
  const newcomer = third.call('startNew', 'steps', { input: 3, instanceId: 'new' });
  for (const tab of [first, second]) {
    expect(await tab.call('raiseEvent', 'gone', 'item', 1)).toMatchObject(cleared);
    expect(await tab.call('getStatus', 'gone')).toMatchObject(cleared);
  }
  await first.close();
  await second.close();
  expect(await newcomer).toEqual({ value: 'new' });
  expect(await third.end('new')).toEqual({ output: 3 });
  expect(await third.call('getStatus', 'gone')).toMatchObject({ code: 'InstanceNotFound' });
});
