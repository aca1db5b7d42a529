/** Deploys in the middle of what runs, roll-backs, and tabs of several builds at a time. */
import type { Tab } from './tab';
import { expect, test } from './test';

test('after a deploy, what the new code cannot go on with is parked, and the rest goes on; a roll-back brings it back', async ({
  server,
  tabs,
}) => {
  const old = await tabs.open();
  const order = await old.start('order', undefined, 'an order');
  const patched = await old.start('patchedOrder', undefined, 'a patched order');
  const working = await old.start('family', { children: 3, count: 100 });
  for (const id of [order, patched]) await expect.poll(async () => (await old.status(id)).completed).toBe(1);

  server.deploy('v2');
  const next = await tabs.open();
  await next.toBe('owner');
  await old.toBe('waiting');
  expect(await next.hub()).toMatchObject({ role: 'owner' });
  await expect.poll(async () => (await next.hub()).build).toBe('v2');
  await expect.poll(async () => (await old.hub()).build).toBe('v2');
  for (const id of [order, patched]) await old.call('raiseEvent', id, 'go');
  expect(await old.end(patched)).toEqual({ output: 1 });
  expect(await old.end(working)).toEqual({ output: 3 * 4_950 });
  // The code now gives another number to the activity that was called.
  await expect
    .poll(() => old.status(order))
    .toMatchObject({
      runtimeStatus: 'Suspended',
      parked: expect.stringMatching(/disagrees with its history: event \d+ .*'step'/),
    });

  server.deploy('v1');
  const back = await tabs.open();
  await back.toBe('owner');
  expect(await next.end(order)).toEqual({ output: 3 });
});

test('an orchestration that a deploy removed is parked, and goes on after a roll-back', async ({ server, tabs }) => {
  const old = await tabs.open();
  const order = await old.start('order', undefined, 'an order');
  await expect.poll(async () => (await old.status(order)).completed).toBe(1);
  server.deploy('v3');
  await old.reload();
  await old.toBe('owner');
  await old.call('raiseEvent', order, 'go');
  await expect
    .poll(() => old.status(order))
    .toMatchObject({ parked: expect.stringContaining("no orchestration 'order'") });
  expect(await old.end(await old.start('onlyInV3'))).toEqual({ output: 'v3' });
  server.deploy('v1');
  await old.reload();
  expect(await old.end(order)).toEqual({ output: 3 });
});

test('a page whose worker file is gone says that it needs a reload; the tabs of the new build go on', async ({
  server,
  tabs,
}) => {
  const old = await tabs.open();
  const id = await old.start('family', { children: 3, count: 40 });
  server.deploy('v2');
  await old.killHost();
  await expect
    .poll(async () => (await old.hub()).error, { timeout: 20_000 })
    .toMatch(/^HubUnavailableError: .*could not be loaded.*reload/);
  const next = await tabs.open();
  expect(await next.end(id)).toEqual({ output: 3 * 780 });
  await old.reload();
  await old.toBe('waiting');
  expect(await old.end(await old.start('onlyInV2'))).toEqual({ output: 'v2' });
});

test('of two builds that are open together, each starts what the other does not know: it runs when its build does', async ({
  server,
  tabs,
}) => {
  const old = await tabs.open();
  await old.toBe('owner');
  server.deploy('v2', 'v1');
  const next = await tabs.open();
  await next.toBe('owner');
  await old.toBe('waiting');

  const started = old.start('onlyInV1', undefined, 'of the old build');
  // What both know goes past it.
  expect(await old.end(await old.start('steps', 5))).toEqual({ output: 10 });
  expect(await next.call('getStatus', 'of the old build')).toMatchObject({ code: 'InstanceNotFound' });
  await next.close();
  await old.toBe('owner');
  await started;
  await old.call('raiseEvent', 'of the old build', 'go');
  expect(await old.end('of the old build')).toEqual({ output: 'v1' });

  // And the other way round: the build that was loaded last runs, though the other one is newer.
  const newer = await tabs.open();
  await newer.toBe('owner');
  server.deploy('v1', 'v2');
  await old.reload();
  await old.toBe('owner');
  const startedByNewer = newer.start('onlyInV2', undefined, 'of the new build');
  expect(await newer.end(await newer.start('steps', 5))).toEqual({ output: 10 });
  await old.close();
  await newer.toBe('owner');
  await startedByNewer;
  expect(await newer.end('of the new build')).toEqual({ output: 'v2' });
});

test('what a build has asked for and no tab is left to carry out is refused', async ({ server, tabs }) => {
  const old = await tabs.open();
  await old.toBe('owner');
  server.deploy('v2', 'v1');
  const next = await tabs.open();
  await next.toBe('owner');
  await old.toBe('waiting');
  old.call('startNew', 'onlyInV1', { instanceId: 'nobody knows it' }).catch(() => {});
  await expect.poll(() => waitingCommands(next)).toBe(1);
  await old.close();
  await expect.poll(() => waitingCommands(next), { timeout: 15_000 }).toBe(0);
  expect(await next.call('getStatus', 'nobody knows it')).toMatchObject({ code: 'InstanceNotFound' });
});

test('the hub changes builds in the middle of work, again and again, and each tab asks for it once', async ({
  server,
  tabs,
}) => {
  server.deploy('v1', 'v2');
  const [first, second] = await tabs.openTwo();
  const id = await first.start('family', { children: 4, count: 150 });
  for (let turn = 0; turn < 6; turn++) {
    if (turn % 2 === 0) server.deploy('v2', 'v1');
    else server.deploy('v1', 'v2');
    const loaded = turn % 2 === 0 ? second : first;
    await loaded.reload();
    await loaded.toBe('owner');
    await first.start('steps', 3);
    await second.start('steps', 3);
  }
  expect(await first.role()).toBe('owner');
  expect(await second.end(id)).toEqual({ output: 4 * ((150 * 149) / 2) });
});

/** Commands that lie in the inbox. */
function waitingCommands({ page }: Tab): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve, reject) => {
        const opening = indexedDB.open('perdure/faults');
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          const count = opening.result.transaction('inbox').objectStore('inbox').count();
          count.onsuccess = () => resolve(count.result);
          opening.result.close();
        };
      }),
  );
}
