/**
 * What an app's worker file calls. One file serves both roles: the page starts it as the host, which runs the task hub;
 * the host starts the same file again, under another name, for the activities.
 */
import type { AnyActivity, Orchestrator } from '../src/core';
import type { HostMessage, PageMessage } from '../src/protocol';
import { Host } from './hub';
import { exposeActivities } from './pool';
import type { ServeOptions } from './types';

/** What the host names its activity workers, so that the file knows its role. */
const activityWorkerName = 'perdure-activities';

/** The worker's own global scope; the DOM's types know the page's only. */
interface WorkerScope {
  readonly name: string;
  readonly location: { readonly href: string };
  postMessage(message: HostMessage): void;
  onmessage: ((event: MessageEvent<PageMessage>) => void) | null;
}

/**
 * Serves orchestrations and activities from a worker. Call it once, at the top level of the worker's file.
 *
 * @example
 * // durable.worker.ts
 * import { serve } from 'perdure/worker';
 * import * as orchestrations from './orchestrations';
 * import * as activities from './activities';
 * serve({ orchestrations, activities });
 */
export function serve<M extends object, A extends object>(app: ServeOptions<M, A>): void {
  const scope = globalThis as unknown as WorkerScope;
  if (scope.name === activityWorkerName) {
    exposeActivities((app.activities ?? {}) as Readonly<Record<string, AnyActivity>>);
    return;
  }
  const functions = Object.entries(app.orchestrations).filter(([, value]) => typeof value === 'function');
  const spawn =
    app.activityWorker ?? (() => new Worker(scope.location.href, { type: 'module', name: activityWorkerName }));
  const cores = globalThis.navigator?.hardwareConcurrency ?? 2;
  const options = {
    orchestrations: new Map(functions as [string, Orchestrator][]),
    pool: { spawn, size: app.pool?.size ?? Math.min(cores, 8), concurrency: app.pool?.concurrency ?? 16 },
    post: (message: HostMessage) => scope.postMessage(message),
  };
  let host: Host | undefined;
  scope.onmessage = ({ data }) => {
    if (data.kind === 'open') host ??= new Host(data.taskHub, options);
    else host?.receive(data);
  };
  scope.postMessage({ kind: 'hello' });
}
