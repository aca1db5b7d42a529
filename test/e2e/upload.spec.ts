/** A file over a bad network: whatever happens, it arrives, and nothing is sent again that was recorded as sent. */
import type { UploadStatus } from '../../demo/server/protocol';
import type { Demo } from './demo';
import { type LargeFile, makeLargeFile } from './large-file';
import type { Profile } from './profile';
import { test as base, expect } from './test';

const test = base.extend<{ large: LargeFile }>({
  large: async ({ browserName }, use) => {
    const name = `a holiday video with a name that is longer than it should be, ${browserName}.bin`;
    const file = await makeLargeFile(name, 200_000_000);
    await use(file);
    await file.delete();
  },
});

test('200 MB arrive over reloads, a lost network and a killed worker, and no part that was kept is sent again', async ({
  profile,
  large,
}) => {
  test.setTimeout(150_000);
  const demo = await profile.open('/#upload');
  const card = demo.card('Resumable upload');
  await card.locator('input[type=file]').setInputFiles(large.path);
  const id = await startUpload(demo, 'Slow, five parts a second');

  const interruptions: number[] = [];
  for (const part of [20, 50, 80]) {
    await untilKept(profile, id, part);
    interruptions.push(Date.now());
    await demo.page.reload();
  }

  await untilKept(profile, id, 110);
  interruptions.push(Date.now());
  await offline(demo, async () => {
    await expect(card.getByText('It waits for the network.')).toBeVisible();
    await expect(card.getByRole('button', { name: 'Kill its worker' })).toBeDisabled();
    const before = lastKept(profile, id);
    // There is no event that tells of nothing happening.
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    expect(lastKept(profile, id)).toBe(before);
  });

  await untilKept(profile, id, 140);
  interruptions.push(Date.now());
  await card.getByRole('button', { name: 'Kill its worker' }).click();
  await expect(card.getByText(/parts, attempt 2/)).toBeVisible();

  await expect(card.getByText('the same here and there')).toBeVisible({ timeout: 60_000 });
  const { upload, ...output } = await outputOf(demo, id);
  expect(output).toEqual({ sha256: large.sha256, received: { bytes: large.bytes, sha256: large.sha256 } });
  // Neither a reload nor a lost network counts as an attempt.
  const attempts = (await demo.history(id)).filter(({ name }) => name === 'uploadParts');
  expect(attempts).toHaveLength(2);
  await expectNoneSentAgain(profile, demo, { id, upload, parts: 191, interruptions });
});

test('a file arrives although the server refuses parts, and connections are lost', async ({ profile }) => {
  test.setTimeout(60_000);
  const demo = await profile.open('/#upload');
  const card = demo.card('Resumable upload');
  await card.getByRole('button', { name: 'Take a sample' }).click();
  const id = await startUpload(demo, 'Failing, one part in four');
  await expect(card.getByText(/Tried again .*: The server is busy/)).toBeVisible({ timeout: 20_000 });
  await expect(card.getByText('the same here and there')).toBeVisible({ timeout: 40_000 });

  // Of 20 parts three were refused at first, and of two the answer was lost.
  await expect(card.getByText('5 parts twice, but kept once')).toBeVisible();
  const attempts = (await demo.history(id)).filter(({ name }) => name === 'uploadParts');
  expect(attempts).toHaveLength(6);
  const { upload } = await outputOf(demo, id);
  const { arrivals } = await statusOf(demo, upload);
  expect(arrivals).toHaveLength(25);
  expect(new Set(arrivals.map(({ key }) => key)).size).toBe(20);
  expect(profile.takeProblems().filter((problem) => !problem.startsWith('Failed to load resource'))).toEqual([]);
});

test('where nobody takes uploads, it fails at once and says why', async ({ profile }) => {
  const demo = await profile.open('/#upload');
  const card = demo.card('Resumable upload');
  const context = await profile.context();
  await context.route('**/uploads/**', (route) =>
    route.fulfill({ status: 404, contentType: 'text/html', body: '<h1>Not found</h1>' }),
  );
  await card.getByRole('button', { name: 'Upload', exact: true }).click();
  await expect(card.getByText('Choose a file first, or take the sample.')).toBeVisible();
  await card.getByRole('button', { name: 'Take a sample' }).click();
  await startUpload(demo, 'Good');
  await expect(card.getByText(/Nobody takes uploads here \(404\)\. The server of npm start does\./)).toBeVisible();
  expect(profile.takeProblems().filter((problem) => !problem.startsWith('Failed to load resource'))).toEqual([]);
});

