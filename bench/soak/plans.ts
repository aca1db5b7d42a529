/** What is started, by the seed, and what must come of it. */
import type { Chance } from '../../test/support/chance';
import type { Kind, Plan } from './commands';
import { bytesOf, checksum, resultOf, sumOf } from './values';

const weights: Readonly<Record<Kind, number>> = {
  chain: 24,
  chainOfSteps: 18,
  fan: 12,
  family: 7,
  sleeper: 12,
  laps: 6,
  collect: 13,
  failing: 4,
  payload: 4,
};

export function planOf(number: number, seed: number, chance: Chance): Plan {
  const kind = chance.weighted(weights);
  return {
    kind,
    nonce: `s${seed}-${number}`,
    size: sizeOf(kind, chance),
    seed: chance.between(1, 2 ** 30),
    isFresh: chance.is(0.1),
  };
}

function sizeOf(kind: Kind, chance: Chance): number {
  switch (kind) {
    case 'fan':
      return chance.between(2, 8);
    case 'sleeper':
      return chance.between(100, 8_000);
    case 'payload':
      return chance.between(20_000, 200_000);
    case 'failing':
      return 1;
    default:
      return chance.between(1, 4);
  }
}

/** The output of what completes by itself. */
export function outputOf({ kind, nonce, size, seed }: Plan): unknown {
  switch (kind) {
    case 'family':
      return Array.from({ length: size }, (_, child) => sumOf(`${nonce}/${child}`, 2));
    case 'sleeper':
      return resultOf(nonce, 0);
    case 'payload':
      return { sum: checksum(bytesOf(seed, size)), made: checksum(bytesOf(seed + 1, size)) };
    default:
      return sumOf(nonce, size);
  }
}

/** The steps that must have run, by the nonce that they ran under. */
export function stepsOf({ kind, nonce, size }: Plan): Map<string, number> {
  switch (kind) {
    case 'family':
      return new Map(Array.from({ length: size }, (_, child) => [`${nonce}/${child}`, 2]));
    case 'payload':
    case 'collect':
      return new Map();
    case 'sleeper':
    case 'failing':
      return new Map([[nonce, 1]]);
    default:
      return new Map([[nonce, size]]);
  }
}
