// @ts-check
// perdure beside the floor: the same traffic by hand (floor.worker.ts). The two run in turn, pair by pair. The times vary
// with whatever else the machine does, and both sides of a pair meet about the same machine; so it is the ratio that
// counts.

import { row, show, summary } from './summary.mjs';

/**
 * @typedef {import('./page').Bench} Bench
 * @typedef {import('./page').Run} Run
 * @typedef {import('./loads').LoadName} LoadName
 * @typedef {import('./written').Written} Written
 * @typedef {{ runs: number, warm: boolean }} Options
 */

const widths = [12, 11, 37, 25];

/**
 * @param {import('playwright').Page} page
 * @param {readonly LoadName[]} chosen
 * @param {Options} options
 */
export async function measurePairs(page, chosen, options) {
  const bench = await page.evaluateHandle(() => window.bench);
  const styles = await bench.evaluate(({ styles }) => styles);
  console.log(`${options.runs} pairs${options.warm ? ', warm' : ''}; median (min to max), times in ms\n`);
  console.log(row(widths, ['', '', 'perdure', 'floor', 'ratio']));
  /** @type {Record<string, Record<string, Awaited<ReturnType<typeof measure>>>>} */
  const measured = {};
  for (const load of chosen) {
    measured[load] = {};
    for (const style of styles) {
      const figures = await measure(bench, load, style, options);
      const { perdure, floor, ratio, written } = figures;
      measured[load][style] = figures;
      console.log(row(widths, [load, style, show(perdure, 1), show(floor, 1), show(ratio, 2)]));
      console.log(row(widths, ['', 'log', showWritten(written.perdure), showWritten(written.floor)]));
    }
  }
  return measured;
}

/**
 * @param {import('playwright').JSHandle<Bench>} bench
 * @param {LoadName} load
 * @param {Run['style']} style
 * @param {Options} options
 */
async function measure(bench, load, style, { runs, warm }) {
  const written = await bench.evaluate(
    (page, [load, style]) => page.level(load, style),
    /** @type {const} */ ([load, style]),
  );
  /** @type {Record<Run['side'], number[]>} */
  const times = { perdure: [], floor: [] };
  for (let pair = 0; pair <= runs; pair++) {
    // Who begins alternates, should one leave something behind for the other.
    /** @type {Run['side'][]} */
    const sides = pair % 2 === 0 ? ['perdure', 'floor'] : ['floor', 'perdure'];
    for (const side of sides) {
      const ms = await bench.evaluate((page, run) => page.time(run), { side, load, style, warm });
      // The first pair does not count: it warms up what all share.
      if (pair > 0) times[side].push(ms);
    }
  }
  const ratios = times.perdure.map((ms, i) => ms / (times.floor[i] ?? NaN));
  return { perdure: summary(times.perdure), floor: summary(times.floor), ratio: summary(ratios), written };
}

/** @param {Written} written */
function showWritten({ records, bytes, otherRecords, otherBytes }) {
  const log = `${records} records, ${Math.round(bytes / 1000)} kB`;
  return otherRecords === 0 ? log : `${log} (+ ${otherRecords}, ${Math.round(otherBytes / 1000)} kB)`;
}
