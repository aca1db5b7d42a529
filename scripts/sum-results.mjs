// @ts-check
// Adds up what Vitest and Playwright wrote about their runs and prints one line. Exits with 1 when a test failed, when
// a report is missing, or when nothing ran: a green line must mean that the tests have run.

import { readFileSync } from 'node:fs';

const total = { passed: 0, failed: 0, skipped: 0 };

/** @param {string} file */
function read(file) {
  try {
    return JSON.parse(readFileSync(new URL(`../test-results/${file}`, import.meta.url), 'utf8'));
  } catch {
    console.error(`test-results/${file} is missing: its tests did not run to the end`);
    process.exitCode = 1;
    return undefined;
  }
}

const vitest = read('vitest.json');
for (const { status, assertionResults } of vitest?.testResults ?? []) {
  const count = (/** @type {string} */ wanted) =>
    assertionResults.filter((/** @type {{ status: string }} */ test) => test.status === wanted).length;
  total.passed += count('passed');
  total.skipped += assertionResults.length - count('passed') - count('failed');
  // A file that could not be loaded has no tests and still failed.
  total.failed += status === 'failed' ? Math.max(1, count('failed')) : count('failed');
}

for (const file of ['e2e.json', 'engines.json']) {
  const run = read(file);
  total.passed += run?.stats.expected ?? 0;
  total.skipped += run?.stats.skipped ?? 0;
  // `errors` are those of the run itself: a file that could not be loaded, a server that did not start.
  total.failed += (run?.stats.unexpected ?? 0) + (run?.errors.length ?? 0);
}

if (total.failed > 0 || total.passed === 0) process.exitCode = 1;
console.log(`${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`);
