/** What perdure promises, in every engine: the same scenarios in Chromium, Firefox and WebKit. */
import type { EventShape } from '../e2e/demo';
import { expectWhole } from '../e2e/history';
import type { DemoTab } from './demo-tab';
import { addSha256, makeAlbum, makeLongName, makeUpload, sha256OfFile, sha256OfName, sha256OfSheet } from './payloads';
import type { Profile } from './profile';
import { expect, test } from './test';

test('names are collected through activities and events, and the page shows it', async ({ profile }) => {
  const demo = await profile.open();
  const id = await demo.start('collectNames', { names: ['Ada'] });
  await demo.toShow(id, 'Running');
  for (const name of ['Grace', 'Edsger']) await demo.raiseEvent(id, 'addname', name);
  await demo.raiseEvent(id, 'done');

  expect(await demo.completion(id)).toEqual(['Ada', 'Grace', 'Edsger']);
  await demo.toShow(id, 'Completed');
  const history = await demo.history(id);
  expectWhole(history);
  expect(count(history, 'TaskCompleted')).toBe(1);
  expect(count(history, 'EventRaised')).toBe(3);
});

test('orchestrations go on after a reload in mid-run', async ({ profile }) => {
  const demo = await profile.open();
  const ids = await startAll(demo);
  await demo.reload();
  await expectAllToEnd(demo, ids);
});

test('orchestrations go on after the browser was killed in mid-run', async ({ profile }) => {
  const before = await profile.open();
  const ids = await startAll(before);
  await profile.kill();
  await expectAllToEnd(await profile.open(), ids);
});

test('of two tabs one runs the hub, and the other shows the same and has its commands carried out', async ({
  profile,
}) => {
  const [first, second] = await openTwo(profile);
  const id = await first.start('collectNames', { names: ['Ada'] });
  await second.toShow(id, 'Running');
  await second.raiseEvent(id, 'addname', 'Grace');
  await second.raiseEvent(id, 'done');
  expect(await first.completion(id)).toEqual(['Ada', 'Grace']);

  const ofSecond = await second.start('chain', 30);
  expect(await second.completion(ofSecond)).toBe(30);
  for (const demo of [first, second]) {
    for (const each of [id, ofSecond]) await demo.toShow(each, 'Completed');
  }
  const history = await first.history(ofSecond);
  expectWhole(history);
  expect(await second.history(ofSecond)).toEqual(history);
  expect([await first.role(), await second.role()]).toEqual(['owner', 'waiting']);
});

test('a waiting tab takes over from the owner that is closed, and finishes its work', async ({ profile }) => {
  const [first, second] = await openTwo(profile);
  await second.noteTakeOver();
  const chain = await first.start('chain', chainLength);
  const cities = await first.start('helloCities', ['Quito']);
  const completion = second.completion(chain);
  await second.untilCompleted(chain, 20);

  const closing = Date.now();
  await first.tab.close();
  await second.toBe('owner');
  expect(await completion).toBe(chainLength);
  expect(await second.completion(cities)).toEqual(['Hello, Quito!']);

  const history = await second.history(chain);
  expectWhole(history);
  expectWhole(await second.history(cities));
  const takenOver = await second.takenOverAt();
  const turns = history.map(({ turn }) => turn);
  const last = Math.max(...turns.filter((turn) => turn < takenOver));
  const next = Math.min(...turns.filter((turn) => turn >= takenOver));
  expect(next, 'the time of a turn of the second tab').toBeLessThan(Infinity);
  profile.report(
    `the next owner ${takenOver - closing} ms after the close, its first turn ${next - last} ms after the last`,
  );
});

test('refusals and failures have their names and codes in both tabs', async ({ profile }) => {
  const [first, second] = await openTwo(profile);
  const sleeper = await first.start('sleep', 3_600_000);
  const failing = await first.start('collectNames', { names: null });
  const refused = (call: Promise<unknown>, code: string) =>
    expect(call).rejects.toMatchObject({ name: `${code}Error`, code });
  for (const demo of [first, second]) {
    await refused(demo.start('sleep', 1, sleeper), 'InstanceExists');
    await refused(demo.start('slep' as 'sleep', 1), 'UnknownOrchestration');
    await refused(demo.raiseEvent('nobody', 'addname'), 'InstanceNotFound');
    await refused(demo.status('nobody'), 'InstanceNotFound');
    await refused(demo.completion(failing), 'InstanceFailed');
  }
});

test('files and texts of some megabytes come whole through input, activities and output, over a reload', async ({
  profile,
}) => {
  const demo = await profile.open();
  await demo.tab.evaluate(addSha256);
  const upload = await demo.tab.evaluate(makeUpload);
  const name = await demo.tab.evaluate(makeLongName);
  await demo.reload();

  await demo.tab.evaluate(addSha256);
  const { bytes, sha256 } = upload;
  expect(await demo.completion(upload.id)).toMatchObject({ sha256, received: { bytes, sha256 } });
  expect(await demo.tab.evaluate(sha256OfFile, upload.id)).toBe(sha256);

  await demo.raiseEvent(name.id, 'done');
  expect(await demo.tab.evaluate(sha256OfName, name.id)).toEqual({ inInput: name.sha256, inOutput: name.sha256 });
  for (const { id } of [upload, name]) expectWhole(await demo.history(id));
});

