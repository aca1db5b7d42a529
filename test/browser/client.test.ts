import { connect, InstanceFailedError } from 'perdure';
import { describe, expect, it } from 'vitest';
import type * as orchestrations from './fixtures/orchestrations';

let hubs = 0;
const openHub = (taskHub = `client-${hubs++}-${crypto.randomUUID()}`) =>
  connect<typeof orchestrations>({
    taskHub,
    worker: () => new Worker(new URL('./fixtures/app.worker.ts', import.meta.url), { type: 'module' }),
  });

describe('client, with a real worker and IndexedDB', () => {
  it('runs a chain in both styles', async () => {
    const client = openHub();
    const ids = [await client.startNew('chain', { input: 10 }), await client.startNew('chainOfSteps', { input: 10 })];
    for (const id of ids) expect((await client.waitForCompletion(id)).output).toBe(10);
    await client.close();
  });

  it('fans out and in, and nests', async () => {
    const client = openHub();
    const fan = await client.startNew('fanOut', { input: 200 });
    const parent = await client.startNew('parentOf', { input: 3 });
    expect((await client.waitForCompletion(fan)).output).toBe((200 * 201) / 2);
    expect((await client.waitForCompletion(parent)).output).toBe(6);
    await client.close();
  });

  it('carries a File through input, activity and status', async () => {
    const client = openHub();
    const id = await client.startNew('describeFile', { input: new File(['hello'], 'a.txt', { type: 'text/plain' }) });
    expect((await client.waitForCompletion(id)).output).toEqual({ name: 'a.txt', text: 'hello' });
    const { input } = await client.getStatus(id);
    expect(await (input as File).text()).toBe('hello');
    await client.close();
  });

  it('rejects with what the activity threw: name, message, code and cause', async () => {
    const client = openHub();
    const id = await client.startNew('fails', { input: 'oh no' });
    const error = await client.waitForCompletion(id).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(InstanceFailedError);
    expect((error as InstanceFailedError).failure).toMatchObject({
      code: 'TaskFailed',
      cause: { name: 'RangeError', message: 'oh no', code: 'E_TEST', cause: { name: 'TypeError' } },
    });
    await client.close();
  });

  it('raises events, and cancels the deadline', async () => {
    const client = openHub();
    const id = await client.startNew('approval');
    await client.raiseEvent(id, 'decision', true);
    expect((await client.waitForCompletion(id)).output).toBe('approved');
    expect((await client.getStatus(id)).waitsFor).toEqual([]);
    await client.close();
  });
});
