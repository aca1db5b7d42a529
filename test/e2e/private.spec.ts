/** A browser that stores nothing, as in some private windows, or because the user has forbidden it. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from './test';

test('a browser that stores nothing runs orchestrations in memory, each tab for itself, and says so', async ({
  profile,
}) => {
  const settings = { profile: { default_content_setting_values: { cookies: 2 } } };
  await mkdir(join(profile.folder, 'Default'), { recursive: true });
  await writeFile(join(profile.folder, 'Default', 'Preferences'), JSON.stringify(settings));

  const first = await profile.open();
  const second = await profile.open();
  for (const [n, demo] of [first, second].entries()) {
    await demo.toBe('owner');
    await expect(demo.page.getByRole('alert').first()).toContainText('stores nothing');
    expect(await demo.completion(await demo.start('chain', 3 + n, 'chain'))).toBe(3 + n);
  }

  await first.page.reload();
  expect(await first.call('getStatus', 'chain')).toMatchObject({ code: 'InstanceNotFound' });
  expect(await second.completion('chain')).toBe(4);
});
