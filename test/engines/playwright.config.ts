/** The same scenarios in each engine. Playwright runs them and drives Chromium; of the others it has its own builds. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from '@playwright/test';
import { freePort } from '../../scripts/free-port.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

// Playwright's workers load this file again; they inherit the port that the first load chose.
process.env.PERDURE_ENGINES_PORT ??= String(await freePort());
const port = Number(process.env.PERDURE_ENGINES_PORT);
const baseURL = `http://127.0.0.1:${port}`;

export default defineConfig({
  testDir: '.',
  testMatch: '**/*.spec.ts',
  outputDir: `${root}/test-results/engines`,
  reporter: [['list'], ['json', { outputFile: `${root}/test-results/engines.json` }]],
  forbidOnly: Boolean(process.env.CI),
  retries: 0,
  timeout: 60_000,
  // The tests kill browsers and measure what survives: they get the machine for themselves.
  workers: 1,
  use: { baseURL },
  projects: ['chromium', 'firefox', 'webkit'].map((name) => ({ name })),
  webServer: {
    command: `npm run preview -- --port ${port}`,
    cwd: root,
    url: baseURL,
    reuseExistingServer: false,
    timeout: 60_000,
  },
});
