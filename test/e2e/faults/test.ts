/** The test function of this folder: each scenario has a browser of its own, and ends with the oracle's look at the hub. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base, expect } from '@playwright/test';
import { AppServer } from './app-server';
import { TabBrowser } from './browser';
import { buildApp } from './build-app';
import { seed } from './chance';
import { Tabs } from './tabs';

/** Faults are waited out, and machines may be slow. */
const longestMs = 120_000;

export const test = base.extend<{ flags: readonly string[]; server: AppServer; tabs: Tabs }, { builds: string }>({
  /** Of the browser, beyond the usual ones. */
  flags: [[], { option: true }],
  builds: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from it what the fixture needs
    async ({}, use) => {
      const folder = await mkdtemp(join(tmpdir(), 'perdure-fault-app-'));
      await buildApp(['v1', 'v2', 'v3'], folder);
      await use(folder);
      await rm(folder, { recursive: true, force: true });
    },
    { scope: 'worker', timeout: longestMs },
  ],
  server: async ({ builds }, use) => {
    const server = await AppServer.start(builds);
    await use(server);
    await server.stop();
  },
  tabs: async ({ server, flags }, use, info) => {
    info.setTimeout(longestMs);
    const tabs = new Tabs(await TabBrowser.start(flags), server);
    try {
      await use(tabs);
      if (info.errors.length === 0) await tabs.check();
    } finally {
      await tabs.end();
      if (info.errors.length > 0) console.log(`PERDURE_FAULT_SEED=${seed} draws the same delays again`);
    }
  },
});

export { expect };
