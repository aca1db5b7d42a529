/** Heartbeats lie in their instance's row: those that somebody may still want, and no others without bound. */
import { createTestHub } from 'perdure/testing';
import { expect, it } from 'vitest';
import type { ActivityContext, OrchestrationContext } from '../../../src';
import { Tail } from '../../../worker/store/tail';

const created = { kind: 'create', id: 'i', execution: 1, createdTime: 0, events: [] } as const;

it('of calls that failed for good do not gather without bound', () => {
  const tail = new Tail();
  const apply = (commit: number, entries: Parameters<Tail['apply']>[0]['entries']) =>
    tail.apply({ commit, epoch: 1, time: 0, counts: [], carry: [], entries });
  apply(1, [{ ...created, events: [{ type: 'ExecutionStarted', name: 'a' }] }]);
  let commit = 2;
  const append = { kind: 'append', id: 'i', execution: 1, index: 0 } as const;
  // One that is open all the while keeps its own.
  apply(commit++, [{ ...append, events: [{ type: 'TaskScheduled', taskId: 0, name: 'open' }] }]);
  apply(commit++, [{ ...append, events: [], fields: { heartbeats: [{ call: 0, taskId: 0, details: 'open' }] } }]);
  for (let taskId = 1; taskId < 500; taskId++) {
    apply(commit++, [{ ...append, events: [{ type: 'TaskScheduled', taskId, name: 'fails' }] }]);
    const heartbeats = [{ call: taskId, taskId, details: taskId }];
    const failed = { type: 'TaskFailed', taskId, failure: { name: 'Error', message: 'no' } } as const;
    apply(commit++, [{ ...append, events: [failed], fields: { heartbeats } }]);
  }
  const { heartbeats = [] } = tail.get('i')?.row ?? {};
  expect(heartbeats.length).toBeLessThan(100);
  expect(heartbeats[0]).toMatchObject({ details: 'open' });
  expect(heartbeats.at(-1)).toMatchObject({ details: 499 });
});

it('of a call that has been given up are refused', async () => {
  const told: string[] = [];
  const activities = {
    async beats(_: undefined, ctx: ActivityContext<number>) {
      await ctx.heartbeat(1);
      await new Promise<void>((resolve) => ctx.signal.addEventListener('abort', () => resolve()));
      await ctx.heartbeat(2).catch((error: Error) => told.push(error.name));
    },
  };
  const orchestrations = {
    async givesUp(ctx: OrchestrationContext<typeof activities>) {
      const task = ctx.callActivity('beats');
      await ctx.waitForExternalEvent('enough');
      task.cancel('enough');
      await ctx.waitForExternalEvent('go');
    },
  };
  const hub = await createTestHub({ orchestrations, activities });
  const id = await hub.client.startNew('givesUp');
  await hub.client.raiseEvent(id, 'enough');
  await hub.settle();
  expect(told).toEqual(['TaskCanceledError']);
  expect(await hub.client.exportInstance(id)).not.toContain('"details"');
  await hub.client.raiseEvent(id, 'go');
  await hub.client.waitForCompletion(id);
  await hub.close();
});
