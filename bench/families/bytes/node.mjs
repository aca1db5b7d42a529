// @ts-check
// What a step takes on the disk. Each run has an origin of its own.

import { fewRuns, repeated } from '../family.mjs';

/** @type {readonly import('../../loads').LoadName[]} */
const measured = ['chain1000', 'fanOut10000', 'many10000x5'];

/** @type {import('../family.mjs').Family} */
export const bytes = {
  name: 'bytes',
  loads: ['bytes'],

  async measure(lab, _chosen, { runs = fewRuns }, report) {
    for (const load of measured) {
      const all = await repeated(runs, () =>
        lab.inPage((bench) => bench.evaluate(({ bytes }, load) => bytes.measure(load), load)),
      );
      report.tell(
        `bytes/${load}, per step`,
        'bytes',
        all.map(({ steps, empty }) => empty / steps),
      );
      report.tell(
        `bytes/${load}, per step, before the checkpoint`,
        'bytes',
        all.map(({ steps, result }) => result / steps),
      );
    }
  },
};
