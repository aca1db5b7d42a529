// @ts-check
// Gets what the tests need and the machine lacks. What did not work out is kept, to be told when all has been tried.

import { spawnSync } from 'node:child_process';

const PACKAGE_LIMIT_MS = 10 * 60_000;

/** @type {string[]} */
export const failures = [];

/**
 * @param {string} what
 * @param {string} command
 * @param {string[]} args
 * @param {number} timeout milliseconds
 * @param {NodeJS.ProcessEnv} env
 */
export function run(what, command, args, timeout, env) {
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

/**
 * The distribution's packages, where we may install them.
 * @param {string[]} packages
 */
export function installPackages(packages) {
  if (process.getuid?.() !== 0) {
    failures.push(`apt-get install ${packages.join(' ')}: not tried, only root may install packages`);
    return;
  }
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const install = ['install', '-y', '--no-install-recommends', ...packages];
  if (run('apt-get update', 'apt-get', ['update'], PACKAGE_LIMIT_MS, env)) {
    run(`apt-get ${install.join(' ')}`, 'apt-get', install, PACKAGE_LIMIT_MS, env);
  }
}
