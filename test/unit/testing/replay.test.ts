/** Recorded histories against today's code. */
import { createTestHub, replay, replayAll, type TestHub } from 'perdure/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NewerSchemaError, NonDeterminismError, UnknownOrchestrationError } from '../../../src';
import { activities, orchestrations } from './orchestrations';

const changed = { ...orchestrations, checkout: orchestrations.approval };

let hub: TestHub<typeof orchestrations, typeof activities>;
beforeEach(async () => {
  hub = await createTestHub({ orchestrations, activities });
});
afterEach(() => hub.close());

/** Where it waits for its timer of three days. */
async function startedCheckout(): Promise<string> {
  const id = await hub.client.startNew('checkout', { input: 5 });
  await hub.settle();
  return id;
}

describe('replaying a recorded instance', () => {
  it('accepts the code that it was recorded with, under way and ended', async () => {
    const id = await startedCheckout();
    await replay(orchestrations, await hub.client.exportInstance(id));
    await hub.client.waitForCompletion(id);
    await replay(orchestrations, await hub.client.exportInstance(id));
  });

  it('takes a status with its history, or a history alone', async () => {
    const id = await startedCheckout();
    await replay(orchestrations, await hub.client.getStatus(id, { showHistory: true }));
    await replay(orchestrations, await hub.client.getHistory(id));
    await expect(replay(changed, await hub.client.getHistory(id))).rejects.toBeInstanceOf(NonDeterminismError);
  });

  it('finds the ids of children that were drawn from the execution, without its number', async () => {
    const nests = {
      ...orchestrations,
      nests: async (ctx: Parameters<typeof orchestrations.waits>[0]) =>
        ctx.all([ctx.callSubOrchestrator(orchestrations.waits), ctx.callSubOrchestrator(orchestrations.waits)]),
    };
    await hub.reload({ orchestrations: nests });
    const id = await (hub as unknown as TestHub<typeof nests, typeof activities>).client.startNew('nests');
    await hub.settle();
    const { execution: _, ...status } = { execution: 0, ...(await hub.client.getStatus(id, { showHistory: true })) };
    await replay(nests, status);
  });

  it('says where the code disagrees', async () => {
    const error = await replay(changed, await hub.client.exportInstance(await startedCheckout())).catch(
      (thrown) => thrown,
    );
    expect(error).toBeInstanceOf(NonDeterminismError);
    expect(error.message).toContain("event 2 records a call of activity 'pay'");
  });

  it('misses what is not registered any more', async () => {
    const recorded = await hub.client.exportInstance(await startedCheckout());
    await expect(replay({ approval: orchestrations.approval }, recorded)).rejects.toBeInstanceOf(
      UnknownOrchestrationError,
    );
  });

  it('runs the version that the instance is of', async () => {
    await hub.reload({ version: '1' });
    const id = await hub.client.startNew('checkout', { input: 5, version: '1' });
    await hub.settle();
    const recorded = await hub.client.exportInstance(id);
    await replay(changed, recorded, { version: '2', versions: { '1': orchestrations } });
    await expect(replay(orchestrations, recorded, { version: '2', versions: { '1': changed } })).rejects.toBeInstanceOf(
      NonDeterminismError,
    );
    await expect(replay(orchestrations, recorded, { version: '2' })).rejects.toBeInstanceOf(UnknownOrchestrationError);
  });

  it('replays the children that it waits for as well', async () => {
    const id = await hub.client.startNew('waitsForChild');
    await hub.settle();
    const recorded = await hub.client.exportInstance(id);
    await replay(orchestrations, recorded);
    // The parent calls it by its identity, so the same code stands under both names.
    const { checkout } = orchestrations;
    await expect(replay({ waitsForChild: orchestrations.waitsForChild, waits: checkout }, recorded)).rejects.toThrow();
  });

  it('refuses what it cannot read', async () => {
    await expect(replay(orchestrations, '{"format":"other"}')).rejects.toMatchObject({ code: 'InvalidExport' });
    await expect(replay(orchestrations, [])).rejects.toThrow('has no start');
    const history = [...(await hub.client.getHistory(await startedCheckout()))];
    history.splice(1, 0, { type: 'FromTheFuture' } as never);
    await expect(replay(orchestrations, history)).rejects.toBeInstanceOf(NewerSchemaError);
  });
});

it('lists what a build would break', async () => {
  const broken = await startedCheckout();
  const fine = await hub.client.startNew('waitsForChild', { instanceId: 'parent' });
  await hub.settle();
  const exports = [await hub.client.exportInstance(broken), 'nonsense', await hub.client.exportInstance(fine)];
  expect(await replayAll(changed, exports)).toEqual([
    { index: 0, instanceId: broken, name: 'checkout', ok: false, error: expect.any(NonDeterminismError) },
    { index: 1, ok: false, error: expect.objectContaining({ code: 'InvalidExport' }) },
    { index: 2, instanceId: 'parent', name: 'waitsForChild', ok: true },
    { index: 2, instanceId: 'the child', name: 'waits', ok: true },
  ]);
});
