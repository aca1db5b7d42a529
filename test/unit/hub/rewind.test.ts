/** A failed instance goes on from where it failed: what succeeded is not run again, and nothing that came is lost. */
import { describe, expect, it } from 'vitest';
import type { OrchestrationScope } from '../../../src';
import { InstanceNotFailedError, InstanceNotFoundError } from '../../../src/core';
import { SimulatedClient } from '../../support/simulated-client';
import { type Context, type StepsOf, styles } from '../../support/styles';

/** Activities that fail as long as they are told to, and what ran. */
function workshop() {
  const broken = new Set<string>();
  const ran: string[] = [];
  const keys = new Map<string, Set<string>>();
  const activities = {
    work(name: string, { idempotencyKey }: { idempotencyKey: string }) {
      ran.push(name);
      keys.set(name, (keys.get(name) ?? new Set()).add(idempotencyKey));
      if (broken.has(name)) throw new Error(`${name} is broken`);
      return name;
    },
  };
  return { broken, ran, keys, activities };
}

describe.each(styles)('a failed instance, %s, that is rewound', (_, write) => {
  const chain: StepsOf = function* (ctx) {
    const results: unknown[] = [];
    for (const name of ['a', 'b', 'c']) results.push(yield* ctx.callActivity('work', name));
    return results;
  };

  it.each(['at once', 'after a restart', 'after a checkpoint and a restart'])(
    'runs again what failed, and what follows, %s',
    async (when) => {
      const { broken, ran, keys, activities } = workshop();
      const client = await SimulatedClient.open({ orchestrations: { chain: write(chain) }, activities });
      broken.add('b');
      await client.startNew('chain', { instanceId: 'i' });
      expect((await client.end('i')).failure?.message).toContain('b is broken');
      if (when.includes('checkpoint')) await client.checkpoint();
      if (when.includes('restart')) await client.restart();
      broken.clear();
      await client.rewind('i', 'b was mended');
      expect(await client.end('i')).toMatchObject({ runtimeStatus: 'Completed', output: ['a', 'b', 'c'] });
      expect(ran).toEqual(['a', 'b', 'b', 'c']);
      expect(keys.get('b')?.size).toBe(1);
      expect(await client.count({ runtimeStatus: ['Failed'] })).toBe(0);
      expect(await client.count({ runtimeStatus: ['Completed'] })).toBe(1);
    },
  );

  it('goes on after a crash right after the rewind was committed', async () => {
    const { broken, activities } = workshop();
    const client = await SimulatedClient.open({ orchestrations: { chain: write(chain) }, activities });
    broken.add('b');
    await client.startNew('chain', { instanceId: 'i' });
    await client.end('i');
    broken.clear();
    const rewound = client.rewind('i');
    await client.sim.quiet(1);
    await rewound;
    await client.restart();
    expect((await client.end('i')).output).toEqual(['a', 'b', 'c']);
  });

  it('can fail again, and be rewound again', async () => {
    const { broken, ran, activities } = workshop();
    const client = await SimulatedClient.open({ orchestrations: { chain: write(chain) }, activities });
    for (const name of ['a', 'b', 'c']) broken.add(name);
    await client.startNew('chain', { instanceId: 'i' });
    for (const name of ['a', 'b', 'c']) {
      expect((await client.end('i')).failure?.message).toContain(`${name} is broken`);
      broken.delete(name);
      await client.rewind('i');
    }
    expect((await client.end('i')).output).toEqual(['a', 'b', 'c']);
    expect(ran).toEqual(['a', 'a', 'b', 'b', 'c', 'c']);
  });

  it('keeps the results of what went on beside what failed, and runs the rest', async () => {
    const fan: StepsOf = function* (ctx) {
      return yield* ctx.all(['a', 'b', 'c'].map((name) => ctx.callActivity('work', name)));
    };
    const { broken, ran, activities } = workshop();
    const client = await SimulatedClient.open({ orchestrations: { fan: write(fan) }, activities });
    broken.add('b');
    await client.startNew('fan', { instanceId: 'i' });
    await client.end('i');
    broken.clear();
    await client.rewind('i');
    expect((await client.end('i')).output).toEqual(['a', 'b', 'c']);
    expect(ran.filter((name) => name === 'a')).toHaveLength(1);
  });

  it('keeps events that it consumed after the failure', async () => {
    const flow: StepsOf = function* (ctx) {
      const settled = yield* ctx.allSettled([ctx.callActivity('work', 'a')]);
      const name = yield* ctx.waitForExternalEvent('name');
      if (settled[0]?.status === 'rejected') throw settled[0].reason;
      return name;
    };
    const { broken, activities } = workshop();
    const client = await SimulatedClient.open({ orchestrations: { flow: write(flow) }, activities });
    broken.add('a');
    await client.startNew('flow', { instanceId: 'i' });
    await client.raiseEvent('i', 'name', 'Ada');
    await client.end('i');
    broken.clear();
    await client.rewind('i');
    expect((await client.end('i')).output).toBe('Ada');
  });

  it('runs its last turn again if no task failed', async () => {
    let isBroken = true;
    const flow: StepsOf = function* (ctx) {
      const name = yield* ctx.waitForExternalEvent('name');
      if (isBroken) throw new Error('a bug');
      return name;
    };
    const client = await SimulatedClient.open({ orchestrations: { flow: write(flow) } });
    await client.startNew('flow', { instanceId: 'i' });
    await client.raiseEvent('i', 'name', 'Ada');
    await client.end('i');
    isBroken = false;
    await client.rewind('i');
    expect((await client.end('i')).output).toBe('Ada');
  });

  it('rewinds the children that failed, and theirs, and hears again of those that ended meanwhile', async () => {
    const { broken, ran, activities } = workshop();
    const grandchild = write(function* (ctx) {
      return yield* ctx.callActivity('work', 'grandchild');
    });
    const middle = write(function* (ctx) {
      return yield* ctx.callSubOrchestrator(grandchild, undefined, { instanceId: 'grandchild' });
    });
    const slow = write(function* (ctx) {
      yield* ctx.createTimer('1h');
      return 'slow';
    });
    const parent = write(function* (ctx) {
      return yield* ctx.all([
        ctx.callSubOrchestrator(middle, undefined, { instanceId: 'middle' }),
        ctx.callSubOrchestrator(slow, undefined, { instanceId: 'slow' }),
      ]);
    });
    const client = await SimulatedClient.open({ orchestrations: { grandchild, middle, slow, parent }, activities });
    broken.add('grandchild');
    await client.startNew('parent', { instanceId: 'parent' });
    expect((await client.end('parent')).runtimeStatus).toBe('Failed');
    expect((await client.end('slow')).output).toBe('slow');
    broken.clear();
    await client.rewind('parent');
    expect((await client.end('parent')).output).toEqual(['grandchild', 'slow']);
    expect(ran).toEqual(['grandchild', 'grandchild']);
  });

  it('does again what its scope had undone', async () => {
    const trip: StepsOf = function* (ctx) {
      const where = yield* ctx.callActivity('work', 'choose');
      const booked = yield* ctx.scope(
        write(function* (scope) {
          const flight = yield* scope.callActivity('work', 'flight');
          (scope as OrchestrationScope).addCompensation('work', 'cancel flight');
          return [flight, yield* scope.callActivity('work', 'hotel')];
        }) as never,
      );
      return [where, booked];
    };
    const { broken, ran, activities, keys } = workshop();
    const client = await SimulatedClient.open({ orchestrations: { trip: write(trip) }, activities });
    broken.add('hotel');
    await client.startNew('trip', { instanceId: 'i' });
    await client.end('i');
    broken.clear();
    await client.rewind('i');
    expect((await client.end('i')).output).toEqual(['choose', ['flight', 'hotel']]);
    expect(ran).toEqual(['choose', 'flight', 'hotel', 'cancel flight', 'flight', 'hotel']);
    // What was cancelled is booked as something new.
    expect(keys.get('flight')?.size).toBe(2);
  });

  it('says at once what it waits for', async () => {
    const flow: StepsOf = function* (ctx) {
      const name = ctx.waitForExternalEvent('name');
      yield* ctx.callActivity('work', 'a');
      return yield* name;
    };
    const { broken, activities } = workshop();
    const client = await SimulatedClient.open({ orchestrations: { flow: write(flow) }, activities });
    broken.add('a');
    await client.startNew('flow', { instanceId: 'i' });
    await client.end('i');
    await client.rewind('i');
    expect((await client.getStatus('i')).waitsFor).toContainEqual({ kind: 'event', name: 'name' });
  });

  it('is told of a child that has been purged', async () => {
    const child = write(function* (ctx) {
      return yield* ctx.callActivity('work', 'child');
    });
    const parent = write(function* (ctx) {
      return yield* ctx.callSubOrchestrator(child, undefined, { instanceId: 'child' });
    });
    const { broken, activities } = workshop();
    const client = await SimulatedClient.open({ orchestrations: { child, parent }, activities });
    broken.add('child');
    await client.startNew('parent', { instanceId: 'parent' });
    await client.end('parent');
    await client.purge('child');
    await client.rewind('parent');
    expect((await client.end('parent')).failure?.message).toContain("no instance 'child'");
  });
});

