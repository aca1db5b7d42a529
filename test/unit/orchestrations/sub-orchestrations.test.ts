import { describe, expect, it } from 'vitest';
import type { Steps } from '../../../src';
import { run, SimulatedClient } from '../../support/simulated-client';
import { type Context, styles } from '../../support/styles';

function* double(ctx: Context, n: number): Steps<number> {
  yield* ctx.createTimer('1s');
  return n * 2;
}
async function doubleAsync(ctx: Context, n: number): Promise<number> {
  await ctx.createTimer('1s');
  return n * 2;
}
async function failing(): Promise<void> {
  throw Object.assign(new RangeError('no pens'), { code: 'E_STOCK' });
}
async function lasting(ctx: Context): Promise<unknown> {
  return await ctx.waitForExternalEvent('end');
}
async function whoAmI(ctx: Context): Promise<unknown> {
  return { id: ctx.instanceId, parent: ctx.parent };
}
const children = { double, doubleAsync, failing, lasting, whoAmI };

describe.each(styles)('a sub-orchestration, called by %s', (_, write) => {
  it('gives its result', async () => {
    const { output } = await run(
      write(function* (ctx) {
        const one = yield* ctx.callSubOrchestrator(double, 1);
        const others = yield* ctx.all([ctx.callSubOrchestrator(doubleAsync, 2), ctx.callSubOrchestrator(double, 3)]);
        return [one, ...others];
      }),
      { orchestrations: children },
    );
    expect(output).toEqual([2, 4, 6]);
  });

  it('that fails gives a TaskFailedError with all that is known of the error', async () => {
    const { failure } = await run(
      write(function* (ctx) {
        yield* ctx.callSubOrchestrator(failing);
      }),
      { orchestrations: children },
    );
    expect(failure).toMatchObject({
      code: 'TaskFailed',
      message: 'failing failed: no pens',
      cause: { name: 'RangeError', message: 'no pens', code: 'E_STOCK' },
    });
  });

  it('knows its parent, and is an instance like any other', async () => {
    const client = await SimulatedClient.open({
      orchestrations: {
        ...children,
        parent: write(function* (ctx) {
          return [yield* ctx.callSubOrchestrator(whoAmI), ctx.parent];
        }),
      },
    });
    await client.startNew('parent', { instanceId: 'top' });
    const [child, parentOfTop] = (await client.end('top')).output as [{ id: string; parent: object }, unknown];
    expect(child.parent).toEqual({ instanceId: 'top', name: 'parent' });
    expect(parentOfTop).toBeUndefined();
    expect(child.id).toMatch(/^top:/);
    expect(await client.end(child.id)).toMatchObject({
      name: 'whoAmI',
      runtimeStatus: 'Completed',
      parent: { instanceId: 'top', name: 'parent' },
    });
  });

  it('takes an id of its own', async () => {
    const { output } = await run(
      write(function* (ctx) {
        return yield* ctx.callSubOrchestrator(whoAmI, undefined, { instanceId: 'my-child' });
      }),
      { orchestrations: children },
    );
    expect(output).toMatchObject({ id: 'my-child' });
  });

  it('fails if its id is in use, and replaces one that has ended', async () => {
    const client = await SimulatedClient.open({
      orchestrations: {
        ...children,
        parent: write(function* (ctx) {
          return yield* ctx.callSubOrchestrator(whoAmI, undefined, { instanceId: 'child' });
        }),
      },
    });
    await client.startNew('lasting', { instanceId: 'child' });
    await client.startNew('parent', { instanceId: 'first' });
    expect((await client.end('first')).failure).toMatchObject({
      code: 'TaskFailed',
      cause: { code: 'InstanceExists', message: "instance 'child' is Running already" },
    });
    await client.raiseEvent('child', 'end', 'ended');
    expect((await client.end('child')).output).toBe('ended');
    await client.startNew('parent', { instanceId: 'second' });
    expect((await client.end('second')).output).toEqual({
      id: 'child',
      parent: { instanceId: 'second', name: 'parent' },
    });
  });

  it.each(['i', '', 'x'.repeat(257)])('refuses %.20j as its id', async (instanceId) => {
    const { failure } = await run(
      write(function* (ctx) {
        yield* ctx.callSubOrchestrator(whoAmI, undefined, { instanceId });
      }),
      { orchestrations: children },
    );
    expect(failure?.message).toMatch(/cannot have its parent's id 'i'|an instance id must/);
  });

  it("refuses its grandparent's id", async () => {
    const parent = write(function* (ctx) {
      yield* ctx.callSubOrchestrator(whoAmI, undefined, { instanceId: 'i' });
    });
    const { failure } = await run(
      write(function* (ctx) {
        yield* ctx.callSubOrchestrator(parent);
      }),
      { orchestrations: { ...children, parent } },
    );
    expect(failure?.cause?.message).toBe("a sub-orchestration cannot have its parent's id 'i'");
  });

  it.each([
    ['a function that is not registered', () => {}],
    ['a name', 'double'],
    ['nothing', undefined],
  ])('refuses %s, and says what to do', async (__, wrong) => {
    const { failure } = await run(
      write(function* (ctx) {
        yield* ctx.callSubOrchestrator(wrong as () => void);
      }),
      { orchestrations: children },
    );
    expect(failure).toMatchObject({
      code: 'UnknownOrchestration',
      message: expect.stringContaining('pass the function itself, and export it from the module given to serve'),
    });
  });

  it('is shown among what its parent waits for, by name and id', async () => {
    const client = await SimulatedClient.open({
      orchestrations: {
        ...children,
        parent: write(function* (ctx) {
          return yield* ctx.callSubOrchestrator(lasting, undefined, { instanceId: 'child' });
        }),
      },
    });
    await client.startNew('parent', { instanceId: 'i' });
    expect((await client.waiting('i')).waitsFor).toEqual([
      { kind: 'subOrchestration', taskId: 0, name: 'lasting', instanceId: 'child' },
    ]);
    await client.raiseEvent('child', 'end', 1);
    expect(await client.end('i')).toMatchObject({ output: 1, waitsFor: [] });
  });

  it('may be started while the tab dies again and again', async () => {
    const client = await SimulatedClient.open({
      orchestrations: {
        ...children,
        parent: write(function* (ctx) {
          const results = [];
          for (let i = 0; i < 4; i++) results.push(yield* ctx.callSubOrchestrator(double, i));
          return results;
        }),
      },
    });
    await client.startNew('parent', { instanceId: 'i' });
    for (let i = 0; i < 4; i++) {
      client.sim.crash();
      await client.sim.open();
      await client.sim.until(() => (client.sim.clock.tick() ? true : undefined));
    }
    expect((await client.end('i')).output).toEqual([0, 2, 4, 6]);
  });
});

describe('sub-orchestrations of sub-orchestrations', () => {
  it('give their results up through all generations', async () => {
    const orchestrations = {
      async countDown(ctx: Context, n: number): Promise<number> {
        return n === 0 ? 0 : 1 + (await ctx.callSubOrchestrator(orchestrations.countDown, n - 1));
      },
    };
    const client = await SimulatedClient.open({ orchestrations });
    await client.startNew('countDown', { instanceId: 'i', input: 50 });
    expect((await client.end('i')).output).toBe(50);
    expect(await client.list({ runtimeStatus: ['Completed'] })).toHaveLength(51);
  });
});
