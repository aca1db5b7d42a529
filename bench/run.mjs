// @ts-check
// What perdure costs, in one page of a real Chromium, from built code: beside the floor (pairs.mjs), or, as it takes some
// minutes only when asked for, at lengths that grow tenfold (growth.mjs).
//
//   npm run bench -- [--runs 7] [--only chain100 | --only linear] [--warm] [--json FILE]
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
import { measureLinear } from './growth.mjs';
import { measurePairs } from './pairs.mjs';

const { values: options } = parseArgs({
  options: {
    runs: { type: 'string' },
    only: { type: 'string' },
    warm: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});
const wanted = options.runs === undefined ? undefined : Number(options.runs);
if (wanted !== undefined && (!Number.isInteger(wanted) || wanted < 1)) throw new Error('--runs takes a number');

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
    return await measure(page);
  } finally {
    await context.close();
    server.close();
  }
}

/** @param {import('playwright').Page} page */
async function measure(page) {
  const { pairs, linear } = await page.evaluate(() => ({
    pairs: window.bench.loads,
    linear: window.bench.linear.loads,
  }));
  /** @type {<Name extends string>(names: readonly Name[]) => Name[]} */
  const chosen = (names) => names.filter((name) => name === options.only);
  const chosenPairs = options.only === undefined ? pairs : chosen(pairs);
  const chosenLinear = options.only === 'linear' ? linear : chosen(linear);
  if (chosenPairs.length + chosenLinear.length === 0) {
    throw new Error(`--only takes 'linear' or one of ${[...new Set([...pairs, ...linear])].join(', ')}`);
  }
  const browser = `Chromium ${page.context().browser()?.version()}`;
  const machine = { browser, cores: availableParallelism(), profile: inMemory ? 'memory' : 'disk' };
  console.log(`${browser}, ${machine.cores} cores, profile ${inMemory ? 'in memory' : 'on disk'}`);
  const { warm } = options;
  const isLinear = chosenPairs.length === 0;
  const runs = wanted ?? (isLinear ? 3 : 7);
  const loads = isLinear
    ? await measureLinear(page, chosenLinear, runs)
    : await measurePairs(page, chosenPairs, { runs, warm });
  return { ...machine, runs, warm, loads };
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
