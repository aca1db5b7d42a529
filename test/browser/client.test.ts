import { connect } from 'perdure';
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

  it('carries a File through input, activity and status', async () => {
    const client = openHub();
    const id = await client.startNew('describeFile', { input: new File(['hello'], 'a.txt', { type: 'text/plain' }) });
    expect((await client.waitForCompletion(id)).output).toEqual({ name: 'a.txt', text: 'hello' });
    const { input } = await client.getStatus(id);
    expect(await (input as File).text()).toBe('hello');
    await client.close();
  });
});
