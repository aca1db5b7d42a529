// @ts-check
// Whether what perdure costs grows with the length of an orchestration and no faster: time and the host worker's heap,
// per activity that ran or per event that was replayed, at lengths that grow tenfold. Each run has a worker of its own.

import { heapOf } from './heap.mjs';
import { row, show, summary } from './summary.mjs';

/**
 * @typedef {import('./page').Bench} Bench
 * @typedef {import('./loads').LinearName} LinearName
 * @typedef {import('./loads').Style} Style
 * @typedef {import('./summary.mjs').Summary} Summary
 * @typedef {{ items: number, ms: Summary, kept: Summary, peak: Summary }} Figures
 */

const widths = [20, 11, 9, 34, 9, 10, 16, 16];

/**
 * @param {import('playwright').Page} page
 * @param {readonly LinearName[]} chosen
 * @param {number} runs
 */
export async function measureLinear(page, chosen, runs) {
  const bench = await page.evaluateHandle(() => window.bench);
  const styles = await bench.evaluate(({ styles }) => styles);
  console.log(
    `${runs} runs; median (min to max). Items: activities that ran, or events of the history that was replayed.`,
  );
  console.log('Growth: µs per item against the length before. Heap: what the run left, and its peak, per item.\n');
  console.log(row(widths, ['', '', 'items', 'ms', 'µs/item', 'growth', 'kept, B/item', 'peak, B/item']));
  /** @type {Record<string, Record<string, Figures>>} */
  const measured = {};
  /** The figures of the next shorter load of the same kind. @type {Map<string, number>} */
  const shorter = new Map();
  for (const load of chosen) {
    measured[load] = {};
    for (const style of styles) {
      const figures = await measure(page, bench, load, style, runs);
      measured[load][style] = figures;
      const { items, ms, kept, peak } = figures;
      const us = (ms.median * 1000) / items;
      const kind = `${load.replace(/\d+$/, '')} ${style}`;
      const before = shorter.get(kind);
      shorter.set(kind, us);
      const growth = before === undefined ? '' : `× ${(us / before).toFixed(2)}`;
      const bytes = [kept, peak].map(({ median }) => (median / items).toFixed(0));
      console.log(row(widths, [load, style, `${items}`, show(ms, 1), us.toFixed(1), growth, ...bytes]));
    }
  }
  return measured;
}

/**
 * @param {import('playwright').Page} page
 * @param {import('playwright').JSHandle<Bench>} bench
 * @param {LinearName} load
 * @param {Style} style
 * @param {number} runs
 * @returns {Promise<Figures>}
 */
async function measure(page, bench, load, style, runs) {
  const which = /** @type {const} */ ([load, style]);
  const browser = page.context().browser();
  if (!browser) throw new Error('there is no browser to ask for heaps');
  const items = await bench.evaluate(({ linear }, which) => linear.prepare(...which), which);
  /** @type {{ ms: number, kept: number, peak: number }[]} */
  const all = [];
  for (let i = 0; i < runs; i++) {
    const name = await bench.evaluate(({ linear }, which) => linear.open(...which), which);
    const heap = await heapOf(browser, name);
    const before = await heap.used();
    const [ms, peak] = await heap.peakDuring(() => bench.evaluate(({ linear }, which) => linear.run(...which), which));
    const after = await heap.used();
    all.push({ ms, kept: after - before, peak: peak - before });
    await heap.detach();
    await bench.evaluate(({ linear }) => linear.close());
  }
  await bench.evaluate(({ linear }) => linear.clear());
  /** @param {'ms' | 'kept' | 'peak'} key */
  const of = (key) => summary(all.map((each) => each[key]));
  return { items, ms: of('ms'), kept: of('kept'), peak: of('peak') };
}
