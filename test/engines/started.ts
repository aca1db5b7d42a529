/** Programs that a browser consists of, started here. */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { endTreeNow } from './processes';

/** Starts a program that does not outlive us: a run that is cut off leaves nothing behind. */
export function start(path: string, args: readonly string[], options: SpawnOptions): ChildProcess & { pid: number } {
  const child = spawn(path, args, options);
  if (child.pid === undefined) throw new Error(`${path} does not start`);
  const { pid } = child;
  const end = () => endTreeNow(pid);
  process.once('exit', end);
  child.once('exit', () => process.off('exit', end));
  return child as ChildProcess & { pid: number };
}

/** The lines that a program writes and that match. */
export function linesOf({ stdout, stderr }: ChildProcess, pattern: RegExp): string[] {
  const lines: string[] = [];
  for (const output of [stdout, stderr]) {
    if (!output) continue;
    createInterface(output).on('line', (line) => {
      if (pattern.test(line)) lines.push(line);
    });
  }
  return lines;
}
