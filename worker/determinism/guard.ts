/**
 * Whose turn it is. The patched globals look here: as long as nobody's turn runs, they do what they always did. A hub
 * runs one turn at a time, so a variable is enough, and entering and leaving a turn cost next to nothing.
 *
 * An async orchestrator is quiet only after a hop of the event loop, and during it other code of the worker runs too.
 * That code is not the orchestrator's, so its calls go through {@link outside}.
 */

/** What the patched globals ask of the execution whose turn runs. */
export interface Guarded {
  readonly instanceId: string;
  /** The turn's time, in milliseconds since 1970. */
  readonly now: number;
  /** When the execution's first turn was, in milliseconds since 1970: where its `performance.now()` begins. */
  readonly startedAt: number;
  /** A number from 0 up to, but not including, 1; the same on replay. */
  random(): number;
  /** Makes a durable timer, and calls back within the turn that it fires in. Gives a number above 0. */
  setTimeout(callback: () => void, ms: number): number;
  clearTimeout(timer: number): void;
  /**
   * The error to throw for a call that cannot be the same on replay. The execution remembers it, so that an
   * orchestrator that catches it is stopped all the same.
   * @param instead what to do instead, as a sentence without its end
   */
  forbid(call: string, instead: string): Error;
}

/** The execution whose turn runs now, if the code that runs may be its orchestrator's. */
export let current: Guarded | undefined;

/** A turn begins. */
export function enter(guarded: Guarded): void {
  current = guarded;
}

/** The turn is over. */
export function leave(): void {
  current = undefined;
}

/**
 * Calls a function that is not the orchestrator's, with the globals as they are outside of turns. They are so until it
 * returns: what it leaves to promises runs as before.
 */
export function outside<T>(fn: () => T): T {
  const turn = current;
  if (!turn) return fn();
  current = undefined;
  try {
    return fn();
  } finally {
    current = turn;
  }
}
