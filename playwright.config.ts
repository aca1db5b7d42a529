import { createServer } from 'node:net';
import { defineConfig } from '@playwright/test';
import { launchOptions } from './scripts/browser.mjs';

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

// Playwright's workers load this file again; they inherit the port that the first load chose.
process.env.PERDURE_E2E_PORT ??= String(await freePort());
const port = Number(process.env.PERDURE_E2E_PORT);
const baseURL = `http://127.0.0.1:${port}`;

export default defineConfig({
  testDir: 'test/e2e',
  testMatch: '**/*.spec.ts',
  outputDir: 'test-results/e2e',
  reporter: [['list'], ['json', { outputFile: 'test-results/e2e.json' }]],
  forbidOnly: Boolean(process.env.CI),
  retries: 0,
  // The tests kill browsers and measure what survives: they get the machine for themselves.
  workers: 1,
  use: { baseURL, browserName: 'chromium', headless: true, launchOptions, trace: 'off' },
  webServer: {
    command: `npm run preview -- --port ${port}`,
    url: baseURL,
    reuseExistingServer: false,
    timeout: 60_000,
  },
});
