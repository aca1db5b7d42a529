// @ts-check
// What perdure costs: in a real Chromium, from built code. docs/benchmarks.md says what is measured and how to read it.
//
//   npm run bench -- [--only NAME]… [--runs 5] [--seconds 60] [--warm] [--disk] [--json FILE]
//
// --only takes families and loads, several with commas or again; without it, all run but those on request.
// --warm runs each pair's load once before it is timed, in the same worker: without it, the time for compiling is in.
// --disk keeps the profile on the disk, and not in memory.

import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { families } from './families/index.mjs';
import { Lab } from './lab.mjs';
import { describeMachine } from './machine.mjs';
import { Report } from './report.mjs';

const { values } = parseArgs({
  options: {
    runs: { type: 'string' },
    seconds: { type: 'string', default: '60' },
    only: { type: 'string', multiple: true, default: [] },
    warm: { type: 'boolean', default: false },
    disk: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});
const only = values.only.flatMap((names) => names.split(','));
const options = {
  runs: values.runs === undefined ? undefined : number('runs', values.runs),
  seconds: number('seconds', values.seconds),
  warm: values.warm,
};
const chosen = choose(only);

const report = new Report();
const lab = await Lab.open({ onDisk: values.disk });
try {
  const machine = describeMachine(lab);
  console.log(`${Object.values(machine).join(', ')}\nmedian (least to most)`);
  for (const [family, loads] of chosen) {
    console.log(`\n${family.name}`);
    const start = performance.now();
    try {
      await family.measure(lab, loads, options, report);
    } catch (error) {
      // The others' figures are no worse for it.
      console.error(error);
      process.exitCode = 1;
    }
    console.log(`${Math.round((performance.now() - start) / 1000)} s`);
  }
  const result = { machine, options: { ...options, only }, figures: report.figures };
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(result, null, 1)}\n`);
} finally {
  await lab.close();
}

/** The families that were asked for, each with its loads. @param {readonly string[]} only */
function choose(only) {
  const known = families.flatMap(({ name, loads }) => [name, ...loads]);
  const unknown = only.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new Error(`--only takes ${[...new Set(known)].join(', ')}, and not ${unknown.join(', ')}`);
  /** @type {Map<import('./families/family.mjs').Family, ReadonlySet<string>>} */
  const chosen = new Map();
  for (const family of families) {
    const isWhole = only.length === 0 ? !family.isOnRequest : only.includes(family.name);
    const loads = family.loads.filter((load) => isWhole || only.includes(load));
    if (loads.length > 0) chosen.set(family, new Set(loads));
  }
  return chosen;
}

/** @param {string} name @param {string} text */
function number(name, text) {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Error(`--${name} takes a whole number, 1 or more`);
  return value;
}
