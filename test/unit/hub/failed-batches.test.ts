/** A batch that failed has never been: its messages wait again, and only who is to blame for the failure feels it. */
import { describe, expect, it } from 'vitest';
import { StorageError, type TaskFailedError } from '../../../src/core';
import type { StoreOperation } from '../../../worker/store/memory';
import { SimulatedClient } from '../../support/simulated-client';
import type { Context } from '../../support/styles';

/** Looks like something that every browser can store, and is refused by this one. */
class FileSystemFileHandle {
  readonly refuse = () => {};
  get [Symbol.toStringTag]() {
    return 'FileSystemFileHandle';
  }
}

const settled = (promises: Promise<unknown>[]) =>
  Promise.all(
    promises.map((promise) =>
      promise.then(
        () => 'done',
        (error: Error) => error.name,
      ),
    ),
  );

describe('a storage in which no commit succeeds', () => {
  async function open() {
    let works = true;
    let tries = 0;
    const client = await SimulatedClient.open({
      orchestrations: {
        timer: async (ctx: Context) => ctx.createTimer('10m'),
        waits: async (ctx: Context) => await ctx.waitForExternalEvent('go'),
      },
      faults: (operation) => {
        if (operation !== 'commit' || works) return 'ok';
        tries++;
        return 'fail-before';
      },
    });
    const fail = (doesFail: boolean) => {
      works = !doesFail;
    };
    return { client, fail, tries: () => tries };
  }

  it('refuses who waits after three tries, and is told of once', async () => {
    const { client, fail, tries } = await open();
    await client.startNew('waits', { instanceId: 'i' });
    fail(true);
    const commands = [client.startNew('waits', { instanceId: 'j' }), client.raiseEvent('i', 'go')];
    expect(await client.sim.within(settled(commands))).toEqual(['StorageError', 'StorageError']);
    expect(tries()).toBe(3);
    expect(client.sim.troubles).toEqual([expect.any(StorageError)]);

    fail(false);
    await client.raiseEvent('i', 'go', 'again');
    expect((await client.end('i')).output).toBe('again');
    expect(client.sim.troubles).toEqual([expect.any(StorageError), undefined]);
    await expect(client.getStatus('j')).rejects.toThrow("there is no instance 'j'");
  });

  it('delays what nobody waits for until it works again', async () => {
    const { client, fail, tries } = await open();
    await client.startNew('timer', { instanceId: 'i' });
    fail(true);
    await client.sim.until(() => (tries() > 20 ? true : undefined));
    expect((await client.getStatus('i')).runtimeStatus).toBe('Running');
    fail(false);
    expect((await client.end('i')).runtimeStatus).toBe('Completed');
    expect(client.sim.troubles).toEqual([expect.any(StorageError), undefined]);
  });
});