it('only what has failed can be rewound', async () => {
  const client = await SimulatedClient.open({
    orchestrations: { waits: async (ctx: Context) => ctx.waitForExternalEvent('go') },
  });
  await client.startNew('waits', { instanceId: 'i' });
  await expect(client.rewind('i')).rejects.toThrow(InstanceNotFailedError);
  await client.raiseEvent('i', 'go');
  await client.end('i');
  await expect(client.rewind('i')).rejects.toThrow(InstanceNotFailedError);
  await expect(client.rewind('nobody')).rejects.toThrow(InstanceNotFoundError);
});

it('an instance that has ended can be restarted, as it was started, also under another id', async () => {
  const blob = new Blob(['picture']);
  const reads = async (ctx: Context, { picture, names }: { picture: Blob; names: Map<string, number> }) => [
    ctx.instanceId,
    await ctx.callActivity('read', picture),
    names,
  ];
  const activities = { read: (picture: Blob) => picture.text() };
  const client = await SimulatedClient.open({ orchestrations: { reads }, activities });
  const names = new Map([['Ada', 1]]);
  await client.startNew('reads', { instanceId: 'i', input: { picture: blob, names }, tags: { a: 'b' } });
  await client.end('i');
  expect(await client.restartInstance('i')).toBe('i');
  expect((await client.end('i')).output).toEqual(['i', 'picture', names]);
  expect(await client.restartInstance('i', 'j')).toBe('j');
  expect(await client.end('j')).toMatchObject({ output: ['j', 'picture', names], tags: { a: 'b' } });
});

