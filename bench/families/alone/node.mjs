// @ts-check
// Loads of perdure alone: the floor has nothing to set against them.

import { fewRuns, usualRuns, warmedUp } from '../family.mjs';

/** @type {readonly import('./page').AloneName[]} */
const loads = ['events1000', 'children1000', 'timers10000'];

/** @type {import('../family.mjs').Family} */
export const alone = {
  name: 'alone',
  loads,

  async measure(lab, chosen, { runs }, report) {
    for (const load of loads.filter((name) => chosen.has(name))) {
      const often = runs ?? (load === 'timers10000' ? fewRuns : usualRuns);
      await lab.inPage(async (bench) => {
        for (const style of await bench.evaluate(({ alone }, load) => alone.stylesOf(load), load)) {
          const which = /** @type {const} */ ([load, style]);
          const all = await warmedUp(often, () => bench.evaluate(({ alone }, which) => alone.time(...which), which));
          report.tell(
            `${load}/${style}/perdure`,
            'ms',
            all.map(({ result }) => result),
          );
          report.tell(
            `${load}/${style}/empty log`,
            'ms',
            all.map(({ empty = NaN }) => empty),
          );
        }
      });
    }
  },
};
