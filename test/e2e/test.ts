/** The test function of this folder: each test has a profile of its own, and ends without an error on any console. */
import { test as base, expect } from '@playwright/test';
import { Profile } from './profile';

export const test = base.extend<{ profile: Profile }>({
  profile: async ({ baseURL, launchOptions, headless }, use) => {
    const profile = await Profile.create({ ...launchOptions, headless, baseURL: baseURL ?? '' });
    await use(profile);
    await profile.delete();
    expect(profile.takeProblems()).toEqual([]);
  },
});

export { expect };
