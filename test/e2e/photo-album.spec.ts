/** The main promise, with real files: whatever happens to the page, each photo is done once. */
import type { Demo } from './demo';
import { expectWhole } from './history';
import { makePictures, type Picture } from './pictures';
import type { Profile } from './profile';
import { test as base, expect } from './test';

const test = base.extend<object, { pictures: Picture[] }>({
  pictures: [
    async ({ browserName }, use, { project }) => {
      await use(await makePictures(`${project.outputDir}/pictures-${browserName}`, 40));
    },
    { scope: 'worker' },
  ],
});

// Hash, measure and thumbnail of each, and the sheet.
const activities = 3 * 40 + 1;

test('an album whose page is reloaded in the middle is complete, and nothing finished runs again', async ({
  profile,
  pictures,
}) => {
  const demo = await profile.open('/#photo-album');
  const id = await startAlbum(demo, pictures);

  const loads: number[] = [];
  for (const counted of [12, 36, 60, 84]) {
    await untilCounted(demo, id, counted);
    await demo.page.reload();
    loads.push(await demo.loadedAt());
  }

  await expectAlbum(demo, id, pictures);
  await expectNothingRanAgain(profile, demo, id, loads);
});

test('an album whose browser is killed in the middle is complete, and nothing finished runs again', async ({
  profile,
  pictures,
}) => {
  let demo = await profile.open('/#photo-album');
  const id = await startAlbum(demo, pictures);

  const loads: number[] = [];
  for (const counted of [20, 50, 80]) {
    await untilCounted(demo, id, counted);
    await profile.kill();
    demo = await profile.open('/#photo-album');
    loads.push(await demo.loadedAt());
  }

  await expectAlbum(demo, id, pictures);
  await expectNothingRanAgain(profile, demo, id, loads);
});

async function startAlbum(demo: Demo, pictures: readonly Picture[]): Promise<string> {
  const card = demo.card('Photo album');
  await card.locator('input[type=file]').setInputFiles(pictures.map(({ path }) => path));
  await card.getByRole('button', { name: 'Make the album' }).click();
  await demo.page.waitForURL(/instance=/);
  return new URL(demo.page.url()).searchParams.get('instance') ?? '';
}

/** Waits until the custom status counts so many results, or the album is complete. */
function untilCounted(demo: Demo, id: string, least: number): Promise<void> {
  return demo.page.evaluate(
    ([id, least]) =>
      new Promise<void>((resolve) => {
        const live = window.durable.watchInstance<'photoAlbum'>(id);
        const stop = live.subscribe(() => {
          const { instance } = live.get();
          const { hashed = 0, measured = 0, thumbnails = 0 } = instance?.customStatus ?? {};
          if (hashed + measured + thumbnails < least && instance?.runtimeStatus !== 'Completed') return;
          stop();
          resolve();
        });
      }),
    [id, least] as const,
  );
}

async function expectAlbum(demo: Demo, id: string, pictures: readonly Picture[]): Promise<void> {
  const card = demo.card('Photo album');
  await expect(card.getByRole('img', { name: 'The contact sheet' })).toBeVisible({ timeout: 30_000 });

  const { photos, colors } = await demo.page.evaluate(async (id) => {
    const { output } = await window.durable.waitForCompletion<'photoAlbum'>(id);
    const sheet = await createImageBitmap(output.sheet);
    const pen = new OffscreenCanvas(sheet.width, sheet.height).getContext('2d');
    if (!pen) throw new Error('no canvas');
    pen.drawImage(sheet, 0, 0);
    // Seven columns of 264 by 232 pixels, in which the thumbnails stand 40 above the bottom.
    const colors = output.photos.map(({ width, height }, i) => {
      const scale = Math.min(240 / width, 180 / height, 1);
      const x = ((i % 7) + 0.5) * 264;
      const y = Math.floor(i / 7) * 232 + 192 - (height * scale) / 2;
      return [...pen.getImageData(Math.round(x), Math.round(y), 1, 1).data.slice(0, 3)];
    });
    return { photos: output.photos, colors };
  }, id);

  expect(photos).toEqual(
    pictures.map(({ name, sha256, width, height, bytes }) => ({ name, sha256, width, height, bytes })),
  );
  for (const [i, { name, color }] of pictures.entries()) {
    const differences = color.map((value, channel) => Math.abs(value - (colors[i]?.[channel] ?? -255)));
    expect(Math.max(...differences), `the colour of ${name} on the sheet`).toBeLessThan(16);
  }
}

/**
 * The history tells when each activity was completed, the workers' consoles when each began. One that was running when
 * its page went may run again; one that was completed before a page was loaded must not run in that page or a later one.
 *
 * @param loads when the pages were loaded
 */
async function expectNothingRanAgain(
  profile: Profile,
  demo: Demo,
  id: string,
  loads: readonly number[],
): Promise<void> {
  const history = await demo.history(id);
  expectWhole(history);
  const completedAt = new Map(history.flatMap((e) => (e.type === 'TaskCompleted' ? [[e.taskId, e.turn]] : [])));
  const tasks = history.filter(({ type }) => type === 'TaskScheduled');
  expect(tasks).toHaveLength(activities);
  const pageOf = (time: number) => loads.filter((load) => load <= time).length;

  let seen = 0;
  const again: string[] = [];
  const runsOfPages = loads.map(() => 0);
  for (const { taskId, name, file } of tasks) {
    const completed = pageOf(completedAt.get(taskId) ?? 0);
    const runs = profile.runs.filter(
      (run) => run.instanceId === id && run.activity === name && (file === undefined || run.text === file),
    );
    if (runs.length > 0) seen++;
    for (const { at } of runs) {
      const page = pageOf(at);
      if (page > completed) again.push(`${name} ${file} ran in page ${page} and was completed in page ${completed}`);
      if (page > 0) runsOfPages[page - 1]!++;
    }
  }
  expect(again).toEqual([]);
  // Else nothing would have been shown. The last lines of a page that goes may be lost.
  expect(seen, 'activities seen on the consoles').toBeGreaterThan(0.8 * activities);
  const interrupted = runsOfPages.filter((runs) => runs > 0).length;
  expect(interrupted, `activities that began in each page: ${runsOfPages}`).toBeGreaterThan(1);
}
