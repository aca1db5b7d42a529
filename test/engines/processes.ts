/**
 * Ends a process that we started, with all that it has started: a browser is many, and one that is left would go on
 * writing to the profile.
 */
import { readdirSync, readFileSync } from 'node:fs';

/** Resolves when they are gone. */
export async function endTree(root: number): Promise<void> {
  // The root comes first, so that it does not see the others die.
  const pids = treeOf(root);
  for (const pid of pids) end(pid);
  // No event tells of the end of a process that is not our own child.
  while (pids.some(isAlive)) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** The same, without waiting. */
export function endTreeNow(root: number): void {
  for (const pid of treeOf(root)) end(pid);
}

function treeOf(root: number): number[] {
  const tree = [root];
  const parents = parentsOfAll();
  // Grows while it is walked.
  for (const parent of tree) {
    for (const [pid, of] of parents) if (of === parent) tree.push(pid);
  }
  return tree;
}

function parentsOfAll(): Map<number, number> {
  try {
    const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    return new Map(pids.map((pid) => [Number(pid), statOf(Number(pid))?.parent ?? 0]));
  } catch {
    // Not Linux: the others end with the browser.
    return new Map();
  }
}

function statOf(pid: number): { state: string; parent: number } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // Before, there is the program's name in parentheses, and it may have any in it.
    const [state = '', parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state, parent: Number(parent) };
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  const state = statOf(pid)?.state;
  // What is dead and not yet asked after runs no more.
  return state !== undefined && state !== 'Z' && state !== 'X';
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    // It has gone by itself.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
