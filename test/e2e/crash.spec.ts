/** What takes the tab with it each time that it runs must not take it for ever. */
import { expect, test } from './test';

/** It is found out sooner, unless the machine is so slow that an activity ends before its tab does. */
const mostCrashes = 12;

test('an activity that crashes the tab whenever it runs fails in the end, and the others go on', async ({
  profile,
}) => {
  let demo = await profile.open();
  const cities = Array.from({ length: 30 }, (_, n) => `City ${n}`);
  const id = await demo.start('helloCities', cities);
  const other = await demo.start('approval', { what: 'the plan', within: '1h' });

  let outcome: unknown;
  let crashes = 0;
  for (; crashes < mostCrashes; crashes++) {
    await demo.toBe('owner');
    // Time for the hub to begin, and not for the activity to end.
    outcome = await demo.call('waitForCompletion', id, { timeout: 500 });
    if (!('code' in (outcome as object)) || (outcome as { code: unknown }).code !== 'Timeout') break;
    await demo.crash();
    demo = await profile.open();
  }
  expect(outcome).toMatchObject({
    code: 'InstanceFailed',
    message: expect.stringContaining('each time that this activity ran, the page or its worker crashed or hung'),
  });
  // Nobody is suspected because a tab has crashed once or twice.
  expect(crashes).toBeGreaterThanOrEqual(4);

  await demo.call('raiseEvent', other, 'decision', 'approved');
  expect(await demo.completion(other)).toMatch(/^Approved/);
});
