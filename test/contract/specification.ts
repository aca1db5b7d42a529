/** All that a task hub promises to whoever uses it, in both styles of orchestrators. */
import { describe } from 'vitest';
import { activitiesContract } from './activities';
import { callsContract } from './calls';
import { changesContract } from './changes';
import { contextContract } from './context';
import { determinismContract, type Surroundings } from './determinism';
import { httpContract } from './http';
import type { OpenHub, Style } from './hub';
import { movingContract } from './moving';
import { readingContract } from './reading';
import { scopesContract } from './scopes';
import { standingContract } from './standing';
import { startingContract } from './starting';
import { waitingContract } from './waiting';

export function specification(open: OpenHub, surroundings: Surroundings): void {
  describe.each<[string, Style]>([
    ['generators', ''],
    ['async functions', 'Async'],
  ])('with %s:', (_, style) => {
    describe('starting', () => startingContract(open, style));
    describe('reading', () => readingContract(open, style));
    describe('from outside', () => standingContract(open, style));
    describe('moving', () => movingContract(open, style));
    describe('the context', () => contextContract(open, style));
    describe('waiting', () => waitingContract(open, style));
    describe('calls', () => callsContract(open, style));
    describe('activities', () => activitiesContract(open, style));
    describe('HTTP', () => httpContract(open, style));
    describe('scopes', () => scopesContract(open, style));
    describe('changes', () => changesContract(open, style));
    describe('determinism', () => determinismContract(open, style, surroundings));
  });
}
