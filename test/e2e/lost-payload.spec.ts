/**
 * Browsers keep large values in files of their own, beside their database, and one of them can go missing. What it
 * belonged to is lost; everything else goes on.
 */
import { randomBytes } from 'node:crypto';
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
  await expect.poll(() => standing(demo, lost)).toMatch(/"Suspended".*payload .* is missing from the storage/);
  expect(await demo.call('getStatus', lost)).toMatchObject({ code: 'Payload' });
  expect(await demo.completion(whole)).toHaveLength(100_000 + ' is out.'.length);
  expect(await demo.completion(await demo.start('chain', 3))).toBe(3);

  expect(await demo.call('terminate', lost, 'its document is lost')).toEqual({ value: undefined });
  expect(await standing(demo, lost)).toContain('"Terminated"');
  await expect(demo.page.getByRole('alert')).toHaveCount(0);
});

test('a part of a history that is lost fails only its instance', async ({ profile }) => {
  const before = await profile.open();
  const lost = await startReview(before, 10);
  // At once, so that they come into one part of its history.
  await raiseNotes(before, lost, 10, 30_000);
  await before.completion(await before.start('chain', 3));
  await expect.poll(() => counts(before)).toEqual({ history: expect.any(Number), log: 1 });
  await profile.kill();
  expect(await removeFiles(profile.folder, 1)).toBeGreaterThan(0);

  const demo = await profile.open();
  expect(await demo.call('getStatus', lost, { showHistory: true })).toMatchObject({
    code: 'Payload',
    message: expect.stringContaining('is missing in the stored history'),
  });
  expect(await demo.call('getStatus', lost)).toMatchObject({ value: { runtimeStatus: 'Running' } });
  await demo.call('raiseEvent', lost, 'editor');
  await expect.poll(() => standing(demo, lost)).toMatch(/"Suspended".*is missing in the stored history/);

  expect(await demo.completion(await demo.start('chain', 3))).toBe(3);
  await expect(demo.page.getByRole('alert')).toHaveCount(0);
});

/** Starts the review of a document that does not get smaller by compression. */
function startReview({ page }: Demo, length: number): Promise<string> {
  return page.evaluate(([text]) => window.durable.startNew('review', { input: text }), [randomText(length)] as const);
}

/** Raises events that no orchestrator of the demo waits for. */
function raiseNotes({ page }: Demo, id: string, count: number, length: number): Promise<unknown> {
  return page.evaluate(
    ([id, notes]) => Promise.all(notes.map((note) => window.durable.raiseEvent(id, 'note' as never, note as never))),
    [id, Array.from({ length: count }, () => randomText(length))] as const,
  );
}

function randomText(length: number): string {
  return randomBytes(length).toString('base64').slice(0, length);
}

/** The status of an instance, apart from its input. */
function standing({ page }: Demo, id: string): Promise<string> {
  return page.evaluate(async (id) => JSON.stringify(await window.durable.getStatus(id, { showInput: false })), id);
}

/** How many parts of histories lie apart from their rows, and how many records in the log. */
function counts({ page }: Demo): Promise<{ history: number; log: number }> {
  return page.evaluate(async () => {
    const settled = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const database = await settled(indexedDB.open('perdure/demo'));
    const [history = 0, log = 0] = await Promise.all(
      ['history', 'log'].map((name) => settled(database.transaction(name).objectStore(name).count())),
    );
    database.close();
    return { history, log };
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