test('pictures of some megabytes become a sheet that is the same in history and output, over a kill', async ({
  profile,
}) => {
  const before = await profile.open();
  await before.tab.evaluate(addSha256);
  const { id, sha256 } = await before.tab.evaluate(makeAlbum);
  await profile.kill();

  const demo = await profile.open();
  await demo.tab.evaluate(addSha256);
  expect(await demo.completion(id)).toMatchObject({ photos: sha256.map((sha256) => ({ sha256, width: 1_000 })) });
  const { inHistory, inOutput } = await demo.tab.evaluate(sha256OfSheet, id);
  expect(inOutput).toBe(inHistory);
  expectWhole(await demo.history(id));
});

test('timers fire in the order in which they are due, none early, and survive a reload', async ({ profile }) => {
  const demo = await profile.open();
  const late = await demo.start('sleep', 2_500);
  const early = await demo.start('sleep', 1_500);
  const deadline = await demo.start('approval', { what: 'a timer', within: 2_000 });
  await demo.reload();
  for (const id of [late, early, deadline]) expect(await demo.status(id)).toBe('Running');

  expect(await demo.completion(deadline)).toBe('Nobody decided in time.');
  await demo.completion(late);
  const fired: number[] = [];
  for (const [id, ms] of [
    [early, 1_500],
    [deadline, 2_000],
    [late, 2_500],
  ] as const) {
    const history = await demo.history(id);
    expectWhole(history);
    const at = timeOf(history, 'TimerFired');
    expect(at - timeOf(history, 'TimerCreated')).toBeGreaterThanOrEqual(ms);
    fired.push(at);
  }
  expect(fired).toEqual([...fired].sort((a, b) => a - b));
  expect(fired[0]).toBeGreaterThan(await demo.loadedAt());
});

test('what a page throws is noticed', async ({ profile }) => {
  const demo = await profile.open();
  await demo.tab.evaluate(() => {
    setTimeout(() => {
      throw new Error('thrown by the test');
    });
    Promise.reject(new Error('rejected by the test'));
    console.error('written by the test');
  });
  await demo.completion(await demo.start('chain', 1));
  await profile.close();
  const problems = profile.takeProblems();
  for (const what of ['thrown', 'rejected', 'written']) {
    expect(problems).toContainEqual(expect.stringContaining(`${what} by the test`));
  }
});

/** Long enough to be interrupted, in the fastest engine too. */
const chainLength = 600;

/** One that commits without pause, one whose activity is under way, one that waits for an event. */
async function startAll(demo: DemoTab): Promise<{ chain: string; cities: string; names: string }> {
  const names = await demo.start('collectNames', { names: ['Ada'] });
  await demo.raiseEvent(names, 'addname', 'Grace');
  const cities = await demo.start('helloCities', ['Quito']);
  const chain = await demo.start('chain', chainLength);
  await demo.untilCompleted(chain, 20);
  return { names, cities, chain };
}

/** @param demo a tab whose page was loaded after they were started */
async function expectAllToEnd(demo: DemoTab, { chain, cities, names }: Awaited<ReturnType<typeof startAll>>) {
  await demo.raiseEvent(names, 'done');
  expect(await demo.completion(names)).toEqual(['Ada', 'Grace']);
  expect(await demo.completion(chain)).toBe(chainLength);
  expect(await demo.completion(cities)).toEqual(['Hello, Quito!']);

  const history = await demo.history(chain);
  expect(count(history, 'TaskCompleted')).toBe(chainLength);
  for (const each of [history, await demo.history(cities), await demo.history(names)]) expectWhole(each);
  const loaded = await demo.loadedAt();
  const before = history.filter(({ type, turn }) => type === 'TaskCompleted' && turn < loaded);
  // Else nothing was interrupted.
  expect(before.length).toBeGreaterThanOrEqual(20);
  expect(before.length).toBeLessThan(chainLength);
}

async function openTwo(profile: Profile): Promise<[first: DemoTab, second: DemoTab]> {
  const first = await profile.open();
  await first.toBe('owner');
  const second = await profile.open();
  await second.toBe('waiting');
  return [first, second];
}

function count(history: readonly EventShape[], type: EventShape['type']): number {
  return history.filter((event) => event.type === type).length;
}

/** When the turn began that the first such event belongs to. */
function timeOf(history: readonly EventShape[], type: EventShape['type']): number {
  return history.find((event) => event.type === type)?.turn ?? Number.NaN;
}
