/** The demo as it is used: by keyboard, and on a phone. */
import type { Locator, Page } from '@playwright/test';
import { expect, test } from './test';

test("Hello cities is started by keyboard, goes on over the page's own reload button, and shows its greetings", async ({
  profile,
}) => {
  const demo = await profile.open();
  const card = demo.card('Hello cities');
  await tabTo(demo.page, card.getByLabel('Cities, separated by commas'));
  await demo.page.keyboard.press('Control+A');
  await demo.page.keyboard.type('Quito, Accra');
  await demo.page.keyboard.press('Enter');

  await expect(card.getByText('Running')).toBeVisible();
  const call = "client.startNew('helloCities', { input: ['Quito', 'Accra'] })";
  await expect(demo.calls.first()).toContainText(call);
  await card.getByRole('button', { name: 'Reload' }).click();
  await expect(card.getByText('It was started before this page was loaded, and goes on.')).toBeVisible();
  await expect(card.getByText('Completed')).toBeVisible({ timeout: 10_000 });
  await expect(card.getByRole('listitem')).toHaveText(['Hello, Quito!', 'Hello, Accra!']);
  // The calls outlast the reload too.
  await expect(demo.calls.first()).toContainText(call);
});

test('Approval is decided by keyboard', async ({ profile }) => {
  const demo = await profile.open('/#approval');
  const card = demo.card('Approval');
  await card.getByLabel('What').press('Enter');
  await expect(card.getByText(/The time is up in \d+ s/)).toBeVisible();

  await tabTo(demo.page, card.getByRole('button', { name: 'Approve' }));
  await demo.page.keyboard.press('Enter');

  await expect(card.getByText(/^Approved\. Booked as B-\d{6}\.$/)).toBeVisible();
  await expect(demo.calls.first()).toContainText("'decision', 'approved')");
});

test('Approval ends at its deadline when nobody decides', async ({ profile }) => {
  const demo = await profile.open('/#approval');
  await demo.start('approval', { what: 'A boat', within: '2s' });
  const card = demo.card('Approval');
  await expect(card.getByRole('button', { name: 'Reject' })).toBeVisible();
  await expect(card.getByText('Nobody decided in time.')).toBeVisible();
  await expect(card.getByRole('button', { name: 'Reject' })).toBeHidden();
});

test('Monitor asks after an order until it is delivered', async ({ profile }) => {
  const demo = await profile.open('/#monitor');
  const card = demo.card('Monitor');
  await card.getByRole('textbox', { name: 'Order' }).press('Enter');
  await expect(card.getByText('Asked 1 time.')).toBeVisible();
  await expect(card.getByText(/The next time is in \d s/)).toBeVisible();

  // This one is delivered before the second question.
  await demo.start('monitor', { number: 'B-7', takesMs: 1_000 });
  await card.locator('.run-picker').getByRole('button').first().click();
  await expect(card.getByText('Order B-7')).toBeVisible();
  await expect(card.getByText('Completed')).toBeVisible();
  await expect(card.getByText('Asked 2 times.')).toBeVisible();
});

test('Book a trip undoes what it has booked, the last first, when there is no car', async ({ profile }) => {
  const demo = await profile.open('/#book-trip');
  const card = demo.card('Book a trip');
  await card.getByLabel('What goes wrong').selectOption('There is no car');
  await card.getByRole('textbox', { name: 'To' }).press('Enter');

  await expect(card.getByText('Failed', { exact: true })).toBeVisible({ timeout: 20_000 });
  const steps = card.getByRole('list').getByRole('listitem');
  await expect(steps).toHaveText([
    /^Flight F-\d{4}$/,
    /^Hotel H-\d{4}$/,
    'Car There is no car left in Lisbon.',
    'Hotel cancelled',
    'Flight cancelled',
  ]);
});

test('Book a trip tries the hotel again, and waits to be paid', async ({ profile }) => {
  const demo = await profile.open('/#book-trip');
  const card = demo.card('Book a trip');
  await card.getByLabel('What goes wrong').selectOption('The hotel fails twice');
  await card.getByRole('button', { name: 'Book', exact: true }).click();
  await expect(card.getByText('The hotel does not answer. Attempt 2.')).toBeVisible({ timeout: 10_000 });
  await expect(card.getByText(/It is cancelled in/)).toBeVisible({ timeout: 15_000 });
  await card.getByRole('button', { name: 'Pay' }).click();
  await expect(card.getByText('Completed', { exact: true })).toBeVisible();
  await expect(card.getByRole('listitem')).toHaveCount(3);
});

