// @ts-check
// Several measurements of one thing, and tables of them.

/** @typedef {{ median: number, min: number, max: number, all: number[] }} Summary */

/** @param {number[]} all @returns {Summary} */
export function summary(all) {
  const sorted = all.toSorted((a, b) => a - b);
  const middle = sorted.slice(Math.floor((sorted.length - 1) / 2), Math.floor(sorted.length / 2) + 1);
  const median = middle.reduce((sum, value) => sum + value, 0) / middle.length;
  return { median, min: Math.min(...all), max: Math.max(...all), all };
}

/** @param {Summary} summary @param {number} digits */
export function show({ median, min, max }, digits) {
  return `${median.toFixed(digits)} (${min.toFixed(digits)} to ${max.toFixed(digits)})`;
}

/** @param {readonly number[]} widths @param {readonly string[]} cells */
export function row(widths, cells) {
  return cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('');
}
