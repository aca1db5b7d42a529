import react from '@vitejs/plugin-react';
import { defineConfig, runnerImport } from 'vite';

// An import would have to name every file with its extension, here and further on; or Vite warns at each start.
const demoServer = runnerImport<typeof import('./demo/server')>('./demo/server/index.ts').then(
  ({ module: { contentPolicy, uploadServer } }) => [contentPolicy(), uploadServer()],
);

export default defineConfig({
  // Relative, so that the built demo runs from any folder of any host.
  base: './',
  plugins: [react(), demoServer],
  resolve: { tsconfigPaths: true },
  worker: { format: 'es' },
  build: { outDir: 'dist-demo', target: 'es2023' },
  // Vite does not follow `new Worker(new URL(…))` when it looks for dependencies, and one found late reloads the page.
  optimizeDeps: { entries: ['index.html', 'src/**/index.ts', 'worker/**/*.ts', 'demo/**/*.worker.ts'] },
  preview: { host: '127.0.0.1', strictPort: true },
});
