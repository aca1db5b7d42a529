/**
 * The activity worker's side of the pool. It holds a lock from its first moment, so that its host can tell when it is
 * dead, and makes sure that one result that cannot be posted does not take the others of its answer with it.
 */
import { type Endpoint, expose, transfer } from 'comlink';
import { PayloadError, toFailure } from '../../src/core/errors';
import type { AnyActivity } from '../../src/core/types/activity';
import { holdForLife } from '../platform';
import { type ActivityWorkerApi, greeting, type Report } from './exchange';
import { ActivityRunner } from './runner';

/** Makes this worker an activity worker: it runs these activities for the {@link WorkerPool} that started it. */
export function exposeActivities(activities: Readonly<Record<string, AnyActivity>>): void {
  const lock = holdForLife('perdure-activities');
  const host = globalThis as unknown as Endpoint;
  let runner: ActivityRunner;
  const api: ActivityWorkerApi = {
    async hello(concurrency) {
      runner = new ActivityRunner(activities, { concurrency, post: (note) => host.postMessage(note) });
      return lock;
    },
    async work(first, tasks) {
      const report = await runner.work(first, tasks);
      const transferables = runner.takeTransferables(report);
      return transferables.length > 0 ? transfer(report, transferables) : report;
    },
    cancel: (numbers, reason) => runner.cancel(numbers, reason),
    kept: (heartbeats) => runner.kept(heartbeats),
  };
  expose(api, mendingEndpoint(host));
  host.postMessage(greeting);
}

/**
 * Comlink would answer with a bare TypeError when an answer cannot be posted, and its results would be lost. Values are
 * checked before, but not all can be seen: an ArrayBuffer that was transferred away looks like any other.
 */
function mendingEndpoint(endpoint: Endpoint): Endpoint {
  return {
    addEventListener: endpoint.addEventListener.bind(endpoint),
    removeEventListener: endpoint.removeEventListener.bind(endpoint),
    postMessage(message: { value?: Report }, transfer?: Transferable[]) {
      try {
        endpoint.postMessage(message, transfer);
      } catch (refused) {
        if (!message.value?.failures) throw refused;
        failUncloneable(message.value);
        // Copied now: one that cannot be moved must not keep the others.
        endpoint.postMessage(message);
      }
    },
  };
}

function failUncloneable({ numbers, values, failures }: Report): void {
  for (const [index, value] of values.entries()) {
    try {
      structuredClone(value);
    } catch (cause) {
      values[index] = undefined;
      failures.set(numbers[index]!, toFailure(new PayloadError('the output cannot be cloned', { cause })));
    }
  }
}
