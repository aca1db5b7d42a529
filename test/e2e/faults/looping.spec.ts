/** An orchestrator with an endless loop hangs each host that runs it; it must not hang them for ever. */
import { readLog } from './ledger';
import type { Tab } from './tab';
import { expect, test } from './test';

/** Each host that hangs is ended by its page after ten seconds, and four may hang until it is clear what does it. */
const longestMs = 120_000;

test('an orchestrator that loops for ever is parked, in five tabs and over reloads, and all others go on', async ({
  tabs,
}) => {
  test.setTimeout(2 * longestMs);
  const five = await tabs.openFive();
  const [first] = five as [Tab];
  const id = await first.start('loop', false);
  const innocent = await first.start('collect', 2);
  await first.raise(innocent, 1);
  // It must be in front, and it is never the one that hangs: it only looks.
  const watcher = await tabs.open();
  const started = Date.now();
  for (const tab of five) tab.call('raiseEvent', id, 'go').catch(() => {});
  const reloading = setInterval(() => void five[3]?.reload().catch(() => {}), 7_000);
  try {
    await expect
      .poll(() => parkedIn(watcher), { timeout: longestMs, intervals: [500] })
      .toEqual([expect.stringContaining('endless loop')]);
  } finally {
    clearInterval(reloading);
  }
  console.log(`an endless loop in six tabs was parked after ${Date.now() - started} ms`);
  await first.raise(innocent, 2);
  expect(await watcher.end(innocent)).toEqual({ output: [1, 2] });
  for (const tab of five) expect(await tab.end(await tab.start('steps', 5))).toEqual({ output: 10 });
  expect(await watcher.status(id)).toMatchObject({ runtimeStatus: 'Suspended' });
});

/** Why instances stand still, as the log tells: the tab may itself run the hub, and hang. */
async function parkedIn({ page }: Tab): Promise<string[]> {
  const { commits } = await readLog(page);
  return commits.flatMap(({ entries }) => entries.flatMap(({ fields }) => fields?.parked?.reason ?? []));
}
