import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { uploadServer } from './demo/server';

export default defineConfig({
  // Relative, so that the built demo runs from any folder of any host.
  base: './',
  plugins: [react(), uploadServer()],
  resolve: { tsconfigPaths: true },
  worker: { format: 'es' },
  build: { outDir: 'dist-demo', target: 'es2023' },
  // Vite does not follow `new Worker(new URL(…))` when it looks for dependencies, and one found late reloads the page.
  optimizeDeps: { entries: ['index.html', 'src/**/index.ts', 'worker/**/*.ts', 'demo/**/*.worker.ts'] },
  preview: { host: '127.0.0.1', strictPort: true },
});
