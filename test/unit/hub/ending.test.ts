/** Terminating and purging reach further than one instance: to its children, and to what it would have had to undo. */
import { describe, expect, it } from 'vitest';
import { SimulatedClient } from '../../support/simulated-client';
import type { Context } from '../../support/styles';

const waits = async (ctx: Context) => ctx.waitForExternalEvent('go');
const quick = async () => 1;
const family = async (ctx: Context) => {
  await ctx.callSubOrchestrator(quick, undefined, { instanceId: 'quick' });
  await ctx.callSubOrchestrator(quick, undefined, { instanceId: 'detached', detached: true });
  await ctx.callSubOrchestrator(middle, undefined, { instanceId: 'middle' });
};
const middle = async (ctx: Context) => ctx.callSubOrchestrator(waits, undefined, { instanceId: 'child' });
const stray = async (ctx: Context) =>
  ctx.callSubOrchestrator(waits, undefined, { instanceId: 'stray', detached: true });
const orchestrations = { waits, quick, family, middle, stray };

const statuses = async (client: SimulatedClient) =>
  Object.fromEntries((await client.list()).map(({ instanceId, runtimeStatus }) => [instanceId, runtimeStatus]));

async function openFamily() {
  const client = await SimulatedClient.open({ orchestrations });
  await client.startNew('family', { instanceId: 'family' });
  await client.waiting('child');
  return client;
}

describe('terminating', () => {
  it('leaves children alone, unless it is recursive', async () => {
    const client = await openFamily();
    await client.terminate('family');
    expect(await statuses(client)).toMatchObject({ family: 'Terminated', middle: 'Running', child: 'Running' });
  });

  it.each(['at once', 'after a checkpoint and a restart'])(
    'takes those that it waits for with it, %s',
    async (when) => {
      const client = await openFamily();
      if (when !== 'at once') {
        await client.checkpoint();
        await client.restart();
      }
      await client.terminate('family', 'all of you', { recursive: true });
      const status = await client.until('child', ({ runtimeStatus }) => runtimeStatus === 'Terminated');
      expect(status.reason).toBe('all of you');
      expect(await statuses(client)).toMatchObject({ family: 'Terminated', middle: 'Terminated', quick: 'Completed' });
    },
  );

  it('reaches a child that was started in the same batch', async () => {
    const client = await SimulatedClient.open({ orchestrations });
    await Promise.all([
      client.startNew('middle', { instanceId: 'i' }),
      client.terminate('i', undefined, { recursive: true }),
    ]);
    await client.until('child', ({ runtimeStatus }) => runtimeStatus === 'Terminated');
  });

  it('leaves those alone that nobody waits for', async () => {
    const client = await SimulatedClient.open({ orchestrations });
    await client.startNew('stray', { instanceId: 'i' });
    await client.end('i');
    expect(await statuses(client)).toEqual({ i: 'Completed', stray: 'Running' });
    expect((await client.getStatus('stray')).parent).toEqual({ instanceId: 'i', name: 'stray' });
  });
});

