/** Builds the fault app, each build as one that is deployed: with files that are named after what is in them. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import type { Build } from './app-server';

const sources = fileURLToPath(new URL('../app', import.meta.url));

export async function buildApp(builds: readonly Build[], folder: string): Promise<void> {
  for (const name of builds) {
    await build({
      configFile: false,
      logLevel: 'error',
      base: './',
      root: join(sources, name),
      resolve: { tsconfigPaths: true },
      worker: { format: 'es' },
      build: { outDir: join(folder, name), emptyOutDir: true, target: 'es2023' },
    });
  }
}
