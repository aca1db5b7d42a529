/**
 * Several tabs in one browser, of two builds, in which whatever can go wrong does, by seed: tabs are closed, crash, freeze,
 * hang, hide and come back, transactions fail, hints are lost, doubled and overtaken. Whatever was acknowledged comes to what
 * it comes to without any of that.
 */
import { afterEach, beforeEach, describe, it, vi } from 'vitest';
import { runChaos } from '../support/tabs/chaos';

beforeEach(() => {
  // Storage that fails is reported there.
  vi.spyOn(console, 'error').mockImplementation(() => {});
});
afterEach(() => {
  vi.restoreAllMocks();
});

const runs = Number(process.env.PERDURE_TAB_RUNS ?? 2_000);
const first = Number(process.env.PERDURE_TAB_SEED ?? 1);

describe('several tabs', () => {
  it(`come to what one tab comes to, with seeds ${first} to ${first + runs - 1}`, { timeout: 600_000 }, async () => {
    for (let seed = first; seed < first + runs; seed++) {
      try {
        await runChaos(seed);
      } catch (error) {
        throw new Error(`seed ${seed}: PERDURE_TAB_SEED=${seed} PERDURE_TAB_RUNS=1`, { cause: error });
      }
    }
  });
});
