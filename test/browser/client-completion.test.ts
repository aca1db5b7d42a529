import { InstanceNotFoundError, TimeoutError } from 'perdure';
import { afterAll, describe, expect, it } from 'vitest';
import { openClient, rejectionOf } from './fixtures/hubs';

describe('waitForCompletion', () => {
  const client = openClient();
  afterAll(() => client.close());

  it('gives the status of an instance that ends, or has ended, to all who wait', async () => {
    const id = await client.startNew('chain', { input: 3 });
    const waits = await Promise.all([client.waitForCompletion(id), client.waitForCompletion(id)]);
    const late = await client.waitForCompletion(id);
    for (const status of [...waits, late]) expect(status).toMatchObject({ runtimeStatus: 'Completed', output: 3 });
  });

  it('rejects with a TimeoutError when the time is over, and the instance goes on', async () => {
    const id = await client.startNew('collects', { input: [] });
    const error = await rejectionOf(client.waitForCompletion(id, { timeout: '20ms' }));
    expect(error).toBeInstanceOf(TimeoutError);
    expect(error).toMatchObject({ code: 'Timeout', message: `instance '${id}' did not end within 20ms` });
    const again = client.waitForCompletion(id, { timeout: '1m' });
    await client.raiseEvent(id, 'addname', 'done');
    expect((await again).output).toEqual([]);
  });

  it('takes a timeout longer than a timer of the browser can be', async () => {
    const id = await client.startNew('sleeps', { input: 50 });
    expect((await client.waitForCompletion(id, { timeout: '60d' })).runtimeStatus).toBe('Completed');
  });

  it('refuses a timeout that is none', async () => {
    const error = await rejectionOf(client.waitForCompletion('i', { timeout: 'soon' as '1s' }));
    expect(error).toMatchObject({ name: 'TypeError', message: expect.stringContaining('is no duration') });
  });

  it("rejects with the signal's reason when it aborts, and the instance goes on", async () => {
    const id = await client.startNew('collects', { input: [] });
    const controller = new AbortController();
    const waiting = rejectionOf(client.waitForCompletion(id, { signal: controller.signal }));
    const other = client.waitForCompletion(id);
    controller.abort(new RangeError('changed my mind'));
    expect(await waiting).toMatchObject({ name: 'RangeError', message: 'changed my mind' });
    expect(await rejectionOf(client.waitForCompletion(id, { signal: controller.signal }))).toMatchObject({
      message: 'changed my mind',
    });
    await client.raiseEvent(id, 'addname', 'done');
    expect((await other).runtimeStatus).toBe('Completed');
  });

  it('is not troubled by a signal that aborts afterwards', async () => {
    const controller = new AbortController();
    const id = await client.startNew('chain', { input: 1 });
    expect((await client.waitForCompletion(id, { signal: controller.signal, timeout: '1m' })).output).toBe(1);
    controller.abort();
    expect((await client.waitForCompletion(id)).output).toBe(1);
  });

  it('rejects at once if there is no such instance', async () => {
    expect(await rejectionOf(client.waitForCompletion('nobody'))).toBeInstanceOf(InstanceNotFoundError);
  });
});
