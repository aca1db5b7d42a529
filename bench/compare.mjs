// @ts-check
// What has moved between two results files beyond noise, and which goals are met in the second.
//
//   npm run bench:compare -- OLD NEW
//
// A figure has moved if the ranges of its runs do not overlap and its medians are apart by more than a tenth. Of a pair
// with the floor it is the ratio that is judged: both times of it go up and down with the machine.

import { readFileSync } from 'node:fs';
import { goals, isMet, showGoal } from './goals.mjs';
import { showFigure, units } from './report.mjs';
import { row } from './summary.mjs';

/**
 * @typedef {import('./report.mjs').Figure} Figure
 * @typedef {{ machine: Record<string, string | number>, options: Record<string, unknown>, figures: Record<string, Figure> }} Results
 */

/** By so much the medians of runs differ that nothing has changed between, on a machine that is not quite quiet. */
const noise = 0.1;
/** The same, if one of them is a single run: nobody knows then how far others would have been from it. */
const noiseOfOne = 0.3;
/** What has no noise, such as a size, has moved if it moved by more than this. */
const exactly = 0.001;
/** What tells that two files are not of the same measurement. */
const circumstances = ['browser', 'node', 'system', 'processor', 'cores', 'memory', 'profile'];
const widths = [52, 36, 36, 12];

const [oldPath, newPath] = process.argv.slice(2);
if (oldPath === undefined || newPath === undefined) {
  console.error('npm run bench:compare -- OLD NEW');
  process.exit(2);
}
const [before, after] = [read(oldPath), read(newPath)];

for (const name of circumstances) {
  const [was, is] = [before.machine[name], after.machine[name]];
  if (was !== is) console.log(`not the same ${name}: ${was}, and ${is}; only ratios can be compared`);
}
for (const name of ['warm', 'seconds']) {
  const [was, is] = [before.options[name], after.options[name]];
  if (was !== is) console.log(`not the same --${name}: ${was}, and ${is}`);
}

const both = Object.keys(after.figures).flatMap((name) => {
  const [was, is] = [before.figures[name], after.figures[name]];
  return was && is && !isHalfOfPair(name) ? [{ name, was, is }] : [];
});
const moved = both.filter(({ was, is }) => hasMoved(was, is));
console.log(`\n${both.length} figures are in both files, ${moved.length} of them have moved`);
for (const { name, was, is } of moved) {
  const percent = `${is.median > was.median ? '+' : ''}${((is.median / was.median - 1) * 100).toFixed(1)} %`;
  const isBetter = is.median < was.median === units[is.unit].isLessBetter;
  console.log(row(widths, [name, showFigure(was), showFigure(is), percent, isBetter ? 'better' : 'worse']));
}

console.log('\ngoals');
for (const [name, goal] of Object.entries(goals)) {
  const [was, is] = [before.figures[name], after.figures[name]];
  if (!is) continue;
  const verdict = isMet(goal, is.median);
  const isNew = was !== undefined && isMet(goal, was.median) !== verdict;
  const told = `${verdict ? 'met' : 'missed'}${isNew ? ', unlike before' : ''}`;
  console.log(row(widths, [name, showFigure(is), showGoal(goal), told]));
}

/** @param {string} path @returns {Results} */
function read(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}

/** @param {string} name */
function isHalfOfPair(name) {
  return /\/(perdure|floor)$/.test(name) && name.replace(/[^/]+$/, 'ratio') in after.figures;
}

/** @param {Figure} was @param {Figure} is */
function hasMoved(was, is) {
  const apart = Math.abs(is.median - was.median) / Math.abs(was.median);
  if (units[is.unit].isExact) return apart > exactly;
  if (was.all.length === 1 || is.all.length === 1) return apart > noiseOfOne;
  return apart > noise && (is.min > was.max || is.max < was.min);
}
