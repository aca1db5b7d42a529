/** The Durable Task SDK on the backend in memory of its testing kit: the only one that needs no server. */
import './node/set-immediate';
import { whenAll } from '@microsoft/durabletask-js/dist/task';
import type { OrchestrationContext } from '@microsoft/durabletask-js/dist/task/context/orchestration-context';
import {
  InMemoryOrchestrationBackend,
  TestOrchestrationClient,
  TestOrchestrationWorker,
} from '@microsoft/durabletask-js/dist/testing';
import { noop } from '../activities';
import type { Shape } from '../loads';
import type { Side } from '../sides';
import { range, sideOf } from './rival';

async function* load(ctx: OrchestrationContext, { steps, width }: Shape): AsyncGenerator<unknown, number, number[]> {
  let done = 0;
  for (let step = 0; step < steps; step++) {
    const results = yield whenAll(range(width).map((i) => ctx.callActivity('noop', i)));
    done += results.length;
  }
  return done;
}

export function open(): Side {
  const backend = new InMemoryOrchestrationBackend();
  const client = new TestOrchestrationClient(backend);
  const worker = new TestOrchestrationWorker(backend);
  worker.addNamedOrchestrator('load', load);
  worker.addNamedActivity('noop', (_ctx, i: number) => noop(i));

  // The worker takes no logger of one's own, and tells each event.
  const { debug, info } = console;
  Object.assign(console, { debug: () => {}, info: () => {} });
  return sideOf({
    ready: worker.start(),
    async runOne(id, shape) {
      await client.scheduleNewOrchestration('load', shape, id);
      const state = await client.waitForOrchestrationCompletion(id, true, 60);
      state?.raiseIfFailed();
      return Number(state?.serializedOutput);
    },
    async close() {
      await worker.stop();
      Object.assign(console, { debug, info });
    },
  });
}
