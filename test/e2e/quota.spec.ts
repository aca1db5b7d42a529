/**
 * A disk that is full when the hub writes: nothing of that write is there, what was acknowledged before stays, and work
 * goes on when there is room again.
 */
import { randomBytes } from 'node:crypto';
import type { CDPSession } from '@playwright/test';
import { type Packed, unpack } from '../../worker/packed';
import type { Demo } from './demo';
import type { Profile } from './profile';
import { expect, test } from './test';

test('a commit that finds the disk full has not happened, and work goes on when there is room', async ({ profile }) => {
  const disk = await limitDisk(profile, 3_000_000);
  const demo = await profile.open();
  // Small enough to lie in the log; the checkpoints' copies make the disk full the sooner.
  const acknowledged: string[] = [];
  let refusal: unknown;
  while (!refusal && acknowledged.length < 1_000) {
    const id = `review-${acknowledged.length}`;
    const outcome = await demo.call('startNew', 'review', { input: randomText(30_000), instanceId: id });
    if ('value' in outcome) acknowledged.push(id);
    else refusal = outcome;
  }
  expect(refusal).toMatchObject({ code: 'Storage', message: expect.stringContaining('is full') });
  expect(acknowledged.length).toBeGreaterThan(20);
  await expect(demo.page.getByRole('alert').first()).toContainText('is full');
  expect(await listed(demo)).toEqual([...acknowledged].sort());
  expect(await recordsInPlace(demo)).toBe(true);

  await disk.restore();
  expect(await demo.completion(await demo.start('chain', 3, 'after'))).toBe(3);
  expect(await listed(demo)).toEqual([...acknowledged, 'after'].sort());
  await expect(demo.page.getByRole('alert')).toHaveCount(0);

  await demo.page.reload();
  expect(await listed(demo)).toEqual([...acknowledged, 'after'].sort());
  for (const reviewer of ['editor', 'lawyer', 'director']) await demo.call('raiseEvent', acknowledged[0], reviewer);
  expect(await demo.completion(acknowledged[0] ?? '')).toMatch(/ is out\.$/);
  for (const problem of profile.takeProblems()) expect(problem).toContain('is full');
});

test('a checkpoint that finds the disk full loses nothing, and is written when there is room', async ({ profile }) => {
  const disk = await limitDisk(profile, 4_000_000);
  const demo = await profile.open();
  // All at once, so that they are in the log before the hub has time for a checkpoint; and that needs as much again.
  const ids = await demo.page.evaluate(
    (texts) =>
      Promise.all(texts.map(([instanceId, input]) => window.durable.startNew('review', { input, instanceId }))),
    Array.from({ length: 80 }, (_, i) => [`review-${i}`, randomText(30_000)] as const),
  );
  await expect(demo.page.getByRole('alert').first()).toContainText('is full');
  expect(await counts(demo)).toMatchObject({ checkpoint: 0 });
  expect(await listed(demo)).toEqual([...ids].sort());
  expect(await recordsInPlace(demo)).toBe(true);

  await disk.restore();
  await expect.poll(() => counts(demo), { timeout: 15_000 }).toMatchObject({ instances: ids.length, log: 1 });
  await expect(demo.page.getByRole('alert')).toHaveCount(0);
  expect(await listed(demo)).toEqual([...ids].sort());
  for (const reviewer of ['editor', 'lawyer', 'director']) await demo.call('raiseEvent', ids[7], reviewer);
  expect(await demo.completion(ids[7] ?? '')).toMatch(/ is out\.$/);
  const problems = profile.takeProblems();
  expect(problems.length).toBeGreaterThan(0);
  for (const problem of problems) expect(problem).toContain('is full');
});

interface Disk {
  restore(): Promise<void>;
}

/** Gives the demo's origin so much room. Before anything is written: Chromium remembers for some seconds how much there was. */
async function limitDisk(profile: Profile, quotaSize: number): Promise<Disk> {
  const context = await profile.context();
  await context.route('/blank', (route) => route.fulfill({ contentType: 'text/html', body: '' }));
  const page = await context.newPage();
  await page.goto('/blank');
  const { origin } = new URL(page.url());
  const session: CDPSession = await context.newCDPSession(page);
  await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize });
  return { restore: () => session.send('Storage.overrideQuotaForOrigin', { origin }).then(() => {}) };
}

/** Random, since storage compresses. */
function randomText(length: number): string {
  return randomBytes(length).toString('base64').slice(0, length);
}

/** The ids of all instances, in their alphabetical order. */
async function listed({ page }: Demo): Promise<string[]> {
  return page.evaluate(async () => {
    const ids: string[] = [];
    for await (const { instanceId } of window.durable.listInstances()) ids.push(instanceId);
    return ids.sort();
  });
}

/** Whether each row that a checkpoint has written has all of its history, and the log has no hole. */
function recordsInPlace(demo: Demo): Promise<boolean> {
  return readAll(demo).then(({ rows, chunks, log }) => {
    const rowsAreWhole = rows.every(({ id, execution, count, events }) => {
      const parts = chunks.filter(([of, its]) => of === id && its === execution);
      const all = events ? [events] : parts.map(([, , , part]) => part);
      return all.reduce((sum, part) => sum + (unpack(part)?.length ?? 0), 0) >= count;
    });
    return rowsAreWhole && log.every((commit, at) => commit === log[0]! + at);
  });
}

async function counts(demo: Demo): Promise<{ instances: number; log: number; checkpoint: number }> {
  const { rows, log, checkpoint } = await readAll(demo);
  return { instances: rows.length, log: log.length, checkpoint };
}

/** What lies in the database. */
function readAll({ page }: Demo) {
  return page.evaluate(async () => {
    const settled = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const database = await settled(indexedDB.open('perdure/demo'));
    const transaction = database.transaction(['meta', 'log', 'instances', 'history']);
    const store = (name: string) => transaction.objectStore(name);
    const [checkpoint, log, rows, keys, parts] = await Promise.all([
      settled(store('meta').get('checkpoint')),
      settled(store('log').getAllKeys()),
      settled(store('instances').getAll()),
      settled(store('history').getAllKeys()),
      settled(store('history').getAll()),
    ]);
    database.close();
    return {
      checkpoint: checkpoint.checkpoint as number,
      log: log as number[],
      rows: rows.map(({ id, execution, count, events }) => ({
        id: id as string,
        execution: execution as number,
        count: count as number,
        events: events as Packed<object> | undefined,
      })),
      chunks: keys.map((key, at) => [...(key as [string, number, number]), parts[at] as Packed<object>] as const),
    };
  });
}
