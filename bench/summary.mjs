// @ts-check
// Several measurements of one thing, and tables of them.

/** @typedef {{ median: number, min: number, max: number, all: number[] }} Summary */

/** @param {readonly number[]} all @returns {Summary} */
export function summary(all) {
  const rounded = all.map(toFigure);
  return { median: quantile(rounded, 0.5), min: quantile(rounded, 0), max: quantile(rounded, 1), all: rounded };
}

/** Between the two values that are nearest, if it lies between two. @param {readonly number[]} all @param {number} q */
export function quantile(all, q) {
  const sorted = all.toSorted((a, b) => a - b);
  const at = q * (sorted.length - 1);
  const [below = NaN, above = NaN] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  return toFigure(below + (above - below) * (at % 1));
}

/** Five digits say more than was measured. @param {number} value */
function toFigure(value) {
  return Number(value.toPrecision(5));
}

/** @param {Pick<Summary, 'median' | 'min' | 'max'>} summary @param {number} digits */
export function show({ median, min, max }, digits) {
  const shown = median.toFixed(digits);
  return min === max ? shown : `${shown} (${min.toFixed(digits)} to ${max.toFixed(digits)})`;
}

/** @param {readonly number[]} widths @param {readonly string[]} cells */
export function row(widths, cells) {
  return cells
    .map((cell, i) => cell.padEnd(widths[i] ?? 0))
    .join('')
    .trimEnd();
}
