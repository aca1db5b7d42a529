/** The loads. perdure runs them as orchestrations, the floor by counting the same numbers down. */

/** What one instance does: so many steps, one after the other, each of so many activities in parallel. */
export interface Shape {
  steps: number;
  width: number;
}

export interface Load extends Shape {
  /** All are started at once. */
  instances: number;
}

export const loads = {
  chain100: { instances: 1, steps: 100, width: 1 },
  fanOut1000: { instances: 1, steps: 1, width: 1000 },
  many1000x5: { instances: 1000, steps: 5, width: 1 },
} satisfies Record<string, Load>;

export type LoadName = keyof typeof loads;

/** How the orchestrators are written. The floor has none: its traffic is the same for both. */
export const styles = ['async', 'generator'] as const;

export type Style = (typeof styles)[number];

/** Starts and completed activities: what has to be recorded. */
export function eventsOf({ instances, steps, width }: Load): number {
  return instances * (1 + steps * width);
}

/** One instance of a length. What it costs must grow with its length and no faster. */
export interface LinearLoad {
  /** What is timed: all of a chain or a fan-out, or bringing back by replay one that waits at the end of its history. */
  kind: 'run' | 'replay';
  of: 'chain' | 'fanOut';
  /** Activities that it runs, or about how many events its history has. */
  size: number;
}

export const linearLoads = {
  chain1000: { kind: 'run', of: 'chain', size: 1_000 },
  chain10000: { kind: 'run', of: 'chain', size: 10_000 },
  fanOut1000: { kind: 'run', of: 'fanOut', size: 1_000 },
  fanOut10000: { kind: 'run', of: 'fanOut', size: 10_000 },
  fanOut100000: { kind: 'run', of: 'fanOut', size: 100_000 },
  replay1000: { kind: 'replay', of: 'chain', size: 1_000 },
  replay10000: { kind: 'replay', of: 'chain', size: 10_000 },
  replay100000: { kind: 'replay', of: 'chain', size: 100_000 },
  replayFanOut1000: { kind: 'replay', of: 'fanOut', size: 1_000 },
  replayFanOut10000: { kind: 'replay', of: 'fanOut', size: 10_000 },
  replayFanOut100000: { kind: 'replay', of: 'fanOut', size: 100_000 },
} satisfies Record<string, LinearLoad>;

export type LinearName = keyof typeof linearLoads;
