// @ts-check
// The engine tests run in Firefox and WebKit too. This script finds them, or installs their packages where it may. An
// engine that cannot be had is told of, and its tests are skipped; but CI, where nobody reads that, must have them all.

import { advice, firefox, webkit } from './engines.mjs';
import { failures, installPackages } from './install.mjs';

const engines = [firefox, webkit];
const packages = engines.filter(advice).flatMap((engine) => engine.packages);
if (packages.length > 0) {
  installPackages(packages);
  for (const engine of engines) engine.find();
}

for (const engine of engines) {
  const problem = advice(engine);
  if (problem === undefined) {
    console.log(`${engine.title}: ${Object.values(engine.programs).join(', ')}`);
    continue;
  }
  console.error(process.env.CI ? problem : `${problem} Its tests are skipped.`);
  if (process.env.CI) process.exitCode = 1;
}
for (const failure of failures) console.error(`  ${failure}`);
