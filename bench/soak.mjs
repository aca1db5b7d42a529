// @ts-check
// The soak: four tabs of one profile in a real Chromium, random starts, events and kills by a seed, and an oracle that
// looks whether anything was lost, doubled, stuck or left behind. It takes minutes, and is no part of the tests.
//
//   npm run soak -- [--minutes 10] [--instances 20000] [--seed N] [--kill-every 12] [--json FILE] [--break lose|double|leak]
//
// --kill-every is the seconds between two kills, on average; 0 is none at all, so that one tab owns the hub throughout.
// --break makes the storage lose, double or leak something now and then: then the oracle must find it.

import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runnerImport } from 'vite';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    instances: { type: 'string', default: '20000' },
    seed: { type: 'string' },
    'kill-every': { type: 'string', default: '12' },
    json: { type: 'string' },
    break: { type: 'string' },
  },
});

/** @param {string} name @param {string | undefined} text */
function number(name, text) {
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0) throw new Error(`--${name} takes a number`);
  return value;
}

/** @type {{ module: typeof import('./soak/run') }} */
const { module } = await runnerImport(fileURLToPath(new URL('./soak/run.ts', import.meta.url)), {
  configFile: false,
  resolve: { tsconfigPaths: true },
});
const report = await module.soak({
  minutes: number('minutes', values.minutes),
  instances: number('instances', values.instances),
  seed: number('seed', values.seed ?? String(Date.now() % 1_000_000)),
  killEverySeconds: number('kill-every', values['kill-every']),
  ...(values.break !== undefined && { broken: values.break }),
});
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
process.exit(report.isGood ? 0 : 1);
