// @ts-check
// A family of loads: `page.ts` does one run in the page, `node.mjs` says how often, and makes figures of it.

/**
 * @typedef {object} Options
 * @property {number | undefined} runs if it was given
 * @property {boolean} warm
 * @property {number} seconds
 *
 * @typedef {object} Family
 * @property {string} name `--only` takes it, and the names of its loads
 * @property {readonly string[]} loads
 * @property {boolean} [isOnRequest] it runs only when `--only` asks for it
 * @property {(lab: import('../lab.mjs').Lab, chosen: ReadonlySet<string>, options: Options, report: import('../report.mjs').Report) => Promise<void>} measure
 */

/** How often a load is run unless `--runs` says otherwise. */
export const usualRuns = 5;
/** The same, of what hardly varies or takes long. */
export const fewRuns = 3;

/**
 * Does something so often, and gives what came of it each time.
 *
 * @template T
 * @param {number} count
 * @param {(i: number) => Promise<T>} run
 */
export async function repeated(count, run) {
  /** @type {T[]} */
  const results = [];
  while (results.length < count) results.push(await run(results.length));
  return results;
}

/**
 * Does something once more than that: the first time does not count, as it warms up what all share.
 *
 * @template T
 * @param {number} count
 * @param {(i: number) => Promise<T>} run
 */
export async function warmedUp(count, run) {
  return (await repeated(count + 1, run)).slice(1);
}