describe('terminating what has to be undone', () => {
  const booked: unknown[] = [];
  const activities = {
    book: (what: unknown) => what,
    cancel: (what: unknown) => {
      booked.push(what);
      if (what === 'hotel') throw new Error('the hotel does not answer');
    },
    forever: () => new Promise(() => {}),
  };
  const trip = async (ctx: Context) =>
    ctx.scope(async (scope) => {
      for (const what of ['flight', 'hotel', new Map([['seat', 7]])]) {
        scope.addCompensation('cancel', what);
        await scope.callActivity('book', what);
      }
      await scope.callActivity('forever');
    });

  it.each(['at once', 'after a restart'])(
    'calls what undoes each step, newest first, whatever fails, %s',
    async (when) => {
      booked.length = 0;
      const client = await SimulatedClient.open({ orchestrations: { trip }, activities });
      await client.startNew('trip', { instanceId: 'trip' });
      await client.until('trip', ({ waitsFor }) => waitsFor.some((wait) => 'name' in wait && wait.name === 'forever'));
      if (when !== 'at once') {
        await client.checkpoint();
        await client.restart();
      }
      await client.terminate('trip', 'no time');
      const undo = (await client.list({ name: 'perdure:compensation' }))[0];
      expect(undo?.parent).toEqual({ instanceId: 'trip', name: 'trip' });
      const { failure } = await client.end(undo?.instanceId ?? '');
      expect(booked).toEqual([new Map([['seat', 7]]), 'hotel', 'flight']);
      expect(failure?.message).toContain('the hotel does not answer');
    },
  );

  it('undoes what a scope had done that nobody awaited when its orchestration failed', async () => {
    booked.length = 0;
    const careless = async (ctx: Context) => {
      void ctx.scope(async (scope) => {
        scope.addCompensation('cancel', await scope.callActivity('book', 'flight'));
        await scope.callActivity('forever');
      });
      await ctx.waitForExternalEvent('go');
      throw new Error('something else');
    };
    const client = await SimulatedClient.open({ orchestrations: { careless }, activities });
    await client.startNew('careless', { instanceId: 'i' });
    await client.until('i', ({ waitsFor }) => waitsFor.some((wait) => 'name' in wait && wait.name === 'forever'));
    await client.raiseEvent('i', 'go');
    expect((await client.end('i')).runtimeStatus).toBe('Failed');
    const undo = (await client.list({ name: 'perdure:compensation' }))[0];
    await client.end(undo?.instanceId ?? '');
    expect(booked).toEqual(['flight']);
  });

  it('undoes nothing of what its scope has done with', async () => {
    const done = async (ctx: Context) => {
      await ctx.scope(async (scope) => scope.addCompensation('cancel', 'flight'));
      await ctx.waitForExternalEvent('go');
    };
    const client = await SimulatedClient.open({ orchestrations: { done }, activities });
    await client.startNew('done', { instanceId: 'i' });
    await client.waiting('i');
    await client.terminate('i');
    expect(await statuses(client)).toEqual({ i: 'Terminated' });
  });
});

describe('purging', () => {
  it.each(['from the log', 'from the rows'])(
    'takes children with it, and theirs, but none that run, %s',
    async (from) => {
      const client = await openFamily();
      await client.terminate('family', undefined, { recursive: true });
      await client.until('child', ({ runtimeStatus }) => runtimeStatus === 'Terminated');
      await client.startNew('waits', { instanceId: 'other' });
      await client.startNew('stray', { instanceId: 'parent' });
      await client.end('parent');
      if (from === 'from the rows') {
        await client.checkpoint();
        await client.restart();
      }
      expect(await client.purge('family')).toBe(5);
      expect(await client.purge('parent')).toBe(1);
      expect(await statuses(client)).toEqual({ other: 'Running', stray: 'Running' });
      await client.checkpoint();
      await client.restart();
      expect(await statuses(client)).toEqual({ other: 'Running', stray: 'Running' });
      expect(await client.count({})).toBe(2);
    },
  );

  it('takes a child of an execution before the last continueAsNew', async () => {
    const eternal = async (ctx: Context, n: number) => {
      await ctx.callSubOrchestrator(quick);
      return n > 0 ? ctx.continueAsNew(n - 1) : n;
    };
    const client = await SimulatedClient.open({ orchestrations: { eternal, quick } });
    await client.startNew('eternal', { instanceId: 'i', input: 2 });
    await client.end('i');
    await client.checkpoint();
    expect(await client.purge('i')).toBe(4);
    expect(await client.list()).toEqual([]);
  });

  it('by filter deletes what has ended, and says how many', async () => {
    const client = await SimulatedClient.open({ orchestrations });
    for (let i = 0; i < 450; i++)
      await client.sim.command('startNew', { name: 'quick', instanceId: `q${i}`, input: 0, fresh: false });
    await client.startNew('waits', { instanceId: 'q-waits' });
    await client.startNew('quick', { instanceId: 'other' });
    await client.end('other');
    expect(await client.purgeBy({ idPrefix: 'q' })).toBe(450);
    expect(await statuses(client)).toEqual({ 'q-waits': 'Running', other: 'Completed' });
    await expect(client.purgeBy({ runtimeStatus: ['Running'] })).rejects.toThrow(TypeError);
  });
});

