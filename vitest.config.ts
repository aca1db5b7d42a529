import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { launchOptions } from './scripts/browser.mjs';
import { jobServer } from './test/browser/fixtures/job-server.mjs';

export default defineConfig({
  test: {
    reporters: ['default', 'json'],
    outputFile: { json: 'test-results/vitest.json' },
    projects: [
      {
        extends: './vite.config.ts',
        test: {
          name: 'unit',
          environment: 'node',
          // A deadline is for what hangs; a busy machine may take its time.
          testTimeout: 30_000,
          include: ['test/unit/**/*.test.ts'],
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
          // Errors elsewhere are for `npm run typecheck`; here only the type tests count.
          typecheck: { enabled: true, include: ['test/types/**/*.test-d.ts'], ignoreSourceErrors: true },
        },
      },
      {
        extends: './vite.config.ts',
        plugins: [jobServer()],
        // Found late, they would make Vite optimise again and reload the page under a running test.
        optimizeDeps: { include: ['react-dom/client', 'react-dom/server', 'react/jsx-dev-runtime'] },
        test: {
          name: 'browser',
          testTimeout: 45_000,
          include: ['test/browser/**/*.test.{ts,tsx}'],
          // One file at a time: they share an origin and its databases, and each starts workers of its own.
          fileParallelism: false,
          sequence: { groupOrder: 1 },
          browser: {
            enabled: true,
            headless: true,
            provider: playwright({ launchOptions }),
            instances: [{ browser: 'chromium' }],
            viewport: { width: 1280, height: 800 },
            screenshotFailures: false,
          },
        },
      },
    ],
  },
});
