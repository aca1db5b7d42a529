// @ts-check
// Whether what perdure costs grows with the length of an orchestration and no faster: time and the host worker's heap,
// per activity that ran or per event that was replayed, at lengths that grow tenfold. Each run has a worker of its own.

import { heapOf } from '../../heap.mjs';
import { verdictOn } from '../../report.mjs';
import { row, show } from '../../summary.mjs';
import { fewRuns, repeated } from '../family.mjs';

/**
 * @typedef {import('../../lab.mjs').Lab} Lab
 * @typedef {import('../../lab.mjs').Bench} Bench
 * @typedef {import('../../report.mjs').Report} Report
 * @typedef {import('../family.mjs').Family} Family
 * @typedef {import('./loads').LinearName} LinearName
 * @typedef {import('../../loads').Style} Style
 */

const widths = [20, 11, 9, 34, 9, 10, 16, 16, 32];

/** @type {readonly LinearName[]} */
const loads = [
  'runChain1000',
  'runChain10000',
  'runFanOut1000',
  'runFanOut10000',
  'runFanOut100000',
  'replay1000',
  'replay10000',
  'replay100000',
  'replayFanOut1000',
  'replayFanOut10000',
  'replayFanOut100000',
];

/** @type {Family} */
export const linear = {
  name: 'linear',
  loads: loads.filter((name) => name !== 'replay10000'),
  isOnRequest: true,
  // The one that the family below has is in the row of its kind, too.
  measure: (lab, chosen, options, report) =>
    measureLoads(lab, chosen.size === linear.loads.length ? loads : [...chosen], options, report),
};

/** The length that has goals. @type {Family} */
export const replay = {
  name: 'replay',
  loads: ['replay10000'],
  measure: (lab, _chosen, options, report) => measureLoads(lab, ['replay10000'], options, report),
};

/**
 * @param {Lab} lab
 * @param {readonly string[]} chosen
 * @param {import('../family.mjs').Options} options
 * @param {Report} report
 */
async function measureLoads(lab, chosen, { runs = fewRuns }, report) {
  console.log('Items: activities that ran, or events of the history that was replayed.');
  console.log('Growth: µs per item against the length before. Heap: what the run left, and its peak, per item.');
  console.log(row(widths, ['', '', 'items', 'ms', 'µs/item', 'growth', 'kept, B/item', 'peak, B/item']));
  /** The figures of the next shorter load of the same kind. @type {Map<string, number>} */
  const shorter = new Map();
  for (const load of loads.filter((name) => chosen.includes(name))) {
    for (const style of /** @type {const} */ (['generator', 'async'])) {
      const { items, all } = await lab.inPage((bench) => measure(lab, bench, load, style, runs));
      /** @param {'ms' | 'kept' | 'peak'} key */
      const of = (key) => all.map((each) => each[key]);
      const name = `${load}/${style}`;
      const ms = report.note(`${name}/time`, 'ms', of('ms'));
      const kept = report.note(`${name}/heap kept`, 'bytes', of('kept'));
      const peak = report.note(`${name}/heap at its peak`, 'bytes', of('peak'));
      const us = (ms.median * 1000) / items;
      const kind = `${load.replace(/\d+$/, '')} ${style}`;
      const before = shorter.get(kind);
      shorter.set(kind, us);
      const growth = before === undefined ? '' : `× ${(us / before).toFixed(2)}`;
      const bytes = [kept, peak].map(({ median }) => (median / items).toFixed(0));
      const verdict = verdictOn(`${name}/time`, ms);
      console.log(row(widths, [load, style, `${items}`, show(ms, 1), us.toFixed(1), growth, ...bytes, verdict]));
    }
  }
}

/**
 * @param {Lab} lab
 * @param {import('playwright').JSHandle<Bench>} bench
 * @param {LinearName} load
 * @param {Style} style
 * @param {number} runs
 */
async function measure(lab, bench, load, style, runs) {
  const which = /** @type {const} */ ([load, style]);
  const items = await bench.evaluate(({ linear }, which) => linear.prepare(...which), which);
  const all = await repeated(runs, async () => {
    const name = await bench.evaluate(({ linear }, which) => linear.open(...which), which);
    const heap = await heapOf(lab.browser, name);
    const before = await heap.used();
    const [ms, peak] = await heap.peakDuring(() => bench.evaluate(({ linear }, which) => linear.run(...which), which));
    const after = await heap.used();
    await heap.detach();
    await bench.evaluate(({ linear }) => linear.close());
    return { ms, kept: after - before, peak: peak - before };
  });
  await bench.evaluate(({ linear }) => linear.clear());
  return { items, all };
}