describe('a value that the storage refuses', () => {
  const child = async (ctx: Context, fresh: boolean) => {
    if (!fresh) return ctx.continueAsNew(true);
    return new FileSystemFileHandle();
  };
  const failureOf = async (task: PromiseLike<unknown>) => {
    try {
      return await task;
    } catch (error) {
      const { name, cause } = error as TaskFailedError;
      return [name, (cause as Error).name];
    }
  };
  const open = (faults?: (operation: StoreOperation) => 'ok' | 'fail-before') =>
    SimulatedClient.open({
      orchestrations: {
        child,
        activity: async (ctx: Context, input: unknown) => failureOf(ctx.callActivity('pick', input)),
        parent: async (ctx: Context, isSecond: boolean) => failureOf(ctx.callSubOrchestrator(child, isSecond)),
        waits: async (ctx: Context) => {
          const got: unknown[] = [];
          while (got.length < 3) got.push(await ctx.waitForExternalEvent('go'));
          return got;
        },
        user: async (ctx: Context) => failureOf(ctx.callSubOrchestrator(child, false, { instanceId: 'in use' })),
      },
      activities: { pick: () => new Promise(() => {}) },
      ...(faults && { faults }),
    });

  it('fails only the command that brings it', async () => {
    const client = await open();
    await client.startNew('waits', { instanceId: 'i' });
    const commands = [
      client.raiseEvent('i', 'go', 1),
      client.raiseEvent('i', 'go', new FileSystemFileHandle()),
      client.startNew('waits', { instanceId: 'j', input: new FileSystemFileHandle() }),
      client.raiseEvent('i', 'go', 2),
      client.startNew('waits', { instanceId: 'k' }),
    ];
    expect(await client.sim.within(settled(commands))).toEqual([
      'done',
      'PayloadError',
      'PayloadError',
      'done',
      'done',
    ]);
    await client.raiseEvent('i', 'go', 3);
    expect((await client.end('i')).output).toEqual([1, 2, 3]);
    expect((await client.getStatus('k')).runtimeStatus).toBe('Running');
    await expect(client.getStatus('j')).rejects.toThrow("there is no instance 'j'");
  });

  it('fails only the task whose result it is', async () => {
    const client = await open();
    const ids = ['i', 'j', 'k'];
    for (const instanceId of ids) await client.startNew('activity', { instanceId });
    const keys = ids.map((id) => `${client.sim.hub?.tail?.get(id)?.row.execution}:0`);
    client.sim.hub?.finish(
      keys.map((key, i) => ({ key, ok: true, value: i === 1 ? { picked: [new FileSystemFileHandle()] } : i })),
    );
    const outputs = [];
    for (const id of ids) outputs.push((await client.end(id)).output);
    expect(outputs).toEqual([0, ['TaskFailedError', 'PayloadError'], 2]);
  });

  it.each([
    ['the first execution', true],
    ['a later one', false],
  ])('fails only the child whose output it is, of %s', async (_, isFirst) => {
    const client = await open();
    const commands = [
      client.startNew('parent', { instanceId: 'i', input: isFirst }),
      client.startNew('waits', { instanceId: 'j' }),
    ];
    expect(await client.sim.within(settled(commands))).toEqual(['done', 'done']);
    expect((await client.end('i')).output).toEqual(['TaskFailedError', 'PayloadError']);
    // Nothing is left that runs.
    expect((await client.list({ name: 'child' })).map(({ runtimeStatus }) => runtimeStatus)).toEqual(
      isFirst ? [] : ['Failed'],
    );
    for (const n of [1, 2, 3]) await client.raiseEvent('j', 'go', n);
    expect((await client.end('j')).output).toEqual([1, 2, 3]);
  });

  it('loses no message of a batch that wrote nothing, though every commit fails at first', async () => {
    let commits = 0;
    const client = await open((operation) => (operation === 'commit' && commits++ % 2 === 1 ? 'fail-before' : 'ok'));
    for (const id of ['in use', 'waits']) await client.sim.within(client.startNew('waits', { instanceId: id }));
    // They go one by one, since one of them is refused. The child's start is refused in a batch that writes nothing else.
    const commands = [
      client.startNew('user', { instanceId: 'i' }),
      ...[1, 2, 3].map((n) => client.raiseEvent('waits', 'go', n)),
      client.raiseEvent('waits', 'other'),
      client.startNew('waits', { instanceId: 'refused', input: new FileSystemFileHandle() }),
    ];
    expect(await client.sim.within(settled(commands))).toEqual([
      'done',
      'done',
      'done',
      'done',
      'done',
      'PayloadError',
    ]);
    expect((await client.end('i')).output).toEqual(['TaskFailedError', 'InstanceExistsError']);
    expect((await client.end('waits')).output).toEqual([1, 2, 3]);
  });
});

it('a start that waits for a shorter log is told when the storage fails', async () => {
  const client = await SimulatedClient.open({
    orchestrations: { waits: async (ctx: Context) => ctx.waitForExternalEvent('go') },
  });
  const { sim } = client;
  sim.options.faults = (operation) => (operation === 'save' || operation === 'truncate' ? 'fail-before' : 'ok');
  const input = Array.from({ length: 30 }, () => 'x'.repeat(1_000));
  let answers = 0;
  const most = 640;
  for (let i = 0; i < most; i++) {
    const answer = () => answers++;
    client.startNew('waits', { instanceId: `i${i}`, input }).then(answer, answer);
    if (i % 16 === 0) await sim.quiet(3);
  }
  await sim.until(() => (answers === most ? true : undefined));
}, 60_000);
