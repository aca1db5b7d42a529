// @ts-check
// What a results file says of where and when it was made.

import { spawnSync } from 'node:child_process';
import { arch, availableParallelism, cpus, totalmem, type } from 'node:os';

/** @param {import('./lab.mjs').Lab} lab */
export function describeMachine({ browser, inMemory }) {
  return {
    date: new Date().toISOString(),
    commit: commit(),
    browser: `Chromium ${browser.version()}`,
    node: process.versions.node,
    system: `${type()} ${arch()}`,
    processor: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    profile: inMemory ? 'memory' : 'disk',
  };
}

/** With a plus sign if the work tree is not what was committed. */
function commit() {
  const [head, changes] = [git('rev-parse', '--short', 'HEAD'), git('status', '--porcelain', '--untracked-files=no')];
  return head === undefined ? 'unknown' : `${head}${changes === '' ? '' : '+'}`;
}

/** @param {string[]} args */
function git(...args) {
  const { status, stdout } = spawnSync('git', args, { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}
