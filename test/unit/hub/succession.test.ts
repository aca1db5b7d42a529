/** At any time one hub owns the database. Another that thinks it does can write nothing, and tells its callers so. */
import { describe, expect, it } from 'vitest';
import { HubUnavailableError, OutcomeUnknownError } from '../../../src/core';
import { FencedError } from '../../../worker/store/store';
import { SimulatedClient } from '../../support/simulated-client';
import type { Context } from '../../support/styles';

async function open() {
  const runs: string[] = [];
  const client = await SimulatedClient.open({
    orchestrations: {
      flow: async (ctx: Context) => {
        // Sooner than a hub is idle.
        await ctx.createTimer(100);
        return ctx.callActivity('work');
      },
      event: async (ctx: Context) => await ctx.waitForExternalEvent('go'),
    },
    activities: {
      work: (_: never, { idempotencyKey }) => {
        runs.push(idempotencyKey);
        return 'done';
      },
    },
  });
  return { client, runs };
}

const epochs = ({ sim }: SimulatedClient, above = 0) =>
  [...sim.database.log.values()].filter(({ commit }) => commit > above).map(({ epoch }) => epoch);

describe('a hub that was given up and does not know it', () => {
  it('can write nothing beside its successor', async () => {
    const { client, runs } = await open();
    await client.startNew('flow', { instanceId: 'i' });
    const former = client.sim.hub;
    const store = client.sim.store!;
    const commit = store.commit.bind(store);
    const commits: Promise<unknown>[] = [];
    store.commit = (written) => {
      const committed = commit(written);
      commits.push(committed.catch((error: Error) => error.name));
      return committed;
    };
    const before = client.sim.hub?.tail?.newest ?? 0;
    await client.sim.open();
    await client.startNew('event', { instanceId: 'of the successor' });

    // Both watch the timer.
    expect((await client.end('i')).output).toBe('done');
    expect(runs).toHaveLength(1);
    expect(await Promise.all(commits)).toEqual(['FencedError']);
    expect(new Set(epochs(client, before))).toEqual(new Set([2]));
    expect(former?.tail).toBeUndefined();
    expect(client.sim.hub?.tail).toBeDefined();
  });

  it('refuses its callers', async () => {
    const { client } = await open();
    const former = client.sim.hub;
    await client.sim.open();
    const successor = client.sim.hub;
    client.sim.hub = former;
    await expect(client.startNew('event', { instanceId: 'i' })).rejects.toThrow(FencedError);
    await expect(client.startNew('event', { instanceId: 'i' })).rejects.toThrow(FencedError);
    client.sim.hub = successor;
    await client.startNew('event', { instanceId: 'i' });
    expect(epochs(client)).toEqual([2]);
  });
});

describe('a hub that is stopped', () => {
  it('commits nothing of the batch that it is at', async () => {
    let onTurn = () => {};
    const client = await SimulatedClient.open({
      orchestrations: {
        flow: async (ctx: Context) => {
          await ctx.waitForExternalEvent('go');
          onTurn();
          return ctx.waitForExternalEvent('again');
        },
      },
    });
    await client.startNew('flow', { instanceId: 'i' });
    onTurn = () => client.sim.hub?.stop();
    await expect(client.raiseEvent('i', 'go')).rejects.toThrow(HubUnavailableError);
    await client.sim.quiet();
    expect(client.sim.database.log.size).toBe(1);

    await client.sim.open();
    onTurn = () => {};
    await client.raiseEvent('i', 'go');
    await client.raiseEvent('i', 'again', 'on');
    expect((await client.end('i')).output).toBe('on');
  });
});

describe('a commit whose answer was lost when another hub took over', () => {
  /** A start is committed, its hub does not hear of it, and cannot look before `look` is called. */
  async function loseAnswer() {
    const { client } = await open();
    const { sim } = client;
    const store = sim.store!;
    const read = store.read.bind(store);
    let look = () => {};
    const mayLook = new Promise<void>((resolve) => {
      look = resolve;
    });
    store.read = async (request) => {
      if (request.logAbove !== undefined) await mayLook;
      return read(request);
    };
    sim.options.faults = (operation) => (operation === 'commit' ? 'fail-after' : 'ok');
    const outcome = client.startNew('event', { instanceId: 'i' }).then(
      (id) => id,
      (error: unknown) => error,
    );
    await sim.quiet();
    sim.options.faults = () => 'ok';
    await sim.open();
    return { client, look, outcome };
  }

  it('counts as long as its record is in the log', async () => {
    const { client, look, outcome } = await loseAnswer();
    look();
    expect(await outcome).toBe('i');
    await client.raiseEvent('i', 'go', 1);
    expect((await client.end('i')).output).toBe(1);
  });

  it('is not known once the log was taken up', async () => {
    const { client, look, outcome } = await loseAnswer();
    await client.startNew('event', { instanceId: 'j' });
    await client.sim.until(() => (client.sim.database.log.has(1) ? undefined : true));
    look();
    expect(await outcome).toBeInstanceOf(OutcomeUnknownError);
    expect(await outcome).toMatchObject({ message: expect.stringContaining('is not known') });
    await client.raiseEvent('i', 'go', 1);
    expect((await client.end('i')).output).toBe(1);
  });
});
