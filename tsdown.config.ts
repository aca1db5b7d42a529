import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { defineConfig } from 'tsdown';

// TypeScript 7 offers no compiler API that a bundler could call: its native program, found as its own `tsc` command
// finds it, writes the declarations, and tsdown bundles them.
const finder = pathToFileURL(resolve('node_modules/typescript/lib/getExePath.js')).href;
const { default: getExePath } = await import(finder);

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    worker: 'worker/index.ts',
    react: 'src/react/index.ts',
    devtools: 'src/devtools/index.ts',
    testing: 'src/testing/index.ts',
  },
  format: 'esm',
  platform: 'browser',
  target: 'es2023',
  tsconfig: 'tsconfig.lib.json',
  dts: { tsgo: { path: getExePath() } },
});
