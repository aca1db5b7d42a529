// @ts-check
// `npm test` must pass on a machine that has no browser yet. This script finds one, or else tries the two ways to get
// one: Playwright's download, and the distribution's package where we may install it.

import { fileURLToPath } from 'node:url';
import { executablePath, findBrowser, VARIABLES } from './browser.mjs';
import { failures, installPackages, run } from './install.mjs';
import { starts } from './programs.mjs';

const DOWNLOAD_LIMIT_MS = 5 * 60_000;

function download() {
  const cli = fileURLToPath(new URL('cli.js', import.meta.resolve('playwright/package.json')));
  const env = { PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT: '10000' };
  run('playwright install chromium', process.execPath, [cli, 'install', 'chromium'], DOWNLOAD_LIMIT_MS, env);
}

function ensureBrowser() {
  if (executablePath) {
    if (starts(executablePath)) return executablePath;
    // Only a path from the environment comes here: what was found by searching has started before.
    failures.push(`${executablePath}, as the environment says: does not start`);
    return undefined;
  }
  for (const install of [download, () => installPackages(['chromium'])]) {
    install();
    const found = findBrowser();
    if (found) return found;
  }
  return undefined;
}

const browser = ensureBrowser();
if (browser) {
  console.log(`browser: ${browser}`);
} else {
  console.error('No Chromium to run in. Tried:');
  for (const failure of failures) console.error(`  ${failure}`);
  console.error(`Install Chromium or Chrome, or set ${VARIABLES[0]} to its path.`);
  process.exitCode = 1;
}