test('a trip that is terminated is undone by a child, of which one step fails', async ({ profile }) => {
  const demo = await profile.open('/#book-trip');
  const card = demo.card('Book a trip');
  // Its hotel gives no refund: the flight is cancelled all the same.
  const id = await demo.start('bookTrip', { to: 'Rome', trouble: 'no refund' });
  await expect(card.getByText(/^Hotel H-\d{4}$/)).toBeVisible({ timeout: 10_000 });
  await card.getByRole('button', { name: 'Terminate' }).click();
  await expect(card.getByText('Terminated', { exact: true })).toBeVisible();
  await expect(card.getByText('Hotel kept: The hotel gives no refund.')).toBeVisible({ timeout: 10_000 });
  await expect(card.getByText('Flight cancelled')).toBeVisible({ timeout: 10_000 });

  await card.getByRole('button', { name: 'Show the child' }).click();
  await expect(demo.details).toContainText('Started by');
  await demo.details.getByRole('button', { name: id }).first().click();
  await expect(demo.details.getByText('Children')).toBeVisible();
});

test('two versions of Review run side by side, and a suspended one keeps what comes', async ({ profile }) => {
  const demo = await profile.open('/#review');
  const card = demo.card('Review');
  const steps = card.getByRole('list').getByRole('listitem');
  await card.getByLabel('As').selectOption('Version 1, without');
  await card.getByRole('button', { name: 'Start' }).click();
  await expect(steps).toHaveText(['Editor', 'Director']);
  await card.getByLabel('As').selectOption('Version 2, with the lawyer');
  await card.getByRole('button', { name: 'Start' }).click();
  await expect(steps).toHaveText(['Editor', 'Lawyer', 'Director']);

  await card.getByRole('button', { name: 'Suspend' }).click();
  await expect(card.getByText('Suspended: a question has come up.')).toBeVisible();
  for (const who of ['editor', 'lawyer', 'director'])
    await card.getByRole('button', { name: `Sign as ${who}` }).click();
  await expect(demo.calls.first()).toContainText("'director')");
  await expect(demo.details.getByRole('row', { name: /EventRaised/ })).toHaveCount(3);
  await expect(card.locator('[data-state="done"]')).toHaveCount(0);
  await card.getByRole('button', { name: 'Resume' }).click();
  await expect(card.getByText('The annual report is out.')).toBeVisible();
});

test('the status view suspends, resumes and restarts an instance', async ({ profile }) => {
  const demo = await profile.open();
  await demo.start('approval', { what: 'A boat', within: '1d' }, 'boat');
  await demo.row('boat').click();
  await demo.details.getByRole('button', { name: 'Suspend…' }).click();
  await demo.details.getByLabel('Reason').fill('a question');
  await demo.page.keyboard.press('Enter');
  await expect(demo.details.getByText('Suspended: a question')).toBeVisible();
  await demo.details.getByRole('button', { name: 'Resume…' }).click();
  await demo.details.getByRole('button', { name: 'Resume', exact: true }).click();
  await expect(demo.details.getByText('Suspended: a question')).toBeHidden();
  expect(await demo.status('boat')).toBe('Running');

  await demo.details.getByLabel('Data').fill('"rejected"');
  await demo.details.getByRole('button', { name: 'Raise event' }).click();
  await expect(demo.details).toContainText('Rejected.');
  await demo.details.getByRole('button', { name: 'Restart…' }).click();
  await demo.details.getByRole('button', { name: 'Restart', exact: true }).click();
  await expect(demo.details).toContainText('event decision');
  expect(await demo.status('boat')).toBe('Running');
});

