// @ts-check
// Looks for programs on PATH. A file of the right name is not enough: some systems put a script there that only tells
// how to install the program, and a download may lack libraries.

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * Whether the program starts.
 * @param {string} path
 * @param {string[]} args with which it ends by itself, and well
 */
export function starts(path, args = ['--version']) {
  return spawnSync(path, args, { stdio: 'ignore', timeout: 20_000 }).status === 0;
}

/**
 * The files on PATH that have one of the names; the first name's come first.
 * @param {string[]} names
 */
export function onPath(names) {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).filter((path) => existsSync(path));
}
