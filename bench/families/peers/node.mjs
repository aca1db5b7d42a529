// @ts-check
// perdure beside what else a page can run durable, or just long, processes with. The rivals come with packages of their
// own, which are installed when they are first asked for.

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildPages } from '../../lab.mjs';
import { showFigure } from '../../report.mjs';
import { row } from '../../summary.mjs';
import { usualRuns } from '../family.mjs';

/**
 * @typedef {import('../../loads').LoadName} LoadName
 * @typedef {{ rivals: { name: string, version: string, keeps: string }[], time(name: string, load: LoadName): Promise<number> }} Peers
 */

const root = fileURLToPath(new URL('../../peers/', import.meta.url));
/** @type {readonly LoadName[]} */
const measured = ['chain100', 'fanOut1000', 'many1000x5'];
const yardstick = 'perdure generator';
/** Whoever took longer is not asked again, in milliseconds. */
const slowMs = 5_000;
const widths = [30, 30, 34, 22, 40];

/** @type {import('../family.mjs').Family} */
export const peers = {
  name: 'peers',
  loads: ['peers'],

  async measure(lab, _chosen, { runs = usualRuns }, report) {
    if (!existsSync(join(root, 'index.html'))) {
      console.log('there are no peers to measure');
      return;
    }
    if (!existsSync(join(root, 'node_modules'))) {
      const { status } = spawnSync('npm', ['ci'], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
      if (status !== 0) throw new Error('the packages of the peers could not be installed');
    }
    // What it warns of is not ours to mend.
    await buildPages(root, lab.folder('peers'), 'error');
    for (const load of measured) {
      const { rivals, times, problems } = await measure(lab, load, runs);
      tell(report, load, rivals, times, problems);
    }
  },
};

/**
 * All in turn, round by round. The first round does not count, unless one is too slow for another.
 *
 * @param {import('../../lab.mjs').Lab} lab
 * @param {LoadName} load
 * @param {number} runs
 */
async function measure(lab, load, runs) {
  return lab.at('peers', async (url) => {
    let page = await openPage(lab, url);
    const rivals = await page.evaluate(() => /** @type {any} */ (window).peers.rivals);
    /** @type {Map<string, number[]>} */
    const times = new Map();
    /** @type {Map<string, string>} */
    const problems = new Map();
    for (let round = 0; round <= runs; round++) {
      for (const { name } of /** @type {Peers['rivals']} */ (rivals)) {
        if (problems.has(name) || (times.get(name)?.[0] ?? 0) > slowMs) continue;
        try {
          const ms = await page.evaluate(
            ([name, load]) => /** @type {any} */ (window).peers.time(name, load),
            /** @type {const} */ ([name, load]),
          );
          if (round === 1) times.set(name, []);
          times.set(name, [...(times.get(name) ?? []), ms]);
        } catch (error) {
          problems.set(name, String(error).split('\n')[0] ?? '');
          // What it has started may still run.
          await page.close();
          page = await openPage(lab, url);
        }
      }
    }
    await page.close();
    return { rivals: /** @type {Peers['rivals']} */ (rivals), times, problems };
  });
}

/** @param {import('../../lab.mjs').Lab} lab @param {string} url */
async function openPage(lab, url) {
  const page = await lab.context.newPage();
  await page.goto(url);
  return page;
}

/**
 * @param {import('../../report.mjs').Report} report
 * @param {LoadName} load
 * @param {Peers['rivals']} rivals
 * @param {ReadonlyMap<string, number[]>} times
 * @param {ReadonlyMap<string, string>} problems
 */
function tell(report, load, rivals, times, problems) {
  const figures = rivals
    .filter(({ name }) => times.has(name) && !problems.has(name))
    .map((rival) => ({
      ...rival,
      figure: report.note(`peers/${load}/${rival.name}`, 'ms', times.get(rival.name) ?? []),
    }))
    .toSorted((a, b) => a.figure.median - b.figure.median);
  const against = figures.find(({ name }) => name === yardstick)?.figure.median ?? NaN;
  console.log(row(widths, [load, 'version', '', `× ${yardstick}`, '  keeps it in']));
  for (const { name, version, keeps, figure } of figures) {
    const ratio = (figure.median / against).toFixed(2);
    console.log(row(widths, [`  ${name}`, version, showFigure(figure), ratio.padStart(8), `  ${keeps}`]));
  }
  for (const [name, problem] of problems) console.log(row(widths, [`  ${name}`, '', problem]));
}