test('an instance leaves by a file and comes back', async ({ profile }) => {
  const demo = await profile.open();
  await demo.start('collectNames', { names: ['Ada'] }, 'names');
  await demo.row('names').click();
  await expect(demo.details).toContainText('event addname');
  const saving = demo.page.waitForEvent('download');
  await demo.details.getByRole('button', { name: 'Export' }).click();
  const file = await (await saving).path();

  await demo.details.getByRole('button', { name: 'All instances' }).click();
  const view = demo.page.getByRole('region', { name: 'Instances', exact: true }).first();
  await view.getByRole('button', { name: 'Import…' }).click();
  await view.getByLabel('File').setInputFiles(file);
  await view.getByRole('button', { name: 'Import', exact: true }).click();
  await expect(view.getByRole('alert')).toContainText('names');
  await view.getByLabel('Id', { exact: true }).fill('names, again');
  await view.getByRole('button', { name: 'Import', exact: true }).click();
  await expect(demo.details.getByText('names, again')).toBeVisible();
  await demo.details.getByLabel('Event').fill('addname');
  await demo.details.getByLabel('Data').fill('"Grace"');
  await demo.details.getByRole('button', { name: 'Raise event' }).click();
  await expect(demo.details.getByRole('row', { name: /EventRaised/ })).toContainText('Grace');
  await demo.call('raiseEvent', 'names, again', 'done');
  expect(await demo.completion('names, again')).toEqual(['Ada', 'Grace']);
  expect(await demo.status('names')).toBe('Running');
});

test('the status view finds an instance, raises an event and terminates it', async ({ profile }) => {
  const demo = await profile.open();
  await demo.start('collectNames', { names: [] }, 'names-1');
  await demo.start('collectNames', { names: [] }, 'names-2');
  await demo.start('sleep', 3_600_000, 'sleeper');
  await demo.start('chain', 1, 'chain');
  await demo.completion('chain');

  const view = demo.page.getByRole('region', { name: 'Instances', exact: true }).first();
  await view.getByRole('button', { name: 'Running', exact: true }).click();
  await expect(demo.row('chain')).toBeHidden();
  await view.getByPlaceholder('Id starts with').fill('names-');
  await expect(demo.row('sleeper')).toBeHidden();
  await demo.row('names-2').click();

  await expect(demo.details).toContainText('event addname');
  await demo.details.getByLabel('Event').fill('addname');
  await demo.details.getByLabel('Data').fill('"Ada"');
  await demo.page.keyboard.press('Enter');
  await expect(demo.details.getByText('Raised addname.')).toBeVisible();
  await expect(demo.details.getByRole('row', { name: /EventRaised/ })).toContainText('addnamedata"Ada"');
  await expect(demo.calls.first()).toContainText("client.raiseEvent('names-2', 'addname', 'Ada')");

  await demo.details.getByText('Terminate…').click();
  await demo.details.getByLabel('Reason').fill('enough');
  await demo.page.keyboard.press('Enter');
  await expect(demo.details.getByRole('row', { name: /ExecutionTerminated/ })).toContainText('enough');
  await expect(demo.calls.first()).toContainText("client.terminate('names-2', 'enough')");
  expect(await demo.call('waitForCompletion', 'names-2')).toMatchObject({ code: 'InstanceTerminated' });
  expect(await demo.status('names-1')).toBe('Running');
});

test('on a phone, all of it is within reach and nothing overflows', async ({ profile }) => {
  const demo = await profile.open();
  const { page } = demo;
  await page.setViewportSize({ width: 390, height: 844 });
  const panels = page.getByRole('navigation', { name: 'Panels' });
  const overflow = () =>
    page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

  for (const title of [
    'Collect names',
    'Photo album',
    'Resumable upload',
    'Crunch',
    'Approval',
    'Monitor',
    'Book a trip',
    'Review',
    'Experiments',
    'Hello cities',
  ]) {
    await demo.show(title);
    await expect(demo.card(title)).toBeVisible();
    expect(await overflow(), title).toBe(0);
  }
  const card = demo.card('Hello cities');
  await card.getByLabel('Cities, separated by commas').fill('Quito');
  await card.getByRole('button', { name: 'Start' }).click();
  await expect(card.getByText('Hello, Quito!')).toBeVisible();
  expect(await overflow(), 'a run').toBe(0);

  await card.getByRole('button', { name: 'Details' }).click();
  await expect(demo.details.getByRole('row', { name: /ExecutionCompleted/ })).toBeVisible();
  expect(await overflow(), 'details').toBe(0);
  await panels.getByRole('button', { name: 'Calls' }).click();
  await expect(demo.calls.first()).toContainText("client.startNew('helloCities'");
  expect(await overflow(), 'calls').toBe(0);
});

/** Presses Tab until an element has the focus, as one who has no mouse does. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  const isFocused = () => target.evaluate((element) => element === document.activeElement);
  for (let presses = 0; presses < 60 && !(await isFocused()); presses++) await page.keyboard.press('Tab');
  await expect(target).toBeFocused();
}
