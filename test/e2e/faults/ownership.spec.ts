/** Who runs the hub when tabs come and go, all at once or one after the other. */
import { Delays, runs } from './chance';
import type { Tab } from './tab';
import { expect, test } from './test';

test('of five tabs that start at once, again and again, one runs the hub, and all can use it', async ({ tabs }) => {
  const five = await tabs.openFive();
  const chance = new Delays();
  for (let run = 0; run < runs(20); run++) {
    await Promise.all(five.map((tab) => tab.reload()));
    const ids = await Promise.all(five.map((tab) => tab.start('steps', 3)));
    await Promise.all(ids.map((id) => chance.one(five).end(id)));
    const roles = await Promise.all(five.map((tab) => tab.role()));
    expect(roles.sort()).toEqual(['owner', 'waiting', 'waiting', 'waiting', 'waiting']);
  }
});

test('the hub goes from tab to tab as each owner is closed', async ({ tabs }) => {
  const five = await tabs.openFive();
  const id = await (five[0] as Tab).start('family', { children: 5, count: 60 });
  for (let left = five; left.length > 1; ) {
    const owner = await ownerOf(left);
    await owner.close();
    left = left.filter((tab) => tab !== owner);
    await ownerOf(left);
    await (left[0] as Tab).start('steps', 5);
    if (left.length === 1) expect(await left[0]?.end(id)).toEqual({ output: (5 * 60 * 59) / 2 });
  }
});

async function ownerOf(tabs: readonly Tab[]): Promise<Tab> {
  let owner: Tab | undefined;
  await expect
    .poll(async () => {
      const roles = await Promise.all(tabs.map((tab) => tab.role()));
      owner = tabs[roles.indexOf('owner')];
      return owner !== undefined;
    })
    .toBe(true);
  return owner as Tab;
}
