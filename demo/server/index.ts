/** What Vite's two servers, of the sources and of the built demo, do beside serving files. */
import type { Plugin, PreviewServer, ViteDevServer } from 'vite';
import { handle } from './handler';
import { Uploads } from './uploads';

export { contentPolicy } from './content-policy';

/** Takes uploads at `uploads/` beside the page. */
export function uploadServer(): Plugin {
  return { name: 'perdure-demo-uploads', configureServer: takeUploads, configurePreviewServer: takeUploads };
}

function takeUploads({ middlewares, httpServer }: ViteDevServer | PreviewServer): void {
  const uploads = new Uploads();
  middlewares.use('/uploads', (request, response) => void handle(uploads, request, response));
  httpServer?.once('close', () => void uploads.close());
}
