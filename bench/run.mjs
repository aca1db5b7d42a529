// @ts-check
// What perdure costs, beside the floor: the same traffic by hand (floor.worker.ts). The two run in turn, pair by pair,
// in one page of a real Chromium, from built code. The times vary with whatever else the machine does, and both sides of
// a pair meet about the same machine; so it is the ratio that counts.
//
//   npm run bench -- [--runs 7] [--only chain100] [--warm] [--json FILE]
//
// --warm runs each load once before it is timed, in the same worker: without it, the time for compiling is in.

import { accessSync, constants, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { availableParallelism, tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright';
import { build } from 'vite';
import { launchOptions } from '../scripts/browser.mjs';

/**
 * @typedef {import('./page').Bench} Bench
 * @typedef {import('./page').Run} Run
 * @typedef {import('./written').Written} Written
 * @typedef {{ median: number, min: number, max: number, all: number[] }} Summary
 */

const { values: options } = parseArgs({
  options: {
    runs: { type: 'string', default: '7' },
    only: { type: 'string' },
    warm: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});
const runs = Number(options.runs);
if (!Number.isInteger(runs) || runs < 1) throw new Error('--runs takes a number of pairs');

// Disks are noisy; the bench is about what code costs.
const memory = '/dev/shm';
const inMemory = isWritable(memory);
const folder = mkdtempSync(join(inMemory ? memory : tmpdir(), 'perdure-bench-'));
try {
  const result = await inBrowser();
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(result, null, 2)}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}

async function inBrowser() {
  const pages = join(folder, 'pages');
  await build({
    configFile: false,
    root: fileURLToPath(new URL('.', import.meta.url)),
    logLevel: 'warn',
    resolve: { tsconfigPaths: true },
    worker: { format: 'es' },
    build: { outDir: pages, emptyOutDir: true, target: 'es2023' },
  });
  const server = await serve(pages);
  const context = await chromium.launchPersistentContext(join(folder, 'profile'), launchOptions);
  try {
    const page = await context.newPage();
    await page.goto(server.url);
    return await measureAll(page);
  } finally {
    await context.close();
    server.close();
  }
}

/** @param {import('playwright').Page} page */
async function measureAll(page) {
  const bench = await page.evaluateHandle(() => window.bench);
  const { loads, styles } = await bench.evaluate(({ loads, styles }) => ({ loads, styles }));
  const chosen = loads.filter((load) => options.only === undefined || options.only === load);
  if (chosen.length === 0) throw new Error(`--only takes one of ${loads.join(', ')}`);

  const browser = `Chromium ${page.context().browser()?.version()}`;
  const machine = { browser, cores: availableParallelism(), profile: inMemory ? 'memory' : 'disk' };
  console.log(`${browser}, ${machine.cores} cores, profile ${inMemory ? 'in memory' : 'on disk'}`);
  console.log(`${runs} pairs${options.warm ? ', warm' : ''}; median (min to max), times in ms\n`);
  console.log(row('', '', 'perdure', 'floor', 'ratio'));
  /** @type {Record<string, Record<string, Awaited<ReturnType<typeof measure>>>>} */
  const measured = {};
  for (const load of chosen) {
    measured[load] = {};
    for (const style of styles) {
      const figures = await measure(bench, load, style);
      const { perdure, floor, ratio, written } = figures;
      measured[load][style] = figures;
      console.log(row(load, style, show(perdure, 1), show(floor, 1), show(ratio, 2)));
      console.log(row('', 'log', showWritten(written.perdure), showWritten(written.floor)));
    }
  }
  return { ...machine, runs, warm: options.warm, loads: measured };
}

/**
 * @param {import('playwright').JSHandle<Bench>} bench
 * @param {Run['load']} load
 * @param {Run['style']} style
 */
async function measure(bench, load, style) {
  const written = await bench.evaluate(
    (page, [load, style]) => page.level(load, style),
    /** @type {const} */ ([load, style]),
  );
  /** @type {Record<Run['side'], number[]>} */
  const times = { perdure: [], floor: [] };
  for (let pair = 0; pair <= runs; pair++) {
    // Who begins alternates, should one leave something behind for the other.
    /** @type {Run['side'][]} */
    const sides = pair % 2 === 0 ? ['perdure', 'floor'] : ['floor', 'perdure'];
    for (const side of sides) {
      const ms = await bench.evaluate((page, run) => page.time(run), { side, load, style, warm: options.warm });
      // The first pair does not count: it warms up what all share.
      if (pair > 0) times[side].push(ms);
    }
  }
  const ratios = times.perdure.map((ms, i) => ms / (times.floor[i] ?? NaN));
  return { perdure: summary(times.perdure), floor: summary(times.floor), ratio: summary(ratios), written };
}

/** @param {number[]} all @returns {Summary} */
function summary(all) {
  const sorted = all.toSorted((a, b) => a - b);
  const middle = sorted.slice(Math.floor((sorted.length - 1) / 2), Math.floor(sorted.length / 2) + 1);
  const median = middle.reduce((sum, value) => sum + value, 0) / middle.length;
  return { median, min: Math.min(...all), max: Math.max(...all), all };
}

/** @param {Summary} summary @param {number} digits */
function show({ median, min, max }, digits) {
  return `${median.toFixed(digits)} (${min.toFixed(digits)} to ${max.toFixed(digits)})`;
}

/** @param {Written} written */
function showWritten({ records, bytes, otherRecords, otherBytes }) {
  const log = `${records} records, ${Math.round(bytes / 1000)} kB`;
  return otherRecords === 0 ? log : `${log} (+ ${otherRecords}, ${Math.round(otherBytes / 1000)} kB)`;
}

/** @param {string[]} cells */
function row(...cells) {
  const widths = [12, 11, 37, 25];
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
    const path = request.url === '/' ? 'index.html' : (request.url ?? '');
    try {
      const body = readFileSync(join(root, path));
      response.setHeader('content-type', types[extname(path)] ?? 'application/octet-stream');
      response.end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { url: `http://127.0.0.1:${address.port}/`, close: () => server.close() };
}
