/** All that a task hub promises to whoever uses it, in both styles of orchestrators. */
import { describe } from 'vitest';
import { callsContract } from './calls';
import { changesContract } from './changes';
import { contextContract } from './context';
import { determinismContract } from './determinism';
import type { OpenHub, Style } from './hub';
import { readingContract } from './reading';
import { scopesContract } from './scopes';
import { standingContract } from './standing';
import { startingContract } from './starting';

export interface Surroundings {
  /** Those of the forbidden calls that the hub's worker does not have at all. */
  absent: readonly string[];
}

export function specification(open: OpenHub, { absent }: Surroundings): void {
  describe.each<[string, Style]>([
    ['generators', ''],
    ['async functions', 'Async'],
  ])('with %s:', (_, style) => {
    startingContract(open, style);
    readingContract(open, style);
    standingContract(open, style);
    contextContract(open, style);
    callsContract(open, style);
    scopesContract(open, style);
    changesContract(open, style);
    determinismContract(open, style, absent);
  });
}
