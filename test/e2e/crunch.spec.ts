/** Work that keeps every core busy: it is shared out, tells how far it is, and can be stopped. */
import type { Demo } from './demo';
import type { Profile } from './profile';
import { expect, test } from './test';

test('primes are counted by all workers, and the page shows how far they are', async ({ profile }) => {
  const demo = await profile.open('/#crunch');
  const card = demo.card('Crunch');
  await card.getByLabel('Primes below').selectOption('1 billion, a few seconds');
  await card.getByRole('button', { name: 'Count', exact: true }).click();
  await expect(card.getByRole('button', { name: 'Kill a worker' })).toBeEnabled();
  const all = card.getByRole('progressbar', { name: 'Counted' });
  await expect.poll(() => all.evaluate((bar: HTMLProgressElement) => bar.value)).toBeGreaterThan(0);

  await expect(card.getByText('50,847,534 primes below 1,000,000,000')).toBeVisible({ timeout: 30_000 });
  const cores = await demo.page.evaluate(() => navigator.hardwareConcurrency);
  await expect(card.locator('.chunks').getByRole('listitem')).toHaveCount(Math.min(4 * cores, 32));
  expect(workersOf(profile, await selected(demo)).size).toBe(Math.min(cores, 8));
});

test('a count that is terminated stops within a second, and its workers go on with the next', async ({ profile }) => {
  const demo = await profile.open('/#crunch');
  const card = demo.card('Crunch');
  await card.getByLabel('Primes below').selectOption('100 billion, some minutes');
  await card.getByRole('button', { name: 'Count', exact: true }).click();
  await expect(card.getByRole('button', { name: 'Kill a worker' })).toBeEnabled();
  const first = await selected(demo);
  const cores = Math.min(await demo.page.evaluate(() => navigator.hardwareConcurrency), 8);
  await expect.poll(() => workersOf(profile, first).size).toBe(cores);

  const terminatedAt = Date.now();
  await card.getByRole('button', { name: 'Terminate' }).click();
  await expect.poll(() => stopsOf(profile, first).length).toBe(cores);
  for (const at of stopsOf(profile, first)) expect(at - terminatedAt).toBeLessThan(1_000);

  const second = await demo.start('countPrimes', { below: 100_000_000, chunks: 4 * cores });
  expect(await demo.completion(second)).toMatchObject({ primes: 5_761_455 });
  expect([...workersOf(profile, second)].filter((worker) => !workersOf(profile, first).has(worker))).toEqual([]);
});

test('a killed worker costs its chunk an attempt, and no other', async ({ profile }) => {
  const demo = await profile.open('/#crunch');
  const card = demo.card('Crunch');
  const id = await demo.start('countPrimes', { below: 4_000_000_000, chunks: 8 });
  await card.getByRole('button', { name: 'Kill a worker' }).click();
  await expect(card.getByText('attempt 2')).toBeVisible();

  expect(await demo.completion(id)).toMatchObject({ primes: 189_961_812 });
  const history = await demo.history(id);
  expect(history.filter(({ type }) => type === 'TaskScheduled')).toHaveLength(9);
  expect(history.filter(({ type }) => type === 'TaskFailed')).toHaveLength(1);
});

test('on a phone, a count does not overflow', async ({ profile }) => {
  const demo = await profile.open('/#crunch');
  const card = demo.card('Crunch');
  await demo.page.setViewportSize({ width: 390, height: 844 });
  await demo.start('countPrimes', { below: 100_000_000_000, chunks: 32 });
  await expect(card.getByRole('button', { name: 'Kill a worker' })).toBeEnabled();
  const overflow = await demo.page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow).toBe(0);
  await card.getByRole('button', { name: 'Terminate' }).click();
  await expect(card.getByText('Terminated', { exact: true })).toBeVisible();
});

async function selected({ page }: Demo): Promise<string> {
  await page.waitForURL(/instance=/);
  return new URL(page.url()).searchParams.get('instance') ?? '';
}

/** The workers that have begun chunks of a count. */
function workersOf(profile: Profile, id: string): Set<string> {
  const begins = profile.runs.filter(({ instanceId, text }) => instanceId === id && text.includes(' begins at '));
  return new Set(begins.map(({ text }) => text.slice(0, text.indexOf(' '))));
}

/** When chunks of a count stopped. */
function stopsOf(profile: Profile, id: string): number[] {
  const stops = profile.runs.filter(({ instanceId, text }) => instanceId === id && text.includes(' stops at '));
  return stops.map(({ at }) => at);
}
