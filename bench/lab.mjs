// @ts-check
// Where the loads run: built pages, served from this machine, in a real Chromium with a fresh profile.

import { accessSync, constants, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright';
import { build } from 'vite';
import { launchOptions } from '../scripts/browser.mjs';

/** @typedef {import('./page').Bench} Bench */

const memory = '/dev/shm';

export class Lab {
  /** @type {string} */
  #folder;
  /** @type {import('playwright').BrowserContext} */
  context;
  /** Whether the profile lies in memory: disks are noisy, and the bench is about what code costs. */
  inMemory;

  /** @param {{ onDisk: boolean }} options */
  static async open({ onDisk }) {
    const inMemory = !onDisk && isWritable(memory);
    const folder = mkdtempSync(join(inMemory ? memory : tmpdir(), 'perdure-bench-'));
    try {
      await buildPages(fileURLToPath(new URL('.', import.meta.url)), join(folder, 'bench'));
      const context = await chromium.launchPersistentContext(join(folder, 'profile'), launchOptions);
      return new Lab(folder, context, inMemory);
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** @private @param {string} folder @param {import('playwright').BrowserContext} context @param {boolean} inMemory */
  constructor(folder, context, inMemory) {
    this.#folder = folder;
    this.context = context;
    this.inMemory = inMemory;
  }

  /** @type {import('playwright').Browser} */
  get browser() {
    const browser = this.context.browser();
    if (!browser) throw new Error('the browser is gone');
    return browser;
  }

  /** A folder for what a family builds. @param {string} name */
  folder(name) {
    return join(this.#folder, name);
  }

  /**
   * Opens the bench's page for a while. It is an origin of its own: one origin's databases share their files, and what
   * was deleted from them is cleared up in the time of whoever comes next.
   *
   * @template T
   * @param {(bench: import('playwright').JSHandle<Bench>, page: import('playwright').Page) => Promise<T>} use
   */
  async inPage(use) {
    return this.at('bench', async (url) => {
      const page = await this.context.newPage();
      try {
        await page.goto(url);
        return await use(await page.evaluateHandle(() => window.bench), page);
      } finally {
        await page.close();
      }
    });
  }

  /**
   * Serves a folder of the lab as an origin of its own.
   * @template T
   * @param {string} name
   * @param {(url: string) => Promise<T>} use
   */
  async at(name, use) {
    const server = await serve(this.folder(name));
    try {
      return await use(server.url);
    } finally {
      server.close();
    }
  }

  async close() {
    await this.context.close();
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Builds the page of a folder. @param {string} root @param {string} outDir @param {'warn' | 'error'} logLevel */
export async function buildPages(root, outDir, logLevel = 'warn') {
  await build({
    configFile: false,
    root,
    logLevel,
    resolve: { tsconfigPaths: true },
    worker: { format: 'es' },
    build: { outDir, emptyOutDir: true, target: 'es2023' },
  });
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
  const types = {
    '.html': 'text/html',
    '.js': 'text/javascript',
    '.css': 'text/css',
    '.svg': 'image/svg+xml',
    '.wasm': 'application/wasm',
  };
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
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${address.port}/`, close };
}
