/** The testing kit in a browser: the same as in Node, and what only a browser has. */
import { checkDeterminism, createTestHub, replay } from 'perdure/testing';
import { describe, expect, it } from 'vitest';
import type { OrchestrationContext } from '../../src';
import { isolationContract } from '../contract/isolation';
import { activities, orchestrations } from '../unit/testing/orchestrations';

isolationContract(() => {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
});

describe('a test hub in a page', () => {
  it('lets days pass at once, over reloads', async () => {
    const hub = await createTestHub({ orchestrations, activities });
    const id = await hub.client.startNew('checkout', { input: 5 });
    await hub.advance('1d');
    await hub.reload();
    expect((await hub.client.waitForCompletion(id)).output).toBe('paid, shipped to Ada');
    await replay(orchestrations, await hub.client.exportInstance(id));
    await hub.close();
  });

  it('checks determinism', async () => {
    expect(await checkDeterminism(orchestrations.checkout, { input: 5, activities, runs: 5 })).toHaveLength(5);
    const stray = async () => fetch('/').then(() => {});
    await expect(checkDeterminism(stray, { runs: 1 })).rejects.toMatchObject({ code: 'NonDeterminism' });
  });

  it('carries files, and lets activities use whatever a page has', async () => {
    const kit = {
      read: async (file: File) => ({ name: file.name, text: await (await fetch(URL.createObjectURL(file))).text() }),
    };
    const reads = async (ctx: OrchestrationContext<typeof kit>, file: File) => ctx.callActivity('read', file);
    const hub = await createTestHub({ orchestrations: { reads }, activities: kit });
    const id = await hub.client.startNew('reads', { input: new File(['héllo'], 'hello.txt') });
    await hub.reload();
    expect((await hub.client.waitForCompletion(id)).output).toEqual({ name: 'hello.txt', text: 'héllo' });
    await hub.close();
  });
});
