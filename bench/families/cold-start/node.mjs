// @ts-check
// From opening the demo, as it is built for its users, to the first result of an activity. The browser is up; the page,
// its origin and its database are new to it. What is started is no click but a call, made as soon as the page has its
// client: how soon somebody clicks is not up to the page. All that the page does meanwhile (React, the status view) is in.

import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { usualRuns, warmedUp } from '../family.mjs';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** @type {import('../family.mjs').Family} */
export const coldStart = {
  name: 'coldStart',
  loads: ['coldStart'],

  async measure(lab, _chosen, { runs = usualRuns }, report) {
    const outDir = lab.folder('demo');
    await build({ root, configFile: `${root}vite.config.ts`, logLevel: 'warn', build: { outDir, emptyOutDir: true } });
    const visits = await warmedUp(runs, () =>
      lab.at('demo', async (url) => {
        const page = await lab.context.newPage();
        try {
          await page.addInitScript(startAtOnce);
          await page.goto(url);
          const first = await firstResult(page);
          // The checkpoint is written, and the browser keeps what it has compiled.
          await page.waitForTimeout(1_000);
          await page.reload();
          return { first, next: await firstResult(page) };
        } finally {
          await page.close();
        }
      }),
    );
    report.tell(
      'coldStart/first visit',
      'ms',
      visits.map(({ first }) => first),
    );
    report.tell(
      'coldStart/next visit',
      'ms',
      visits.map(({ next }) => next),
    );
  },
};

/** In the page, before its own scripts: it meets the client when the page puts it on its window. */
function startAtOnce() {
  const scope = /** @type {any} */ (window);
  Object.defineProperty(scope, 'durable', {
    configurable: true,
    set(client) {
      Object.defineProperty(scope, 'durable', { value: client, configurable: true, writable: true });
      scope.firstResult = (async () => {
        const id = await client.startNew('chain', { input: 1 });
        await client.waitForCompletion(id);
        // Since the navigation began.
        return performance.now();
      })();
    },
  });
}

/** @param {import('playwright').Page} page @returns {Promise<number>} */
function firstResult(page) {
  return page.evaluate(() => /** @type {any} */ (window).firstResult);
}
