/** The page of each build: it connects, and hands out what a test takes hold of. */
import { connect, type DurableClient } from 'perdure';
import type * as v1 from './v1/orchestrations';
import type * as v2 from './v2/orchestrations';
import type * as v3 from './v3/orchestrations';

/** What any of the builds knows. */
export type App = typeof v1 & typeof v2 & typeof v3;

declare global {
  interface Window {
    faultApp: {
      client: DurableClient<App>;
      /** The host workers of this page, the newest last. */
      hosts: Worker[];
    };
  }
}

/** @param workerUrl the build's worker file; it gets the page's switches */
export function openApp(workerUrl: string): void {
  const hosts: Worker[] = [];
  const client = connect<App>({
    taskHub: 'faults',
    worker() {
      const host = new Worker(`${workerUrl}${location.search}`, { type: 'module' });
      hosts.push(host);
      return host;
    },
  });
  window.faultApp = { client, hosts };
}
