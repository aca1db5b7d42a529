// @ts-check
// A minute of work without a pause, so that the log must be moved into rows while it grows.

import { quantile, row } from '../../summary.mjs';

const load = 'many1000x5';

/** @type {import('../family.mjs').Family} */
export const sustained = {
  name: 'sustained',
  loads: ['sustained'],

  measure: (lab, _chosen, { seconds }, report) =>
    lab.inPage(async (bench) => {
      const which = /** @type {const} */ ([load, seconds]);
      const run = await bench.evaluate(({ sustained }, which) => sustained.run(...which), which);
      const { steps, result, empty, tenths, commits } = run;
      report.tell('sustained/steps', 'steps/s', [steps / (empty / 1000)]);
      report.tell('sustained/steps to the last result', 'steps/s', [steps / (result / 1000)]);
      report.tell('sustained/steps by tenths', 'steps/s', tenths);
      console.log(row([52], ['', tenths.map(Math.round).join(', ')]));
      tellCommits('sustained/commit', commits.all);
      tellCommits('sustained/commit during checkpoints', commits.duringCheckpoint);
      console.log(
        row([52], ['', `${commits.all.length} commits, ${commits.duringCheckpoint.length} during checkpoints`]),
      );

      /** @param {string} name @param {readonly number[]} all */
      function tellCommits(name, all) {
        if (all.length === 0) return;
        report.tell(`${name}, median`, 'ms', tenthsOf(all, 0.5));
        report.tell(`${name}, p99`, 'ms', tenthsOf(all, 0.99));
      }
    }),
};

/** The quantile of each tenth of the measurements, in the order in which they were made. @param {readonly number[]} all @param {number} q */
function tenthsOf(all, q) {
  const length = Math.ceil(all.length / 10);
  const parts = Array.from({ length: 10 }, (_, i) => all.slice(i * length, (i + 1) * length));
  return parts.filter((part) => part.length > 0).map((part) => quantile(part, q));
}