it('an event that was accepted in the batch in which the instance failed is not lost', async () => {
  let isBroken = true;
  const flow = async (ctx: Context) => {
    await ctx.waitForExternalEvent('first');
    if (isBroken) throw new Error('a bug');
    return ctx.waitForExternalEvent('second');
  };
  const client = await SimulatedClient.open({ orchestrations: { flow } });
  await client.startNew('flow', { instanceId: 'i' });
  await Promise.all([client.raiseEvent('i', 'first'), client.raiseEvent('i', 'second', 'kept')]);
  await client.end('i');
  isBroken = false;
  await client.rewind('i');
  expect((await client.end('i')).output).toBe('kept');
});

describe('a rewind', () => {
  it('waits until the hub has undone what the failed instance left', async () => {
    const log: string[] = [];
    let isDown = true;
    let undo = () => {};
    const undone = new Promise<void>((resolve) => {
      undo = resolve;
    });
    const saga = async (ctx: Context) => {
      // Nobody awaits it when the orchestration fails.
      const scope = ctx.scope(async (booking) => {
        await booking.callActivity('book');
        booking.addCompensation('cancel');
        await booking.waitForExternalEvent('paid');
      });
      await ctx.createTimer('1s');
      await ctx.callActivity('other');
      await scope;
    };
    const activities = {
      book: () => log.push('book'),
      cancel: async () => {
        await undone;
        log.push('cancel');
      },
      other: () => {
        if (isDown) throw new Error('down');
      },
    };
    const client = await SimulatedClient.open({ orchestrations: { saga }, activities });
    await client.startNew('saga', { instanceId: 'i' });
    await client.end('i');
    isDown = false;
    await expect(client.rewind('i')).rejects.toThrow('is still undoing its steps');
    undo();
    const undoing = (await client.list({ name: 'perdure:compensation' }))[0];
    await client.end(undoing?.instanceId ?? '');
    await client.rewind('i');
    await client.raiseEvent('i', 'paid');
    expect((await client.end('i')).runtimeStatus).toBe('Completed');
    expect(log).toEqual(['book', 'cancel', 'book']);
  });

  it('starts a child whose start was refused', async () => {
    const child = async () => 'child';
    const blocker = async (ctx: Context) => ctx.waitForExternalEvent('go');
    const parent = async (ctx: Context) => ctx.callSubOrchestrator(child, undefined, { instanceId: 'in use' });
    const client = await SimulatedClient.open({ orchestrations: { child, blocker, parent } });
    await client.startNew('blocker', { instanceId: 'in use' });
    await client.startNew('parent', { instanceId: 'i' });
    expect((await client.end('i')).failure?.message).toContain("'in use'");
    await client.terminate('in use');
    await client.rewind('i');
    expect((await client.end('i')).output).toBe('child');
  });

  it('makes the call of a child with an id and retries again, from its first attempt', async () => {
    let isDown = true;
    const asked: string[] = [];
    const child = async () => {
      if (isDown) throw new RangeError('down');
      return 'child';
    };
    const retryIf = ({ failure }: { failure: { name: string } }) => {
      asked.push(failure.name);
      return failure.name === 'RangeError';
    };
    const retry = { maxAttempts: 3, firstRetryInterval: '1h', retryIf } as const;
    const parent = async (ctx: Context) => ctx.callSubOrchestrator(child, undefined, { instanceId: 'child', retry });
    const client = await SimulatedClient.open({ orchestrations: { child, parent } });
    await client.startNew('parent', { instanceId: 'i' });
    expect((await client.end('i')).runtimeStatus).toBe('Failed');
    isDown = false;
    await client.rewind('i');
    expect((await client.end('i')).output).toBe('child');
    expect(new Set(asked)).toEqual(new Set(['RangeError']));
  });
});
