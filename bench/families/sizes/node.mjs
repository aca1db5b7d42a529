// @ts-check
// What the emptiest app takes of perdure, over the wire and unpacked.

import { buildEntries } from '../../../scripts/size/build.mjs';

/** @type {import('../family.mjs').Family} */
export const sizes = {
  name: 'sizes',
  loads: ['sizes'],

  async measure(_lab, _chosen, _options, report) {
    for (const [part, { zipped, minified }] of Object.entries(await buildEntries())) {
      report.tell(`sizes/${part}`, 'kB', [zipped / 1000]);
      report.tell(`sizes/${part}, unpacked`, 'kB', [minified / 1000]);
    }
  },
};
