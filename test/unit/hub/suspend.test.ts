/** What comes for an instance that is suspended is kept in its history, and played in order when it is resumed. */
import { describe, expect, it } from 'vitest';
import { InstanceNotRunningError } from '../../../src/core';
import { SimulatedClient } from '../../support/simulated-client';
import { type StepsOf, styles } from '../../support/styles';

const collect: StepsOf = function* (ctx) {
  const names: unknown[] = [];
  while (names.length < 3) names.push(yield* ctx.waitForExternalEvent('name'));
  yield* ctx.createTimer('1h');
  return names;
};

describe.each(styles)('an instance that is suspended, %s,', (_, write) => {
  async function open() {
    const client = await SimulatedClient.open({ orchestrations: { collect: write(collect) } });
    await client.startNew('collect', { instanceId: 'i' });
    await client.raiseEvent('i', 'name', 'a');
    await client.suspend('i', 'stocktaking');
    return client;
  }

  it('says so, and is counted so', async () => {
    const client = await open();
    expect(await client.getStatus('i')).toMatchObject({
      runtimeStatus: 'Suspended',
      suspended: { reason: 'stocktaking' },
    });
    expect(await client.count({ runtimeStatus: ['Suspended'] })).toBe(1);
    expect(await client.count({ runtimeStatus: ['Running'] })).toBe(0);
    await client.resume('i');
    expect(await client.count({ runtimeStatus: ['Suspended'] })).toBe(0);
    expect(await client.count({ runtimeStatus: ['Running'] })).toBe(1);
  });

  it.each(['at once', 'after a restart', 'after a checkpoint and a restart'])(
    'goes on where it was, %s',
    async (when) => {
      const client = await open();
      await client.raiseEvent('i', 'name', 'b');
      await client.raiseEvent('i', 'name', 'c');
      if (when.includes('checkpoint')) await client.checkpoint();
      if (when.includes('restart')) await client.restart();
      expect(await client.getStatus('i')).toMatchObject({ runtimeStatus: 'Suspended' });
      await client.resume('i');
      expect((await client.end('i')).output).toEqual(['a', 'b', 'c']);
    },
  );

  it('keeps what comes in the same batch as the order to suspend, and plays what comes with that to resume', async () => {
    const client = await open();
    await Promise.all([
      client.raiseEvent('i', 'name', 'b'),
      client.resume('i'),
      client.suspend('i'),
      client.raiseEvent('i', 'name', 'c'),
      client.resume('i'),
    ]);
    expect((await client.end('i')).output).toEqual(['a', 'b', 'c']);
  });

  it('fires no timer before it is resumed, and then at once', async () => {
    const client = await SimulatedClient.open({ orchestrations: { collect: write(collect) } });
    await client.startNew('collect', { instanceId: 'i' });
    for (const name of ['a', 'b', 'c']) await client.raiseEvent('i', 'name', name);
    await client.suspend('i');
    client.sim.clock.pass(7_200_000);
    await client.sim.quiet();
    expect(await client.getStatus('i')).toMatchObject({ runtimeStatus: 'Suspended' });
    await client.resume('i');
    const { lastUpdatedTime, createdTime, runtimeStatus } = await client.until(
      'i',
      (each) => each.output !== undefined,
    );
    expect(runtimeStatus).toBe('Completed');
    expect(lastUpdatedTime.getTime() - createdTime.getTime()).toBe(7_200_000);
  });

  it('can be suspended twice and resumed twice to no further effect', async () => {
    const client = await open();
    await client.suspend('i', 'again');
    expect(await client.getStatus('i')).toMatchObject({ suspended: { reason: 'stocktaking' } });
    await client.resume('i');
    await client.resume('i');
    expect(await client.historyTypes('i')).toEqual([
      'OrchestratorStarted',
      'ExecutionStarted',
      'OrchestratorCompleted',
      'OrchestratorStarted',
      'EventRaised',
      'OrchestratorCompleted',
      'ExecutionSuspended',
      'ExecutionResumed',
    ]);
  });

  it('can be terminated', async () => {
    const client = await open();
    await client.terminate('i', 'enough');
    const status = await client.getStatus('i');
    expect(status).toMatchObject({ runtimeStatus: 'Terminated', reason: 'enough' });
    expect(status).not.toHaveProperty('suspended');
    expect(await client.count({ runtimeStatus: ['Suspended'] })).toBe(0);
    await expect(client.suspend('i')).rejects.toThrow(InstanceNotRunningError);
    await expect(client.resume('i')).rejects.toThrow(InstanceNotRunningError);
  });
});
