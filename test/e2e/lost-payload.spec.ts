/**
 * Browsers keep large values in files of their own, beside their database, and one of them can go missing. What it
 * belonged to is lost; everything else goes on.
 */
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Demo } from './demo';
import { expect, test } from './test';

test('a value that is lost fails only the instance that needs it', async ({ profile }) => {
  const before = await profile.open();
  const lost = await startReview(before, 400_000);
  const whole = await startReview(before, 100_000);
  await profile.kill();
  expect(await removeFiles(profile.folder, 300_000)).toBeGreaterThan(0);

  const demo = await profile.open();
  await demo.toBe('owner');
  for (const reviewer of ['editor', 'lawyer', 'director']) {
    await demo.call('raiseEvent', lost, reviewer);
    await demo.call('raiseEvent', whole, reviewer);
  }
  // Its orchestrator cannot come back to life; what has happened to it is kept.
  await expect.poll(() => demo.status(lost)).toBe('Suspended');
  expect(await reasonOf(demo, lost)).toMatch(/payload .* is missing from the storage/);
  expect(await demo.completion(whole)).toHaveLength(100_000 + ' is out.'.length);
  expect(await demo.completion(await demo.start('chain', 3))).toBe(3);

  expect(await demo.call('terminate', lost, 'its document is lost')).toEqual({ value: undefined });
  expect(await demo.status(lost)).toBe('Terminated');
  await expect(demo.page.getByRole('alert')).toHaveCount(0);
});

test('a part of a history that is lost fails only the reading of that history', async ({ profile }) => {
  const before = await profile.open();
  const large = await before.start('fanOut', 3_000);
  const small = await before.start('chain', 3);
  await before.completion(large);
  await before.completion(small);
  await expect.poll(() => chunks(before)).toBeGreaterThan(0);
  await profile.kill();
  expect(await removeFiles(profile.folder, 1)).toBeGreaterThan(0);

  const demo = await profile.open();
  expect(await demo.call('getStatus', large, { showHistory: true })).toMatchObject({
    code: 'Payload',
    message: expect.stringContaining('is missing in the stored history'),
  });
  expect(await demo.call('getStatus', large)).toMatchObject({ value: { runtimeStatus: 'Completed', output: 3_000 } });
  expect(await demo.call('getStatus', small, { showHistory: true })).toMatchObject({ value: { output: 3 } });
  expect(await demo.completion(await demo.start('chain', 3))).toBe(3);
  await expect(demo.page.getByRole('alert')).toHaveCount(0);
});

/** A review of a document that does not get smaller by compression. */
async function startReview({ page }: Demo, length: number): Promise<string> {
  return page.evaluate((length) => {
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
    const bytes = Array.from({ length: Math.ceil(length / 50_000) }, () =>
      crypto.getRandomValues(new Uint8Array(50_000)),
    );
    const text = bytes.map((part) => Array.from(part, (byte) => letters[byte % 64]).join('')).join('');
    return window.durable.startNew('review', { input: text.slice(0, length) });
  }, length);
}

/** Why an instance is parked. */
function reasonOf({ page }: Demo, id: string): Promise<string> {
  return page.evaluate(async (id) => JSON.stringify(await window.durable.getStatus(id)), id);
}

/** How many parts of histories lie apart from their rows. */
function chunks({ page }: Demo): Promise<number> {
  return page.evaluate(async () => {
    const settled = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const database = await settled(indexedDB.open('perdure/demo'));
    const count = await settled(database.transaction('history').objectStore('history').count());
    database.close();
    return count;
  });
}

/** Removes the files of at least so many bytes in which the browser keeps values. Gives their number. */
async function removeFiles(profile: string, leastBytes: number): Promise<number> {
  const databases = join(profile, 'Default', 'IndexedDB');
  const names = await readdir(databases, { recursive: true });
  let removed = 0;
  for (const path of names.filter((name) => name.includes('.blob')).map((name) => join(databases, name))) {
    const found = await stat(path);
    if (!found.isFile() || found.size < leastBytes) continue;
    await rm(path);
    removed++;
  }
  return removed;
}
