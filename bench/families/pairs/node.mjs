// @ts-check
// perdure beside the floor: the same traffic by hand (floor.worker.ts). The two run in turn, pair by pair, in one page.
// The times vary with whatever else the machine does, and both sides of a pair meet about the same machine; so it is the
// ratio that counts.

import { showFigure, verdictOn } from '../../report.mjs';
import { row } from '../../summary.mjs';
import { usualRuns, warmedUp } from '../family.mjs';

/**
 * @typedef {import('../../lab.mjs').Bench} Bench
 * @typedef {import('./page').Run} Run
 * @typedef {import('./page').Times} Times
 * @typedef {import('../../loads').LoadName} LoadName
 * @typedef {import('../../loads').Variant} Variant
 * @typedef {import('../../report.mjs').Report} Report
 * @typedef {import('../../written').Written} Written
 */

const widths = [24, 32, 32, 28, 32];

/** @type {readonly LoadName[]} */
const loads = ['chain100', 'chain1000', 'fanOut1000', 'fanOut10000', 'many1000x5', 'many10000x5', 'startNew1000'];
/** @type {readonly (readonly [LoadName, LoadName])[]} */
const growths = [
  ['chain100', 'chain1000'],
  ['fanOut1000', 'fanOut10000'],
  ['many1000x5', 'many10000x5'],
];

/** @type {import('../family.mjs').Family} */
export const pairs = {
  name: 'pairs',
  loads,

  async measure(lab, chosen, { runs = usualRuns, warm }, report) {
    console.log(row(widths, ['', 'perdure', 'floor', 'ratio', 'perdure, to an empty log']));
    for (const load of loads.filter((name) => chosen.has(name))) {
      await lab.inPage(async (bench) => {
        const variants = await bench.evaluate(({ pairs }, load) => pairs.variantsOf(load), load);
        for (const variant of variants) await measure(bench, load, variant, runs, warm, report);
      });
    }
    for (const [short, long] of growths) {
      for (const style of ['generator', 'async']) {
        const [before, after] = [short, long].map((load) => report.figures[`${load}/${style}/perdure`]);
        if (before && after) {
          const all = after.all.map((ms) => ms / before.median);
          report.tell(`${long}/${style}/growth`, 'ratio', all);
        }
      }
    }
  },
};

/**
 * @param {import('playwright').JSHandle<Bench>} bench
 * @param {LoadName} load
 * @param {Variant} variant
 * @param {number} runs
 * @param {boolean} warm
 * @param {Report} report
 */
async function measure(bench, load, variant, runs, warm, report) {
  const written = await bench.evaluate(
    ({ pairs }, [load, variant]) => pairs.level(load, variant),
    /** @type {const} */ ([load, variant]),
  );
  const all = await warmedUp(runs, async (pair) => {
    /** @type {Partial<Record<Run['side'], Times>>} */
    const times = {};
    // Who begins alternates, should one leave something behind for the other.
    /** @type {Run['side'][]} */
    const sides = pair % 2 === 0 ? ['perdure', 'floor'] : ['floor', 'perdure'];
    for (const side of sides) {
      times[side] = await bench.evaluate(({ pairs }, run) => pairs.time(run), { side, load, variant, warm });
    }
    return /** @type {Record<Run['side'], Times>} */ (times);
  });
  const name = `${load}/${variant}`;
  const perdure = report.note(
    `${name}/perdure`,
    'ms',
    all.map(({ perdure }) => perdure.result),
  );
  const floor = report.note(
    `${name}/floor`,
    'ms',
    all.map(({ floor }) => floor.result),
  );
  const ratio = report.note(
    `${name}/ratio`,
    'ratio',
    all.map(({ perdure, floor }) => perdure.result / floor.result),
  );
  const empty = report.note(
    `${name}/empty log`,
    'ms',
    all.map(({ perdure }) => perdure.empty ?? NaN),
  );
  const verdict = verdictOn(`${name}/ratio`, ratio);
  console.log(row(widths, [name, ...[perdure, floor, ratio, empty].map(showFigure), verdict]));
  console.log(row(widths, ['  log', showWritten(written.perdure), showWritten(written.floor)]));
}

/** @param {Written} written */
function showWritten({ records, bytes }) {
  return `${records} records, ${Math.round(bytes / 1000)} kB`;
}
