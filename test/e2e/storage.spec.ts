/** Storage that is not what the page left: every call says so, in its own typed error, and the page shows it. */
import type { Page } from '@playwright/test';
import type { Demo } from './demo';
import type { Profile } from './profile';
import { expect, test } from './test';

test('a database of a newer version is left alone, and every call says that it is newer', async ({ profile }) => {
  await runInBlankPage(profile, async () => {
    const request = indexedDB.open('perdure/demo', 99);
    await new Promise((resolve) => {
      request.onsuccess = resolve;
    });
    request.result.close();
  });

  const demo = await profile.open();
  const refusal = { name: 'NewerSchemaError', code: 'NewerSchema', message: expect.stringContaining('reload') };
  expect(await demo.call('startNew', 'chain', { input: 1 })).toMatchObject(refusal);
  expect(await demo.call('raiseEvent', 'some', 'event')).toMatchObject(refusal);
  expect(await demo.call('getStatus', 'some')).toMatchObject(refusal);
  expect(await demo.call('waitForCompletion', 'some')).toMatchObject(refusal);
  await expect(demo.page.getByRole('alert').first()).toContainText('newer perdure');
  expect(await demo.page.evaluate(() => indexedDB.databases())).toEqual([{ name: 'perdure/demo', version: 99 }]);
});

test('records of a newer schema are left alone, and every call says that they are newer', async ({ profile }) => {
  const before = await profile.open();
  await before.start('sleep', 3_600_000, 'sleeper');
  await before.page.close();
  await runInBlankPage(profile, async () => {
    const request = indexedDB.open('perdure/demo');
    await new Promise((resolve) => {
      request.onsuccess = resolve;
    });
    const transaction = request.result.transaction('meta', 'readwrite');
    const meta = transaction.objectStore('meta');
    const owner = meta.get('owner');
    owner.onsuccess = () => meta.put({ ...owner.result, schema: 99 }, 'owner');
    await new Promise((resolve) => {
      transaction.oncomplete = resolve;
    });
    request.result.close();
  });

  const demo = await profile.open();
  expect(await demo.call('terminate', 'sleeper')).toMatchObject({ code: 'NewerSchema' });
  expect(await demo.call('getStatus', 'sleeper')).toMatchObject({ code: 'NewerSchema' });
  await expect(demo.page.getByRole('alert').first()).toContainText('newer perdure');
});

test('a hub whose database is upgraded under it says so', async ({ profile }) => {
  const demo = await profile.open();
  await demo.start('sleep', 3_600_000, 'sleeper');
  const waiting = demo.call('waitForCompletion', 'sleeper');
  await demo.page.evaluate(async () => {
    const request = indexedDB.open('perdure/demo', 99);
    await new Promise((resolve) => {
      request.onsuccess = resolve;
    });
    request.result.close();
  });
  expect(await demo.call('terminate', 'sleeper')).toMatchObject({ code: 'NewerSchema' });
  expect(await waiting).toMatchObject({ code: 'NewerSchema' });
  await expect(demo.page.getByRole('alert').first()).toContainText('newer perdure');
});

test('a full disk is reported to who needs more room, and the hub goes on', async ({ profile }) => {
  const blank = await openBlankPage(profile);
  const session = await blank.context().newCDPSession(blank);
  const { origin } = new URL(blank.url());
  // Before anything is written: Chromium remembers for some seconds how much room there was, and asks again only for more.
  await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 4_000_000 });
  const demo = await profile.open();
  const startLarge = () =>
    demo.page.evaluate(async () => {
      // Random, since storage compresses.
      const bytes = Array.from({ length: 100 }, () => crypto.getRandomValues(new Uint8Array(60_000)));
      const start = window.durable.startNew('photoAlbum', { input: [new File(bytes, 'large')] });
      return start.then(
        () => 'started',
        ({ code, message }) => `${code}: ${message}`,
      );
    });

  expect(await startLarge()).toMatch(/^Storage: .* is full/);
  expect(await demo.completion(await demo.start('chain', 3))).toBe(3);
  await session.send('Storage.overrideQuotaForOrigin', { origin });
  expect(await startLarge()).toBe('started');
  await expect(demo.page.getByRole('alert')).toHaveCount(0);
  expect(profile.takeProblems()).toEqual([expect.stringContaining('is full')]);
});

test('storage that is cleared under a hub is reported, and a reload starts anew', async ({ profile }) => {
  const demo = await profile.open();
  await demo.start('sleep', 3_600_000, 'sleeper');
  const waiting = demo.call('waitForCompletion', 'sleeper');
  await clear(demo);

  const refusal = { name: 'StorageError', code: 'Storage', message: expect.stringContaining('cleared') };
  expect(await demo.call('startNew', 'chain', { input: 1 })).toMatchObject(refusal);
  expect(await demo.call('raiseEvent', 'sleeper', 'event')).toMatchObject(refusal);
  await expect(demo.page.getByRole('alert').first()).toContainText('cleared');
  expect(await waiting).toMatchObject(refusal);
  expect(await demo.call('getStatus', 'sleeper')).toMatchObject(refusal);

  await demo.page.reload();
  expect(await demo.call('getStatus', 'sleeper')).toMatchObject({ code: 'InstanceNotFound' });
  expect(await demo.completion(await demo.start('chain', 3))).toBe(3);
});

test('storage that is cleared is reported by a tab that does not run the hub, too', async ({ profile }) => {
  const first = await profile.open();
  await first.toBe('owner');
  const second = await profile.open();
  await second.toBe('waiting');
  await second.start('sleep', 3_600_000, 'sleeper');
  await clear(second);
  expect(await second.call('startNew', 'chain', { input: 1 })).toMatchObject({ code: 'Storage' });
  expect(await second.call('getStatus', 'sleeper')).toMatchObject({ code: 'Storage' });
});

/** Removes what the demo has stored, as a user does in the browser's settings. */
async function clear({ page }: Demo): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const { origin } = new URL(page.url());
  await session.send('Storage.clearDataForOrigin', { origin, storageTypes: 'indexeddb' });
}

/** Runs something in a page of the demo's origin that is not the demo. */
async function runInBlankPage(profile: Profile, run: () => Promise<void>): Promise<void> {
  const page = await openBlankPage(profile);
  await page.evaluate(run);
  await page.close();
}

async function openBlankPage(profile: Profile): Promise<Page> {
  const context = await profile.context();
  await context.route('/blank', (route) => route.fulfill({ contentType: 'text/html', body: '' }));
  const page = await context.newPage();
  await page.goto('/blank');
  return page;
}
