/** One instance of a length. What it costs must grow with its length and no faster. */
export interface LinearLoad {
  /** What is timed: all of a chain or a fan-out, or bringing back by replay one that waits at the end of its history. */
  kind: 'run' | 'replay';
  of: 'chain' | 'fanOut';
  /** Activities that it runs, or about how many events its history has. */
  size: number;
}

export const linearLoads = {
  runChain1000: { kind: 'run', of: 'chain', size: 1_000 },
  runChain10000: { kind: 'run', of: 'chain', size: 10_000 },
  runFanOut1000: { kind: 'run', of: 'fanOut', size: 1_000 },
  runFanOut10000: { kind: 'run', of: 'fanOut', size: 10_000 },
  runFanOut100000: { kind: 'run', of: 'fanOut', size: 100_000 },
  replay1000: { kind: 'replay', of: 'chain', size: 1_000 },
  replay10000: { kind: 'replay', of: 'chain', size: 10_000 },
  replay100000: { kind: 'replay', of: 'chain', size: 100_000 },
  replayFanOut1000: { kind: 'replay', of: 'fanOut', size: 1_000 },
  replayFanOut10000: { kind: 'replay', of: 'fanOut', size: 10_000 },
  replayFanOut100000: { kind: 'replay', of: 'fanOut', size: 100_000 },
} satisfies Record<string, LinearLoad>;

export type LinearName = keyof typeof linearLoads;
