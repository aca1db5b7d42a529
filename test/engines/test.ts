/** The test function of this folder: each test has a profile of its own, and ends without an error on any console. */
import { test as base, expect } from '@playwright/test';
import { chromium } from './chromium';
import type { Engine } from './engine';
import { firefox } from './firefox';
import { Profile } from './profile';
import { webkit } from './webkit';

const engines: Record<string, Engine> = { chromium, firefox, webkit };

export const test = base.extend<{ profile: Profile }>({
  profile: async ({ baseURL }, use, info) => {
    const engine = engines[info.project.name];
    if (!engine) throw new Error(`no engine is called ${info.project.name}`);
    // Who runs the tests by hand may lack an engine; in CI that would go unseen.
    if (process.env.CI) expect(engine.missing).toBeUndefined();
    info.skip(engine.missing !== undefined, engine.missing ?? '');

    const profile = await Profile.create(engine, baseURL ?? '');
    await use(profile);
    if (info.status !== info.expectedStatus) console.log(await profile.describe());
    await profile.delete();
    expect(profile.takeProblems(), 'errors on the consoles').toEqual([]);
  },
});

export { expect };
