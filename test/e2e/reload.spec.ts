/** One tab that comes and goes: what runs in it does not notice. */
import { expectWhole } from './history';
import { expect, test } from './test';

test('Collect names goes on in a tab that is opened after the first was closed', async ({ profile }) => {
  const before = await profile.open('/#collect-names');
  await before.card('Collect names').getByRole('button', { name: 'Start' }).click();
  await expect(before.card('Collect names').getByText('So far there is Ada. Who else?')).toBeVisible();
  await before.page.close();

  // A closed tab leaves nothing that could age, so it may be opened at once.
  const demo = await profile.open('/#collect-names');
  const card = demo.card('Collect names');
  // After the third name it continues as new.
  for (const name of ['Grace', 'Edsger', 'Barbara', 'Donald']) {
    await card.getByLabel('Name', { exact: true }).fill(name);
    await card.getByRole('button', { name: 'Add the name' }).click();
    await expect(card.getByRole('listitem').filter({ hasText: name })).toBeVisible();
  }
  await card.getByRole('button', { name: 'These are all' }).click();
  await expect(card.getByText('Completed')).toBeVisible();
  await expect(card.locator('.chips').getByRole('listitem')).toHaveText([
    'Ada',
    'Grace',
    'Edsger',
    'Barbara',
    'Donald',
  ]);
});

test('a timer that came due while the browser was closed fires when it is opened again', async ({ profile }) => {
  const before = await profile.open();
  const id = await before.start('sleep', 1_500);
  expect(await before.status(id)).toBe('Running');
  const due = Date.now() + 1_500;
  await profile.close();
  // There is no event that tells of time going by.
  await new Promise((resolve) => setTimeout(resolve, due - Date.now()));

  const demo = await profile.open();
  await demo.completion(id);
  const history = await demo.history(id);
  expectWhole(history);
  const fired = history.find(({ type }) => type === 'TimerFired');
  expect(fired?.turn).toBeGreaterThan(await demo.loadedAt());
});

test('a timer that is set goes on over a reload, and fires when it is due', async ({ profile }) => {
  const demo = await profile.open();
  const id = await demo.start('sleep', 2_500);
  await demo.page.reload();
  expect(await demo.status(id)).toBe('Running');
  await demo.completion(id);
  const history = await demo.history(id);
  expectWhole(history);
  const [start] = history;
  const fired = history.find(({ type }) => type === 'TimerFired');
  expect((fired?.turn ?? 0) - (start?.turn ?? 0)).toBeGreaterThanOrEqual(2_500);
});

test('chains come through twenty reloads in quick succession', async ({ profile }) => {
  const demo = await profile.open();
  const ids: string[] = [];
  const loads: number[] = [];
  for (let i = 0; i < 20; i++) {
    // At different moments: while the hub starts, and while it works.
    if (i % 3 > 0) ids.push(await demo.start('chain', 200));
    if (i % 3 > 1) await demo.completion(await demo.start('chain', 1));
    await demo.page.reload();
    loads.push(await demo.loadedAt());
  }

  let interrupted = 0;
  for (const id of ids) {
    expect(await demo.completion(id)).toBe(200);
    const history = await demo.history(id);
    expectWhole(history);
    expect(history.filter(({ type }) => type === 'TaskCompleted')).toHaveLength(200);
    const pages = new Set(history.map(({ turn }) => loads.filter((load) => load <= turn).length));
    if (pages.size > 1) interrupted++;
  }
  expect(interrupted, 'chains that went on in another page').toBeGreaterThan(ids.length / 2);
});

test('an app that is loaded twice into one page has one client and one worker', async ({ profile }) => {
  const demo = await profile.open();
  await demo.toBe('owner');
  const isSame = await demo.page.evaluate(async () => {
    const before = window.durable;
    const script = document.querySelector<HTMLScriptElement>('script[type=module]');
    // As hot reload does: all modules once more, under another address.
    await import(`${script?.src}?again`);
    return window.durable === before;
  });
  expect(isSame).toBe(true);
  expect(demo.page.workers()).toHaveLength(1);
  expect(await demo.role()).toBe('owner');
  const id = await demo.start('chain', 3);
  expect(await demo.completion(id)).toBe(3);
});
