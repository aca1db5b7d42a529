/**
 * Serves the builds of the fault app under one address, as an app's server does: what its root is changes with a deploy,
 * and files of an older build are gone, unless they are kept for pages that are still open.
 */
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';

export type Build = 'v1' | 'v2' | 'v3';

const types: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript' };

export class AppServer {
  readonly #folder: string;
  readonly #server: Server;
  #builds: readonly Build[] = ['v1'];

  /** @param folder has a folder for each build */
  static async start(folder: string): Promise<AppServer> {
    const server = new AppServer(folder);
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  private constructor(folder: string) {
    this.#folder = folder;
    this.#server = createServer(async ({ url = '/' }, response) => {
      const { pathname } = new URL(url, this.origin);
      const found = await this.#find(pathname === '/' ? '/index.html' : pathname);
      response.writeHead(found ? 200 : 404, {
        'content-type': types[extname(pathname)] ?? 'text/html',
        // Else the back/forward cache and the HTTP cache would hide what a deploy does.
        'cache-control': 'no-cache',
      });
      response.end(found);
    });
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** @param kept earlier builds whose files are still there */
  deploy(build: Build, ...kept: readonly Build[]): void {
    this.#builds = [build, ...kept];
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #find(path: string): Promise<Buffer | undefined> {
    // A page that is not the app: of the same origin, with nothing in it.
    if (path === '/blank') return Buffer.from('<!doctype html><title>blank</title>');
    for (const build of path === '/index.html' ? this.#builds.slice(0, 1) : this.#builds) {
      const file = await readFile(join(this.#folder, build, path)).catch(() => undefined);
      if (file) return file;
    }
    return undefined;
  }
}
