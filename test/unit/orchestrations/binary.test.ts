/** Binary and large values lie apart from the history, and a replay takes them for the same. */
import { describe, expect, it } from 'vitest';
import { SimulatedClient } from '../../support/simulated-client';
import { type StepsOf, styles } from '../../support/styles';

const activities = {
  text: (blob: Blob) => blob.text(),
  upper: async (blob: Blob) => new Blob([(await blob.text()).toUpperCase()], { type: blob.type }),
  sum: (bytes: Uint8Array) => bytes.reduce((sum, byte) => sum + byte, 0),
  length: (text: string) => text.length,
};

describe.each(styles)('binary and large values, in %s', (_, write) => {
  const steps: StepsOf<{ file: Blob; bytes: Uint8Array; text: string }> = function* (ctx, { file, bytes, text }) {
    const results: unknown[] = [
      yield* ctx.callActivity('text', file),
      yield* ctx.callActivity('sum', bytes),
      yield* ctx.callActivity('length', text),
    ];
    yield* ctx.waitForExternalEvent('next');
    const upper = (yield* ctx.callActivity('upper', file)) as Blob;
    yield* ctx.waitForExternalEvent('next');
    results.push(yield* ctx.callActivity('text', upper), yield* ctx.callActivity('text', file));
    const late = (yield* ctx.waitForExternalEvent('late')) as Blob;
    return { results, late, made: new Uint8Array([1, 2, 3]), again: yield* ctx.callActivity('text', late) };
  };
  const input = {
    file: new Blob(['hello'], { type: 'text/plain' }),
    bytes: new Uint8Array(50_000).fill(1),
    text: 'x'.repeat(50_000),
  };
  const open = async () => {
    const client = await SimulatedClient.open({ orchestrations: { flow: write(steps) }, activities });
    await client.startNew('flow', { instanceId: 'i', input });
    return client;
  };
  const waitsForEvent = (client: SimulatedClient) => client.until('i', ({ waitsFor }) => waitsFor[0]?.kind === 'event');

  it('go on after every restart, checkpointed or not', async () => {
    const client = await open();
    for (const [round, name] of ['next', 'next', 'late'].entries()) {
      await waitsForEvent(client);
      if (round === 1) await client.checkpoint();
      await client.restart();
      await client.raiseEvent('i', name, new Blob([`late ${round}`]));
    }
    const { output, input: shown } = await client.end('i');
    const { results, late, made, again } = output as { results: unknown[]; late: Blob; made: unknown; again: unknown };
    expect(results).toEqual(['hello', 50_000, 50_000, 'HELLO', 'hello']);
    expect([await late.text(), made, again]).toEqual(['late 2', new Uint8Array([1, 2, 3]), 'late 2']);
    expect(await (shown as typeof input).file.text()).toBe('hello');
    expect((shown as typeof input).text).toBe(input.text);
  });

  it('are compared by what they came from: another one is found out', async () => {
    const client = await open();
    await waitsForEvent(client);
    await client.restart({
      flow: write(function* (ctx, { text }: typeof input) {
        yield* ctx.callActivity('text', new Blob([text]));
      }),
    });
    await client.raiseEvent('i', 'next');
    expect((await client.parked('i')).parked?.reason).toContain("event 2 records a call of activity 'text'");
  });

  it('leave nothing behind when their instance is purged', async () => {
    const client = await open();
    await waitsForEvent(client);
    await client.terminate('i');
    await client.purge('i');
    await client.checkpoint();
    expect(client.sim.database.payloads.size).toBe(0);
    expect(client.sim.database.staged.size).toBe(0);
  });
});
