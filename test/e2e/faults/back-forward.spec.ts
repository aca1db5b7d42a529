/** A page that is left, lies in the browser's cache of pages, and comes back. */
import type { Tab } from './tab';
import { expect, test } from './test';

test('a page that comes back from the cache goes on by itself', async ({ tabs, server }) => {
  const tab = await tabs.open();
  const id = await tab.start('collect', 2);
  await tab.raise(id, 1);
  const waiting = noteEnd(tab, id);
  await tab.page.goto(`${server.origin}/blank`);
  await comeBack(tab);
  await tab.toBe('owner');
  await tab.raise(id, 2);
  await waiting;
  await expect.poll(() => notedEnd(tab)).toEqual([1, 2]);
});

test('a page that comes back from the cache finds another tab that runs the hub, and is its client', async ({
  tabs,
  server,
}) => {
  const [first, second] = await tabs.openTwo();
  const id = await first.start('collect', 2);
  await noteEnd(first, id);
  await first.show();
  await first.page.goto(`${server.origin}/blank`);
  await second.toBe('owner');
  await second.raise(id, 1);
  await comeBack(first);
  await first.toBe('waiting');
  await first.raise(id, 2);
  await expect.poll(() => notedEnd(first)).toEqual([1, 2]);
  expect(await second.role()).toBe('owner');
});

/** The page waits for an instance, and keeps in its memory what came of it. */
async function noteEnd({ page }: Tab, id: string): Promise<void> {
  await page.evaluate((id) => {
    const scope = window as { ended?: unknown };
    void window.faultApp.client.waitForCompletion(id).then(({ output }) => {
      scope.ended = output;
    });
    addEventListener('pageshow', ({ persisted }) => Object.assign(window, { cameBack: persisted }));
  }, id);
}

function notedEnd({ page }: Tab): Promise<unknown> {
  return page.evaluate(() => (window as { ended?: unknown }).ended);
}

async function comeBack({ page }: Tab): Promise<void> {
  await page.goBack({ waitUntil: 'commit' });
  await expect.poll(() => page.evaluate(() => (window as { cameBack?: boolean }).cameBack)).toBe(true);
}
