/** Clocks that are moved, and pages whose timers the browser slows down. */
import { pause } from './chance';
import { readLedger } from './ledger';
import { expect, test } from './test';

const hourMs = 3_600_000;

test('a clock that is moved on by an hour makes due what is due by it, and nothing else', async ({ tabs }) => {
  const tab = await tabs.open();
  const soon = await tab.start('sleep', hourMs / 2);
  const late = await tab.call('startNew', 'sleep', { input: 2 * hourMs, instanceId: 'late' });
  expect(late).toEqual({ value: 'late' });
  await tab.disturb({ clockMs: hourMs });
  expect(await tab.end(soon)).toEqual({ output: 'slept' });
  expect(await tab.status('late')).toMatchObject({ runtimeStatus: 'Running' });
  expect(await tab.end(await tab.start('sleep', 300))).toEqual({ output: 'slept' });
  expect(await tab.end(await tab.start('steps', 20))).toEqual({ output: 190 });
});

test('a clock that is moved back by an hour holds up only what was due by it, and no history goes back in time', async ({
  tabs,
}) => {
  const tab = await tabs.open({ clock: hourMs });
  const sleeper = await tab.start('sleep', 2_000);
  const working = await tab.start('family', { children: 3, count: 100 });
  await expect.poll(async () => (await tab.switches()).committedAt.length).toBeGreaterThan(20);
  await tab.disturb({ clockMs: 0 });
  expect(await tab.end(working)).toEqual({ output: 3 * 4_950 });
  expect(await tab.end(await tab.start('sleep', 300))).toEqual({ output: 'slept' });
  expect(await tab.status(sleeper)).toMatchObject({ runtimeStatus: 'Running' });
  // And the hub that comes after it goes by the clock that it finds.
  await tab.reload();
  expect(await tab.end(sleeper)).toEqual({ output: 'slept' });
});

test.describe('where timers of hidden pages are slowed down after two seconds, not after five minutes', () => {
  test.use({ flags: ['--enable-features=IntensiveWakeUpThrottling:grace_period_seconds/2'] });

  test('a tab that is hidden so long that its page has a timer a minute runs the hub on time', async ({ tabs }) => {
    const [first, second] = await tabs.openTwo();
    const { page } = first;
    // Not in its title: a page that changes that is spared.
    await page.evaluate(() => {
      const scope = window as { ticks?: number };
      const tick = () => {
        scope.ticks = (scope.ticks ?? 0) + 1;
        setTimeout(tick, 100);
      };
      tick();
    });
    const ticksWhile = async (ms: number) => {
      const ticks = () => page.evaluate(() => (window as { ticks?: number }).ticks ?? 0);
      const before = await ticks();
      await pause(ms);
      return (await ticks()) - before;
    };
    await expect.poll(() => ticksWhile(3_000), { timeout: 40_000 }).toBe(0);

    const collecting = await second.start('collect', 3);
    const asked = Date.now();
    const sleeping = await Promise.all([200, 700, 1_500].map((ms) => second.start('sleep', ms)));
    for (let item = 0; item < 3; item++) await second.raise(collecting, item);
    expect(await second.end(collecting)).toEqual({ output: [0, 1, 2] });
    for (const id of sleeping) expect(await second.end(id)).toEqual({ output: 'slept' });
    expect(Date.now() - asked).toBeLessThan(10_000);
    expect([await first.role(), await second.role()]).toEqual(['owner', 'waiting']);
    expect((await readLedger(second.page)).commits.every(({ epoch }) => epoch === 1)).toBe(true);
  });
});
