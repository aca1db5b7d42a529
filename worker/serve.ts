/**
 * What an app's worker file calls. One file serves both roles: the page starts it as the host, which runs the task hub;
 * the host starts the same file again, under another name, for the activities.
 */
import { type AnyActivity, sha1 } from '../src/core';
import type { HostMessage, PageMessage } from '../src/protocol';
import { browserEnvironment } from './browser-environment';
import { Coding } from './codec';
import { installGuards } from './determinism';
import { Host, Registry } from './hub';
import { limitsOf, poolOptions } from './limits';
import { holdForLife } from './platform';
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
  // Taken before it is guarded: within a turn, an orchestrator must not post, but the host must.
  const post = scope.postMessage.bind(scope);
  installGuards();
  const spawn =
    app.activityWorker ?? (() => new Worker(scope.location.href, { type: 'module', name: activityWorkerName }));
  const cores = globalThis.navigator?.hardwareConcurrency ?? 2;
  const pool = {
    spawn,
    ...poolOptions(app.pool ?? {}, cores),
    limits: limitsOf(app.limits ?? {}, (app.activities ?? {}) as Readonly<Record<string, unknown>>),
  };
  const options = {
    orchestrations: new Registry(app),
    build: app.build ?? `${scope.location.href} ${fingerprint(app)}`,
    coding: new Coding(app.codec),
    ...(app.retention && { retention: app.retention }),
    post,
  };
  let host: Promise<Host> | undefined;
  scope.onmessage = ({ data }) => {
    // Whatever else it waits for, it is well.
    if (data.kind === 'ping') post({ kind: 'pong' });
    else if (data.kind === 'open') {
      host ??= browserEnvironment(data.taskHub, app.durability ?? 'relaxed', pool).then(
        (environment) => new Host(data, { ...options, environment }),
      );
    } else {
      void host?.then((opened) => opened.receive(data));
    }
  };
  void holdForLife('perdure-host').then((lock) => post({ kind: 'hello', ...(lock !== undefined && { lock }) }));
}

/** Tells one build from the next: the text of all orchestrators. */
function fingerprint({ orchestrations, versions = {} }: ServeOptions<object, object>): string {
  const modules = [orchestrations, ...Object.values(versions)];
  const text = modules.flatMap((module) => Object.entries(module).map(([name, each]) => `${name} ${each}`)).join('\n');
  return Array.from(sha1(new TextEncoder().encode(text)).subarray(0, 8), (byte) => byte.toString(36)).join('');
}
