/** What another way of doing the loads has to bring, and what those have in common that run in the page itself. */
import type { Shape } from '../loads';
import type { Side } from '../sides';

export interface Rival {
  name: string;
  version: string;
  /** Where a step is when it is done: what a reload leaves of it. */
  keeps: 'nothing' | 'memory' | 'IndexedDB' | 'SQLite in OPFS';
  /** What is timed: who runs the activities, and when what is saved. */
  how: string;
  open(): Side | Promise<Side>;
}

interface Engine {
  ready?: Promise<unknown>;
  /** Runs one instance and gives how many activities it ran. The id is never used again. */
  runOne(id: string, shape: Shape): Promise<number>;
  close(): void | Promise<void>;
}

/** A side that starts each instance by a call of its own, all at once. */
export function sideOf({ ready = Promise.resolve(), runOne, close }: Engine): Side {
  return {
    ready,
    run: ({ instances, ...shape }) =>
      Promise.all(Array.from({ length: instances }, () => runOne(crypto.randomUUID(), shape))),
    close: async () => close(),
  };
}

/** 0, 1, … up to and without n. */
export function range(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i);
}

/** A name for a database that no other side has, nor one whose page was closed before its end. */
export function freshName(rival: string): string {
  return `${rival}-${crypto.randomUUID()}`;
}
