// @ts-check
// The figures of a run, each under a name that stays the same from run to run, so that two runs can be compared and goals
// be told. They are printed as they come.

import { goals, isMet, showGoal } from './goals.mjs';
import { row, show, summary } from './summary.mjs';

/**
 * @typedef {keyof typeof units} Unit
 * @typedef {import('./summary.mjs').Summary & { unit: Unit }} Figure
 * @typedef {Record<string, Figure>} Figures
 */

/** Whether less of it is better; whether it is the same each time; and the digits that it is shown with. */
export const units = {
  ms: { isLessBetter: true, isExact: false, digits: 1 },
  ratio: { isLessBetter: true, isExact: false, digits: 2 },
  bytes: { isLessBetter: true, isExact: false, digits: 0 },
  kB: { isLessBetter: true, isExact: true, digits: 2 },
  'steps/s': { isLessBetter: false, isExact: false, digits: 0 },
};

const widths = [52, 38];

export class Report {
  /** @type {Figures} */
  figures = {};

  /**
   * Takes a figure without a word.
   * @param {string} name @param {Unit} unit @param {readonly number[]} all
   */
  note(name, unit, all) {
    const figure = { unit, ...summary(all) };
    this.figures[name] = figure;
    return figure;
  }

  /**
   * Takes a figure and prints it.
   * @param {string} name @param {Unit} unit @param {readonly number[]} all
   */
  tell(name, unit, all) {
    const figure = this.note(name, unit, all);
    console.log(row(widths, [name, showFigure(figure), verdictOn(name, figure)]));
    return figure;
  }
}

/** @param {Pick<Figure, 'unit' | 'median' | 'min' | 'max'>} figure */
export function showFigure({ unit, ...figure }) {
  const isSmall = unit === 'ms' && figure.median < 10;
  const shown = show(figure, units[unit].digits + (isSmall ? 1 : 0));
  return unit === 'ratio' ? shown : `${shown} ${unit}`;
}

/** Whether the figure's goal is met; nothing if it has none. @param {string} name @param {Figure} figure */
export function verdictOn(name, { median }) {
  const goal = goals[name];
  if (goal === undefined) return '';
  return `goal: ${showGoal(goal)}, ${isMet(goal, median) ? 'met' : 'missed'}`;
}
