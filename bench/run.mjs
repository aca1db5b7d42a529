// @ts-check
// Measures what perdure costs beside the floor: the same traffic by hand (floor.worker.ts). The two run in turn, pair by
// pair, in one page of a real Chromium with built code, and the ratio of each pair is what counts: times of a machine
// that others use as well vary, and both sides of a pair meet about the same machine.
//
// npm run bench -- [--runs 7] [--only chain100] [--json FILE]

import { createServer } from 'node:http';
import { accessSync, constants, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright';
import { build } from 'vite';
import { launchOptions } from '../scripts/browser.mjs';

const loadNames = /** @type {const} */ (['chain100', 'fanOut1000', 'many1000x5']);
const styles = /** @type {const} */ (['async', 'generator']);

/**
 * @typedef {import('./page').Run} Run
 * @typedef {import('./written').Written} Written
 * @typedef {{ median: number, min: number, max: number, all: number[] }} Summary
 */

const { values: options } = parseArgs({
  options: { runs: { type: 'string', default: '7' }, only: { type: 'string' }, json: { type: 'string' } },
});
const runs = Number(options.runs);
const chosen = loadNames.filter((name) => options.only === undefined || options.only === name);
if (!(runs >= 1)) throw new Error('--runs takes a number of pairs');
if (chosen.length === 0) throw new Error(`--only takes one of ${loadNames.join(', ')}`);

const memoryFolder = '/dev/shm';
const inMemory = isWritable(memoryFolder);
const folder = mkdtempSync(join(inMemory ? memoryFolder : tmpdir(), 'perdure-bench-'));
try {
  const result = await bench();
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(result, null, 2)}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function bench() {
  const pages = join(folder, 'pages');
  await build({
    configFile: false,
    root: fileURLToPath(new URL('.', import.meta.url)),
    logLevel: 'warn',
    resolve: { tsconfigPaths: true },
    worker: { format: 'es' },
    build: { outDir: pages, target: 'es2023' },
  });
  const server = await serve(pages);
  const context = await chromium.launchPersistentContext(join(folder, 'profile'), { headless: true, ...launchOptions });
  try {
    const page = await context.newPage();
    await page.goto(server.url);
    /** @param {Run} run @returns {Promise<{ ms: number, written?: Written }>} */
    const runInPage = (run) => page.evaluate((given) => /** @type {any} */ (window).run(given), run);

    const browser = `Chromium ${context.browser()?.version() ?? ''}`;
    const cores = availableParallelism();
    console.log(`${browser}, ${cores} cores, profile ${inMemory ? 'in memory' : 'on disk'}, ${runs} pairs; times in ms\n`);
    console.log(row('', '', 'perdure', 'floor', 'ratio'));
    /** @type {Record<string, Record<string, unknown>>} */
    const measured = {};
    for (const load of chosen) {
      for (const style of styles) {
        const figures = await measure(load, style, runInPage);
        (measured[load] ??= {})[style] = figures;
        const { perdure, floor, ratio } = figures;
        console.log(row(load, style, show(perdure, 1), show(floor, 1), show(ratio, 2)));
        console.log(row('', 'written', showWritten(figures.written.perdure), showWritten(figures.written.floor), ''));
      }
    }
    return { browser, cores, profile: inMemory ? 'memory' : 'disk', runs, loads: measured };
  } finally {
    await context.close();
    server.close();
  }
}

/**
 * @param {Run['load']} load
 * @param {Run['style']} style
 * @param {(run: Run) => Promise<{ ms: number, written?: Written }>} runInPage
 */
async function measure(load, style, runInPage) {
  /** @type {(side: Run['side'], padding: number) => Promise<Written>} */
  const count = async (side, padding) => {
    const { written } = await runInPage({ side, load, style, padding, counting: true });
    return /** @type {Written} */ (written);
  };
  const perdureWrites = await count('perdure', 0);
  const bare = await count('floor', 0);
  const events = { chain100: 101, fanOut1000: 1001, many1000x5: 6000 }[load];
  const padding = Math.max(0, (perdureWrites.bytes - bare.bytes) / events);
  const written = { perdure: perdureWrites, floor: await count('floor', padding) };

  const times = { perdure: /** @type {number[]} */ ([]), floor: /** @type {number[]} */ ([]) };
  for (let pair = 0; pair <= runs; pair++) {
    // The first pair warms the page up. Who begins alternates, should one leave something behind for the other.
    const sides = /** @type {const} */ (pair % 2 === 0 ? ['perdure', 'floor'] : ['floor', 'perdure']);
    for (const side of sides) {
      const { ms } = await runInPage({ side, load, style, padding, counting: false });
      if (pair > 0) times[side].push(ms);
    }
  }
  const ratios = times.perdure.map((ms, i) => ms / /** @type {number} */ (times.floor[i]));
  return { perdure: summary(times.perdure), floor: summary(times.floor), ratio: summary(ratios), written };
}

/** @param {number[]} all @returns {Summary} */
function summary(all) {
  const sorted = all.toSorted((a, b) => a - b);
  const at = (/** @type {number} */ index) => /** @type {number} */ (sorted[index]);
  const half = (sorted.length - 1) / 2;
  return {
    median: (at(Math.floor(half)) + at(Math.ceil(half))) / 2,
    min: at(0),
    max: at(sorted.length - 1),
    all,
  };
}

/** @param {Summary} summary @param {number} digits */
function show({ median, min, max }, digits) {
  return `${median.toFixed(digits)} (${min.toFixed(digits)} to ${max.toFixed(digits)})`;
}

/** @param {Written} written */
function showWritten({ records, bytes, otherRecords, otherBytes }) {
  const kB = (/** @type {number} */ size) => `${(size / 1000).toFixed(0)} kB`;
  return `${records} records, ${kB(bytes)}${otherRecords > 0 ? ` + ${otherRecords}, ${kB(otherBytes)}` : ''}`;
}

/** @param {string[]} cells */
function row(...cells) {
  const widths = [12, 11, 36, 26, 0];
  return cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('');
}

/** @param {string} path */
function isWritable(path) {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Serves a folder on a free port of the loopback interface. @param {string} root */
async function serve(root) {
  /** @type {Record<string, string>} */
  const types = { '.html': 'text/html', '.js': 'text/javascript' };
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const path = pathname === '/' ? '/index.html' : pathname;
    try {
      const body = readFileSync(join(root, path));
      response.writeHead(200, { 'content-type': types[extname(path)] ?? 'application/octet-stream' }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return { url: `http://127.0.0.1:${port}/`, close: () => server.close() };
}
