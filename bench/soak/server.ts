/** Serves the soak's pages on the loopback interface, and takes what its activities have done. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import type { Effect } from './activities';

export interface Server {
  readonly url: string;
  close(): void;
}

const types: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript' };

export async function serve(root: string, onEffects: (effects: Effect[]) => void): Promise<Server> {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    if (pathname === '/effects') {
      let text = '';
      for await (const part of request) text += part;
      onEffects(JSON.parse(text));
      response.end();
      return;
    }
    const body = await readFile(join(root, pathname === '/' ? 'index.html' : pathname)).catch(() => undefined);
    response.writeHead(body ? 200 : 404, { 'content-type': types[extname(pathname)] ?? 'text/html' });
    response.end(body);
  });
  // A request that is cut off with its tab is no failure of the server.
  server.on('clientError', (_, socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
