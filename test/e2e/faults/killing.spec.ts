/** Tabs and workers that end in the middle of what they do. */
import { Delays, runs, seed } from './chance';
import type { Tab } from './tab';
import { expect, test } from './test';

/** What ends an owner. Of those that leave no word there are no more than three: a fourth would look for a culprit. */
const ends = ['crash', 'close', 'killHost', 'reload', 'crash', 'close', 'reload', 'close'] as const;

for (let run = 0; run < runs(2); run++) {
  test(`owners that are killed between an activity's end and its commit lose nothing, time ${run + 1}`, async ({
    tabs,
  }) => {
    const chance = new Delays(seed + run);
    // Between an activity's end and its commit there is mostly another commit under way.
    let [owner, next] = await tabs.openTwo({ commit: 20 });
    const collecting = await next.start('collect', 1_000_000);
    let item = 0;
    for (const end of ends) {
      const working = await next.start('family', { children: 3, count: 6 });
      const raised = Array.from({ length: 10 }, () => next.raise(collecting, item++));
      await chance.moment(250);
      await owner[end]();
      if (end === 'crash' || end === 'close') owner = await tabs.open({ commit: 20 });
      await next.toBe('owner');
      expect(await Promise.all(raised)).toEqual(Array(10).fill({ value: undefined }));
      if (chance.next() < 0.5) await next.end(working);
      [owner, next] = [next, owner];
    }
  });
}

test('an owner killed in a commit leaves it whole or not at all, and the next one carries the command out', async ({
  tabs,
}) => {
  const [first, second] = await tabs.openTwo();
  await second.start('steps', 5);
  await first.disturb({ commitMs: 60_000 });
  const outcomes = Promise.all(['a', 'b', 'c'].map((id) => second.tryStart('steps', 4, id)));
  await expect.poll(async () => (await first.switches()).isHolding).toBe(true);
  await first.crash();
  expect(await outcomes).toEqual(['a', 'b', 'c'].map((value) => ({ value })));
  await second.toBe('owner');
});

test('a page that is reloaded in the middle of replays comes to the same end', async ({ tabs }) => {
  const chance = new Delays();
  const tab = await tabs.open();
  const ids = await Promise.all(Array.from({ length: 5 }, () => tab.start('family', { children: 4, count: 60 })));
  for (let reload = 0; reload < 10; reload++) {
    await chance.moment(150);
    await tab.reload();
  }
  for (const id of ids) expect(await tab.end(id)).toEqual({ output: (4 * 60 * 59) / 2 });
});

test('commands that are given while nobody owns the hub are carried out by whoever owns it next', async ({ tabs }) => {
  const five = await tabs.openFive();
  const [first] = five as [Tab];
  await first.start('steps', 3);
  await Promise.all(five.map((tab) => tab.killHost()));
  await Promise.all(five.map((tab) => tab.toBe('starting')));
  const ids = await Promise.all(five.map((tab) => tab.start('steps', 10)));
  for (const id of ids) expect(await first.end(id)).toEqual({ output: 45 });
});

test('an activity that kills its tab each time is found out before five tabs are gone, and the others go on', async ({
  tabs,
}) => {
  const five = await tabs.openFive();
  const [first] = five as [Tab];
  const killed: Tab[] = [];
  const crashes: Promise<void>[] = [];
  for (const tab of five) {
    tab.page.on('console', (message) => {
      if (!message.text().endsWith('kills this tab')) return;
      killed.push(tab);
      crashes.push(tab.crash());
    });
  }
  const innocent = await first.start('collect', 2);
  const id = await first.start('kill');
  await expect.poll(() => killed.length, { timeout: 60_000 }).toBe(4);
  await Promise.all(crashes);
  const last = five.find((tab) => !killed.includes(tab)) as Tab;
  expect(await last.end(id)).toMatchObject({
    code: 'InstanceFailed',
    message: expect.stringContaining('each time that this activity ran, the page or its worker crashed or hung'),
  });
  await last.raise(innocent, 1);
  await last.raise(innocent, 2);
  expect(await last.end(innocent)).toEqual({ output: [1, 2] });
});
