// @ts-check
// `npm test` must pass on a machine that has no browser yet. This script finds one, or else tries the two ways to get
// one: Playwright's download, and the distribution's package where we may install it.

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { executablePath, findBrowser, starts, VARIABLES } from './browser.mjs';

const DOWNLOAD_LIMIT_MS = 5 * 60_000;
const PACKAGE_LIMIT_MS = 10 * 60_000;

/** @type {string[]} */
const failures = [];

/**
 * @param {string} what
 * @param {string} command
 * @param {string[]} args
 * @param {number} timeout milliseconds
 * @param {NodeJS.ProcessEnv} env
 */
function run(what, command, args, timeout, env) {
  console.log(`> ${what}`);
  const { status, signal, error } = spawnSync(command, args, {
    stdio: ['ignore', 'inherit', 'inherit'],
    timeout,
    killSignal: 'SIGKILL',
    env: { ...process.env, ...env },
  });
  if (status === 0) return true;
  failures.push(`${what}: ${error?.message ?? (signal ? `ended by ${signal}` : `exit code ${status}`)}`);
  return false;
}

function download() {
  const cli = fileURLToPath(new URL('cli.js', import.meta.resolve('playwright/package.json')));
  const env = { PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT: '10000' };
  run('playwright install chromium', process.execPath, [cli, 'install', 'chromium'], DOWNLOAD_LIMIT_MS, env);
}

function installPackage() {
  if (process.getuid?.() !== 0) {
    failures.push('apt-get install chromium: not tried, only root may install packages');
    return;
  }
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const install = ['install', '-y', '--no-install-recommends', 'chromium'];
  if (run('apt-get update', 'apt-get', ['update'], PACKAGE_LIMIT_MS, env)) {
    run(`apt-get ${install.join(' ')}`, 'apt-get', install, PACKAGE_LIMIT_MS, env);
  }
}

function ensureBrowser() {
  if (executablePath) {
    if (starts(executablePath)) return executablePath;
    // Only a path from the environment comes here: what was found by searching has started before.
    failures.push(`${executablePath}, as the environment says: does not start`);
    return undefined;
  }
  for (const install of [download, installPackage]) {
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
