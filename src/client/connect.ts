/**
 * One living client per task hub and page. Hot reload runs the module that connects a second time, and StrictMode
 * mounts everything twice; a second client would only wait for the first one's hub.
 */
import { checkName } from '../core/names';
import { Client } from './client';
import type { ConnectOptions, DurableClient } from './types';

interface Living {
  client: Client;
  /** Set while a closed client lingers. */
  closing?: { timer: ReturnType<typeof setTimeout>; promise: Promise<void>; finish: () => void };
}

/** A closed client lingers so long, in milliseconds: hot reload closes and connects again. */
const lingerMs = 1_000;

/** On the global object, since hot reload also makes a new copy of this module. */
function livingClients(): Map<string, Living> {
  const key = Symbol.for('perdure');
  const scope = globalThis as { [key]?: Map<string, Living> };
  scope[key] ??= new Map();
  return scope[key];
}

/**
 * Connects this page to a task hub, and starts the worker that runs it. Returns at once: calls wait until the hub is
 * ready. Called again for the same hub, it hands the same client back.
 *
 * @example
 * import { connect } from 'perdure';
 * import type * as orchestrations from './orchestrations';
 *
 * const client = connect<typeof orchestrations>({
 *   taskHub: 'shop',
 *   worker: () => new Worker(new URL('./durable.worker.ts', import.meta.url), { type: 'module' }),
 * });
 * const id = await client.startNew('checkout', { input: cart });
 * const { output } = await client.waitForCompletion(id);
 *
 * @throws InvalidNameError when the hub's name is empty or too long
 */
export function connect<M>({
  taskHub = 'default',
  worker,
  persistentStorage = false,
}: ConnectOptions): DurableClient<M> {
  checkName(taskHub, 'a task hub name');
  // Whoever is refused goes on without; the view of the hub tells.
  if (persistentStorage) globalThis.navigator?.storage?.persist?.().catch(() => {});
  const clients = livingClients();
  let living = clients.get(taskHub);
  if (living?.closing) {
    clearTimeout(living.closing.timer);
    living.closing.finish();
    delete living.closing;
  }
  living ??= { client: new Client({ taskHub, worker }, () => closeLater(taskHub)) };
  clients.set(taskHub, living);
  // What the class takes and gives loosely, the interface types by the app's own functions.
  return living.client as unknown as DurableClient<M>;
}

function closeLater(taskHub: string): Promise<void> {
  const clients = livingClients();
  const living = clients.get(taskHub);
  if (!living) return Promise.resolve();
  if (living.closing) return living.closing.promise;
  let finish = () => {};
  const promise = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const timer = setTimeout(() => {
    clients.delete(taskHub);
    void living.client.end().then(finish);
  }, lingerMs);
  living.closing = { timer, promise, finish };
  return promise;
}