describe('retention', () => {
  it('deletes what is older than its status may be, or more than there may be, and nothing else', async () => {
    const client = await SimulatedClient.open({
      orchestrations,
      retention: { Completed: { age: '1h' }, Terminated: { count: 2 } },
    });
    await client.startNew('quick', { instanceId: 'old' });
    await client.startNew('waits', { instanceId: 'running' });
    for (const id of ['t1', 't2', 't3']) {
      client.sim.clock.pass(1_000);
      await client.startNew('waits', { instanceId: id });
      await client.terminate(id);
    }
    client.sim.clock.pass(3_600_000);
    await client.startNew('quick', { instanceId: 'new' });
    await client.sim.until(async () => ((await client.list()).length === 4 ? true : undefined));
    expect(await statuses(client)).toEqual({
      running: 'Running',
      new: 'Completed',
      t2: 'Terminated',
      t3: 'Terminated',
    });
  });

  it('keeps children as long as their parent', async () => {
    const client = await SimulatedClient.open({ orchestrations, retention: { Completed: { age: '1h' } } });
    await client.startNew('family', { instanceId: 'family' });
    await client.waiting('child');
    client.sim.clock.pass(7_200_000);
    await client.sim.quiet(200);
    expect(await statuses(client)).toMatchObject({ quick: 'Completed' });
    await client.raiseEvent('child', 'go');
    await client.end('family');
    await client.sim.until(async () => ((await client.list()).length === 0 ? true : undefined));
  });
});

it('a recursive order to terminate leaves alone whoever else has the id of a child', async () => {
  const parent = async (ctx: Context) => ctx.callSubOrchestrator(waits, undefined, { instanceId: 'in use' });
  const client = await SimulatedClient.open({ orchestrations: { waits, parent } });
  await client.startNew('waits', { instanceId: 'in use' });
  await Promise.all([
    client.startNew('parent', { instanceId: 'i' }),
    client.terminate('i', undefined, { recursive: true }),
  ]);
  await client.sim.quiet();
  expect(await statuses(client)).toEqual({ 'in use': 'Running', i: 'Terminated' });
});

it('a scope that was cancelled is undone although its orchestration ends', async () => {
  const undone: unknown[] = [];
  const activities = { book: () => 1, undo: (what: unknown) => undone.push(what) };
  const saga = async (ctx: Context) => {
    const scope = ctx.scope(async (booking) => {
      for (const what of [1, 2]) {
        await booking.callActivity('book');
        booking.addCompensation('undo', what);
      }
      await booking.waitForExternalEvent('never');
    });
    await ctx.any({ scope, timer: ctx.createTimer('1h') });
    scope.cancel('too late');
    return 'gave up';
  };
  const client = await SimulatedClient.open({ orchestrations: { saga }, activities });
  await client.startNew('saga', { instanceId: 'i' });
  await client.until('i', ({ waitsFor }) => waitsFor.some(({ kind }) => kind === 'event'));
  client.sim.clock.pass(3_600_000);
  expect((await client.end('i')).output).toBe('gave up');
  await client.sim.until(() => (undone.includes(1) && undone.includes(2) ? true : undefined));
});

it('an activity that is scheduled and given up in the same commit never runs', async () => {
  let ran = 0;
  const charges = async (ctx: Context) => ctx.callActivity('charge');
  const client = await SimulatedClient.open({ orchestrations: { charges }, activities: { charge: () => ran++ } });
  await Promise.all([client.startNew('charges', { instanceId: 'i' }), client.terminate('i')]);
  await client.sim.quiet();
  expect(ran).toBe(0);
});

it('what is deleted is not read before', async () => {
  const client = await SimulatedClient.open({ orchestrations: { gives: async (_: Context, input: unknown) => input } });
  for (const instanceId of ['a', 'b']) {
    await client.startNew('gives', { instanceId, input: new Blob(['x']) });
    await client.end(instanceId);
  }
  await client.checkpoint();
  let reads = 0;
  client.sim.options.faults = (operation) => {
    if (operation === 'readPayloads') reads++;
    return 'ok';
  };
  expect(await client.purgeBy({ runtimeStatus: ['Completed'] })).toBe(2);
  expect(reads).toBe(0);
});