test('on a phone, an upload with a long name does not overflow', async ({ profile }) => {
  const demo = await profile.open('/#upload');
  const card = demo.card('Resumable upload');
  await demo.page.setViewportSize({ width: 390, height: 844 });
  const overflow = () =>
    demo.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  const name = `${'IMG_'.repeat(50)}.mov`;
  await card
    .locator('input[type=file]')
    .setInputFiles({ name, mimeType: 'video/quicktime', buffer: Buffer.alloc(3_000_000) });
  expect(await overflow(), 'the form').toBe(0);
  await startUpload(demo, 'Very slow, one part a second');
  await expect(card.getByText(/^\d of 3 parts/)).toBeVisible();
  expect(await overflow(), 'a run').toBe(0);
  await expect(card.getByText('the same here and there')).toBeVisible({ timeout: 10_000 });
  expect(await overflow(), 'its end').toBe(0);
});

async function startUpload(demo: Demo, network: string): Promise<string> {
  const card = demo.card('Resumable upload');
  await card.getByLabel('Network').selectOption(network);
  await card.getByRole('button', { name: 'Upload', exact: true }).click();
  await demo.page.waitForURL(/instance=/);
  return new URL(demo.page.url()).searchParams.get('instance') ?? '';
}

/** The parts whose heartbeat has resolved, and when. */
function keptParts(profile: Profile, id: string): { part: number; at: number }[] {
  return profile.runs.flatMap(({ instanceId, text, at }) => {
    const [, part] = /^kept (\d+)$/.exec(text) ?? [];
    return instanceId === id && part !== undefined ? [{ part: Number(part), at }] : [];
  });
}

function lastKept(profile: Profile, id: string): number {
  return keptParts(profile, id).at(-1)?.part ?? -1;
}

function untilKept(profile: Profile, id: string, part: number): Promise<void> {
  return expect.poll(() => lastKept(profile, id), { intervals: [100], timeout: 40_000 }).toBeGreaterThanOrEqual(part);
}

/** Takes the network away. Playwright's own switch does not reach workers of workers. */
async function offline(demo: Demo, during: () => Promise<void>): Promise<void> {
  const context = demo.page.context();
  await context.route('**/uploads/**', (route) => route.abort('internetdisconnected'));
  await context.setOffline(true);
  await during();
  await context.unroute('**/uploads/**');
  await context.setOffline(false);
}

async function outputOf(demo: Demo, id: string) {
  const output = await demo.page.evaluate(
    async (id) => (await window.durable.waitForCompletion<'uploadFile'>(id)).output,
    id,
  );
  const { id: upload, sha256, received } = output;
  return { upload, sha256, received: { bytes: received.bytes, sha256: received.sha256 } };
}

async function statusOf({ page }: Demo, upload: string): Promise<UploadStatus> {
  return (await page.request.get(`/uploads/${upload}`)).json();
}

/**
 * The server tells which parts came when, the workers' consoles when each was kept. A part that was under way when it was
 * interrupted may come again, with the same key; but none of which it was recorded that it had come.
 *
 * @param interruptions when they began
 */
async function expectNoneSentAgain(
  profile: Profile,
  demo: Demo,
  of: { id: string; upload: string; parts: number; interruptions: readonly number[] },
): Promise<void> {
  const { id, upload, parts, interruptions } = of;
  const { arrivals } = await statusOf(demo, upload);
  const keys = new Map<number, string>();
  const again: { part: number; at: number }[] = [];
  for (const { part, key, at } of arrivals) {
    const known = keys.get(part);
    if (known !== undefined) again.push({ part, at });
    expect(key, `the key of part ${part}`).toBe(known ?? key);
    keys.set(part, key);
  }
  expect([...keys.keys()].sort((a, b) => a - b)).toEqual(Array.from({ length: parts }, (_, part) => part));
  expect(new Set(keys.values()).size).toBe(parts);

  const kept = keptParts(profile, id);
  const keptBefore = again.filter(({ part, at }) => kept.some((each) => each.part === part && each.at < at));
  expect(keptBefore, 'parts that came again after they had been kept').toEqual([]);
  const causes = again.map(({ at }) => interruptions.filter((time) => time <= at).length);
  expect(new Set(causes).size, `one part at most comes again after each interruption: ${causes}`).toBe(again.length);
  // Else nothing would have been shown. The last lines of a page that goes may be lost.
  expect(kept.length, 'heartbeats seen on the consoles').toBeGreaterThan(0.9 * parts);
}
