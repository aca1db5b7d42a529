import { defineConfig } from '@playwright/test';
import { launchOptions } from './scripts/browser.mjs';
import { freePort } from './scripts/free-port.mjs';

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
  // A deadline is for what hangs; a busy machine may take its time.
  timeout: 90_000,
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
