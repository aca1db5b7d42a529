/** Tabs that stand still: frozen by the browser, stopped without a word, or only busy. */
import { pause } from './chance';
import { readLedger } from './ledger';
import type { Tab } from './tab';
import { expect, test } from './test';

/** An owner that is silent for 5 to 6 s is taken for frozen; the rest is for the taking over, on a slow machine. */
const longestStealMs = 15_000;
/** By then an owner that was taken for frozen would have lost the hub. */
const longerThanItTakesMs = 8_000;

test('a tab that the browser freezes gives the hub to another at once, and comes back as a client', async ({
  tabs,
}) => {
  const [first, second] = await tabs.openTwo();
  const id = await first.start('family', { children: 2, count: 100 });
  const waiting = first.end(id);
  const sleeping = first.end(await first.start('sleep', 1));
  await first.freeze();
  await second.toBe('owner', 3_000);
  expect(await second.end(id)).toEqual({ output: 100 * 99 });
  await first.thaw();
  await first.toBe('waiting');
  // What it had asked for before is answered now.
  expect(await waiting).toEqual({ output: 100 * 99 });
  expect(await sleeping).toEqual({ output: 'slept' });
  expect(await first.end(await first.start('steps', 5))).toEqual({ output: 10 });
});

test('the hub of a tab that stands still is taken by one that is seen, and the former owner wakes as a client', async ({
  tabs,
}) => {
  const [first, second] = await tabs.openTwo();
  const collecting = await first.start('collect', 1_000);
  await first.prepareStop();
  // Due while it stands still: the former owner has something to write as soon as it wakes.
  const sleeping = await Promise.all([1, 2, 3].map(() => first.start('sleep', 10_000)));
  const { epoch } = await readLedger(second.page);
  await first.stopIdle();
  // These are made when it wakes, before anybody has told it.
  const raised = Array.from({ length: 10 }, (_, item) => first.raise(collecting, item));
  await second.toBe('owner', longestStealMs);
  await second.raise(collecting, 1_000);
  for (const id of sleeping) expect(await second.end(id)).toEqual({ output: 'slept' });
  first.wake();
  for (const outcome of await Promise.all(raised)) {
    if (!('value' in outcome)) expect(outcome.code).toBe('OutcomeUnknown');
  }
  await first.toBe('waiting');
  expect(await second.role()).toBe('owner');
  expect((await readLedger(second.page)).epoch).toBe(epoch + 1);
  expect(await first.end(await first.start('steps', 3))).toEqual({ output: 3 });
});

test('a page that is held by a dialog is not taken for frozen', async ({ tabs }) => {
  const [first, second] = await tabs.openTwo();
  const opened = first.page.waitForEvent('dialog');
  first.page.evaluate(() => alert('held')).catch(() => {});
  const dialog = await opened;
  await expectKept(first, second);
  await dialog.accept();
  expect(await first.role()).toBe('owner');
});

test('an owner in a long turn is not taken for frozen', async ({ tabs }) => {
  const [first, second] = await tabs.openTwo();
  const started = first.start('ponder', longerThanItTakesMs + 1_000);
  await expectKept(first, second);
  expect(await second.end(await started)).toEqual({ output: 'pondered' });
  expect(await first.role()).toBe('owner');
});

test('a tab that is not seen takes nothing from a tab that stands still', async ({ tabs }) => {
  const [first, second] = await tabs.openTwo();
  const id = await second.start('sleep', 5_000);
  await first.prepareStop();
  const blank = await tabs.openBlank();
  await first.stopIdle();
  await pause(longerThanItTakesMs);
  expect(await second.role()).toBe('waiting');
  // As soon as somebody looks at it, it does.
  await second.show();
  await second.toBe('owner', longestStealMs);
  expect(await second.end(id)).toEqual({ output: 'slept' });
  first.wake();
  await blank.close();
});

/** Nobody has taken the hub in the time that it would have taken. */
async function expectKept(owner: Tab, other: Tab): Promise<void> {
  const { epoch } = await readLedger(other.page);
  await pause(longerThanItTakesMs);
  expect(await other.role()).toBe('waiting');
  expect((await readLedger(other.page)).epoch).toBe(epoch);
  expect(owner.page.isClosed()).toBe(false);
}
