// @ts-check
// Bundles what the emptiest app takes of perdure, as a user's bundler would: one entry for the page, one for the worker.
// What an entry loads only when it needs it comes to lie apart. `npm run size` holds the files to their budgets in
// `.size-limit.json`, and the bench tells how large they are.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';

const here = fileURLToPath(new URL('.', import.meta.url));
const outDir = fileURLToPath(new URL('../../node_modules/.cache/perdure-size', import.meta.url));

/** @typedef {{ minified: number, zipped: number }} Size in bytes */

/** The sizes of all parts, by their folders' names. */
export async function buildEntries() {
  rmSync(outDir, { recursive: true, force: true });
  /** @type {Record<string, Size>} */
  const sizes = {};
  for (const side of ['page', 'worker']) {
    const chunks = await bundle(side);
    const atOnce = reachedFrom(
      chunks.filter(({ isEntry }) => isEntry),
      chunks,
    );
    for (const [part, of] of /** @type {const} */ ([
      [side, chunks.filter((chunk) => atOnce.has(chunk))],
      [`${side}-when-needed`, chunks.filter((chunk) => !atOnce.has(chunk))],
    ])) {
      if (of.length > 0) sizes[part] = write(part, of);
    }
  }
  return sizes;
}

/** @typedef {{ fileName: string, code: string, isEntry: boolean, imports: string[] }} Chunk */

/** @param {string} side @returns {Promise<Chunk[]>} */
async function bundle(side) {
  const built = await build({
    configFile: false,
    root: here,
    logLevel: 'warn',
    resolve: { tsconfigPaths: true },
    build: {
      write: false,
      target: 'es2023',
      modulePreload: { polyfill: false },
      rolldownOptions: { input: join(here, `${side}.ts`), preserveEntrySignatures: 'strict' },
    },
  });
  const [result] = [built].flat();
  if (!result || !('output' in result)) throw new Error('nothing was built');
  return result.output.filter((file) => file.type === 'chunk');
}

/** All that is loaded with these: what they import, and what that does. @param {Chunk[]} found @param {Chunk[]} all */
function reachedFrom(found, all) {
  const reached = new Set(found);
  for (const { imports } of reached) {
    for (const chunk of all) if (imports.includes(chunk.fileName)) reached.add(chunk);
  }
  return reached;
}

/** @param {string} part @param {readonly Chunk[]} chunks @returns {Size} */
function write(part, chunks) {
  const size = { minified: 0, zipped: 0 };
  mkdirSync(join(outDir, part), { recursive: true });
  for (const { fileName, code } of chunks) {
    writeFileSync(join(outDir, part, fileName.replaceAll('/', '-')), code);
    size.minified += Buffer.byteLength(code);
    size.zipped += gzipSync(code, { level: 9 }).length;
  }
  return size;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildEntries();
