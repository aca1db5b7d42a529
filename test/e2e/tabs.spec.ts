/** Several tabs: one runs the hub, all can use it, and another goes on when that one goes. */
import type { Demo } from './demo';
import { expectWhole } from './history';
import type { Profile } from './profile';
import { expect, test } from './test';

async function openTwo(profile: Profile): Promise<[first: Demo, second: Demo]> {
  const first = await profile.open();
  await first.toBe('owner');
  const second = await profile.open();
  await second.toBe('waiting');
  return [first, second];
}

test('of two tabs the first runs the hub, and both show the same', async ({ profile }) => {
  const [first, second] = await openTwo(profile);
  const epoch = await first.epoch();
  await first.start('chain', 50, 'chain of the first');
  await second.start('chain', 50, 'chain of the second');
  await Promise.all([first.completion('chain of the second'), second.completion('chain of the first')]);

  for (const id of ['chain of the first', 'chain of the second']) {
    const history = await first.history(id);
    expectWhole(history);
    expect(await second.history(id)).toEqual(history);
    for (const demo of [first, second]) await expect(demo.row(id)).toContainText('Completed');
  }
  expect([await first.role(), await second.role()]).toEqual(['owner', 'waiting']);
  expect(await first.epoch()).toBe(epoch);
});

test('what a tab orders that does not run the hub is carried out, and shown live in both', async ({ profile }) => {
  const [first, second] = await openTwo(profile);
  const id = await second.start('collectNames', { names: ['Ada'] }, 'names');
  await second.row(id).click();
  await first.row(id).click();
  for (const demo of [first, second]) await expect(demo.details).toContainText('event done');

  await second.details.getByLabel('Event').fill('addname');
  await second.details.getByLabel('Data').fill('"Grace"');
  await second.details.getByRole('button', { name: 'Raise event' }).click();
  for (const demo of [first, second]) await expect(demo.details).toContainText('data"Grace"');

  await first.call('raiseEvent', id, 'done');
  expect(await second.completion(id)).toEqual(['Ada', 'Grace']);
  for (const demo of [first, second]) await expect(demo.details).toContainText('Completed');
});

test('a tab that does not run the hub gets typed refusals', async ({ profile }) => {
  const [, second] = await openTwo(profile);
  await second.start('sleep', 3_600_000, 'sleeper');

  expect(await second.call('startNew', 'sleep', { input: 1, instanceId: 'sleeper' })).toMatchObject({
    name: 'InstanceExistsError',
    code: 'InstanceExists',
    message: expect.stringContaining("'sleeper'"),
  });
  expect(await second.call('startNew', 'slep', { input: 1 })).toMatchObject({
    code: 'UnknownOrchestration',
    message: expect.stringContaining("'sleep'"),
  });
  expect(await second.call('raiseEvent', 'nobody', 'addname')).toMatchObject({ code: 'InstanceNotFound' });
  expect(await second.call('getStatus', 'nobody')).toMatchObject({ code: 'InstanceNotFound' });
  expect(await second.call('purge', 'sleeper')).toMatchObject({ code: 'InstanceRunning' });

  const waiting = second.call('waitForCompletion', 'sleeper');
  expect(await second.call('terminate', 'sleeper', 'slept enough')).toEqual({ value: undefined });
  expect(await waiting).toMatchObject({ code: 'InstanceTerminated', message: expect.stringContaining('slept enough') });
  expect(await second.call('terminate', 'sleeper')).toMatchObject({ code: 'InstanceNotRunning' });
  expect(await second.call('raiseEvent', 'sleeper', 'addname')).toMatchObject({ code: 'InstanceNotRunning' });
  expect(await second.call('purge', 'sleeper')).toEqual({ value: { instancesDeleted: 1 } });
  expect(await second.call('getStatus', 'sleeper')).toMatchObject({ code: 'InstanceNotFound' });
});

test('when the tab that runs the hub is closed, another goes on', async ({ profile }) => {
  const [first, second] = await openTwo(profile);
  const epoch = await second.epoch();
  const id = await first.start('helloCities', ['Quito', 'Accra', 'Hanoi']);
  await expect(second.row(id)).toContainText('Running');
  const completion = second.completion(id);

  await first.page.close();

  await second.toBe('owner');
  expect(await completion).toEqual(['Hello, Quito!', 'Hello, Accra!', 'Hello, Hanoi!']);
  expectWhole(await second.history(id));
  expect(await second.epoch()).toBe(epoch + 1);
});

test('when the tab that runs the hub crashes, another goes on', async ({ profile }) => {
  const [first, second] = await openTwo(profile);
  const id = await second.start('helloCities', ['Quito', 'Accra']);
  await expect(second.row(id)).toContainText('Running');
  const completion = second.completion(id);

  await first.crash();

  await second.toBe('owner');
  expect(await completion).toEqual(['Hello, Quito!', 'Hello, Accra!']);
  expectWhole(await second.history(id));
});

test('a command is carried out once, though the hub changes hands meanwhile', async ({ profile }) => {
  const [first, second] = await openTwo(profile);
  const third = await profile.open();
  await third.toBe('waiting');

  const ids = Array.from({ length: 40 }, (_, i) => `chain ${i}`);
  const started = Promise.all(ids.map((id) => third.call('startNew', 'chain', { input: 5, instanceId: id })));
  await first.page.close();
  expect(await started).toEqual(ids.map((value) => ({ value })));
  await second.toBe('owner');
  expect(await third.role()).toBe('waiting');

  for (const id of ids) expect(await third.completion(id)).toBe(5);
  // Had one been carried out twice, the second time would have been refused or have made another execution.
  for (const id of ids) expectWhole(await second.history(id));
});
