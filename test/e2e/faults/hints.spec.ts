/** What the tabs tell each other gets lost, comes twice, or in another order: that costs time, and nothing else. */
import type { HintFault } from '../app/switches';
import type { Tab } from './tab';
import { expect, test } from './test';

for (const hints of ['lost', 'doubled', 'shuffled'] satisfies HintFault[]) {
  test(`hints that are ${hints} keep no command from being carried out, and no view from following`, async ({
    tabs,
  }) => {
    const [first, second] = await tabs.openTwo({ hints });
    const id = await second.start('collect', 2);
    const views = await Promise.all([first, second].map((tab) => follow(tab, id)));
    for (let item = 0; item < 2; item++) expect(await second.raise(id, item)).toEqual({ value: undefined });
    // What the first tab does must show in the second, too.
    const other = await first.start('steps', 20);
    expect(await second.end(other)).toEqual({ output: 190 });
    expect(await second.end(id)).toEqual({ output: [0, 1] });
    for (const view of views) await expect.poll(view, { timeout: 15_000 }).toBe('Completed');
    expect([await first.role(), await second.role()]).toEqual(['owner', 'waiting']);
  });
}

test('hints that are lost and shuffled while the hub changes hands lose no command', async ({ tabs }) => {
  const [first, second] = await tabs.openTwo({ hints: 'shuffled' });
  const third = await tabs.open({ hints: 'lost' });
  await third.toBe('waiting');
  const id = await third.start('collect', 20);
  const raised = Array.from({ length: 20 }, (_, item) => third.raise(id, item));
  await first.close();
  expect(await Promise.all(raised)).toEqual(Array(20).fill({ value: undefined }));
  await second.toBe('owner');
  expect(await third.end(id)).toHaveProperty('output');
});

/** Gives what the tab shows of an instance now. */
async function follow({ page }: Tab, id: string): Promise<() => Promise<string | undefined>> {
  await page.evaluate((id) => {
    const live = window.faultApp.client.watchInstance(id);
    live.subscribe(() => {
      document.title = live.get().instance?.runtimeStatus ?? live.get().state;
    });
  }, id);
  return () => page.title();
}
