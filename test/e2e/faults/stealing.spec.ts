/** The hub's lock is taken from who runs it, at any moment. */
import { Delays, pause } from './chance';
import type { Tab } from './tab';
import { expect, test } from './test';

test('an owner whose lock is stolen while it is busy stops, and whoever gets it next goes on', async ({ tabs }) => {
  const thief = await tabs.openBlank();
  const [first, second] = await tabs.openTwo({ commit: 10 });
  const chance = new Delays();
  const collecting = await first.start('collect', 1_000);
  let item = 0;
  for (let theft = 0; theft < 8; theft++) {
    const raised = [first, second].flatMap((tab) => Array.from({ length: 5 }, () => tab.raise(collecting, item++)));
    const id = await chance.one([first, second]).start('family', { children: 3, count: 5 });
    await chance.moment(150);
    await steal(thief, chance.upTo(200));
    expect(await Promise.all(raised)).toEqual(Array(10).fill({ value: undefined }));
    expect(await chance.one([first, second]).end(id)).toEqual({ output: 30 });
  }
});

test('an owner whose lock is stolen while it starts comes to run the hub, or another does', async ({ tabs }) => {
  const thief = await tabs.openBlank();
  const [first, second] = await tabs.openTwo();
  const chance = new Delays();
  const id = await first.start('family', { children: 5, count: 100 });
  for (let theft = 0; theft < 10; theft++) {
    const loaded = chance.one([first, second]);
    const reloading = loaded.reload();
    await chance.moment(200);
    await steal(thief, chance.upTo(100));
    await reloading;
    await chance.one([first, second]).start('steps', 3);
  }
  expect(await second.end(id)).toEqual({ output: 5 * 4_950 });
});

test('an owner that does not hear that its lock was stolen goes on, and all that it writes is refused', async ({
  tabs,
}) => {
  const thief = await tabs.openBlank();
  const [first, second] = await tabs.openTwo({ deaf: 20_000 });
  const collecting = await second.start('collect', 1_000);
  await first.start('family', { children: 3, count: 200 });
  await steal(thief, 0);
  await second.toBe('owner');
  // Only the fence can have told it.
  await first.toBe('waiting', 10_000);
  const raised = [first, second].flatMap((tab, i) =>
    Array.from({ length: 10 }, (_, item) => tab.raise(collecting, 10 * i + item)),
  );
  expect(await Promise.all(raised)).toEqual(Array(20).fill({ value: undefined }));
  expect(await second.role()).toBe('owner');
});

test('a tab whose host goes when it has taken the hub from one that stands still waits half a minute before the next time', async ({
  tabs,
}) => {
  const [first, second] = await tabs.openTwo();
  const id = await first.start('collect', 2);
  await first.prepareStop();
  await first.raise(id, 0);
  await first.stopIdle();
  await second.toBe('owner', 15_000);
  first.wake();
  await first.toBe('waiting');
  await second.killHost();
  await first.toBe('owner');
  await second.toBe('waiting');

  await first.raise(id, 1);
  await first.stopIdle();
  // Longer than it takes to notice.
  await pause(8_000);
  expect(await second.role()).toBe('waiting');
  await second.toBe('owner', 40_000);
  first.wake();
  expect(await second.end(id)).toEqual({ output: [0, 1] });
});

/** Takes the lock as nobody should, and lets go of it after a moment. */
function steal({ page }: Tab, forMs: number): Promise<void> {
  return page.evaluate(
    (ms) =>
      new Promise<void>((resolve) => {
        void navigator.locks.request('perdure/faults', { steal: true }, async () => {
          resolve();
          await new Promise((done) => setTimeout(done, ms));
        });
      }),
    forMs,
  );
}
