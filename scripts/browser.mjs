// @ts-check
// The tests and the bench drive a real Chromium, and it may come from many places: a path in the environment, the
// system's package, or Playwright's download. This module finds it once; processes started from here inherit the answer.

import { existsSync } from 'node:fs';
import { chromium } from 'playwright';
import { onPath, starts } from './programs.mjs';

/** Environment variables that may name the browser; the first one that is set wins. */
export const VARIABLES = ['PERDURE_CHROMIUM', 'CHROMIUM_PATH', 'CHROME_BIN'];

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** Looks at PATH, then at what Playwright has downloaded. @returns {string | undefined} */
export function findBrowser() {
  return [...onPath(NAMES), chromium.executablePath()].find((path) => existsSync(path) && starts(path));
}

/** Undefined when there is none: `node scripts/ensure-browser.mjs` installs one. */
export const executablePath = VARIABLES.map((name) => process.env[name]).find(Boolean) ?? findBrowser();
if (executablePath) process.env.PERDURE_CHROMIUM = executablePath;

/** What keeps a Chromium quiet under test: no first-run pages, no traffic of its own. */
export const args = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Chromium refuses to run its sandbox as root.
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
];

/**
 * For `chromium.launch` and `chromium.launchPersistentContext`.
 * @type {{ executablePath?: string, args: string[] }}
 */
export const launchOptions = executablePath ? { executablePath, args } : { args };
