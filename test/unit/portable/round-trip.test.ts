/** What is written is read again as it was: values of every kind, and histories of every kind. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readInstance, renameInstance, writeInstance } from '../../../src/client/portable';
import { PayloadError } from '../../../src/core';
import type { InstanceCopy } from '../../../src/protocol';
import { activities, orchestrations, outcomeOf, steps } from '../../support/programs';
import { SimulatedClient } from '../../support/simulated-client';
import type { Context } from '../../support/styles';
import { ended, waiting } from './copies';

async function passed<T>(value: T): Promise<T> {
  const [copy] = readInstance(await writeInstance([waiting({ input: value })]));
  const started = copy?.history[1] as unknown as { input: T };
  return started.input;
}

describe('a value in an export', () => {
  it.each([
    ['undefined', undefined],
    ['NaN', Number.NaN],
    ['minus zero', -0],
    ['infinity', -Infinity],
    ['a bigint', 12345678901234567890n],
    ['a lone surrogate', 'a\ud800b'],
    ['what looks like a script', '</script><!--'],
    ['a date', new Date(0)],
    ['an invalid date', new Date(Number.NaN)],
    ['a Map with objects as keys', new Map<unknown, unknown>([[{ a: 1 }, new Set([1, 'b'])]])],
    ['a regular expression', /a"\/b/giu],
    ['an array with holes', Object.assign(new Array(3), { 0: 1, 2: undefined })],
    ['a typed array', new Float64Array([1.5, Number.NaN])],
    ['a DataView', new DataView(new Uint8Array([1, 2, 3]).buffer)],
    ['a buffer', new Uint8Array([0, 255]).buffer],
    ['keys of all kinds', { constructor: 1, prototype: 2, '': 3, toString: 4 }],
  ])('keeps its type: %s', async (_, value) => {
    expect(await passed({ value })).toEqual({ value });
  });

  it('is the same object wherever it was, also in a circle', async () => {
    const shared = { n: 1 };
    const value: Record<string, unknown> = { first: shared, second: [shared] };
    value.self = value;
    const copy = await passed(value);
    expect(copy.self).toBe(copy);
    expect((copy.second as unknown[])[0]).toBe(copy.first);
  });

  it('may be an error, with its type, stack and cause', async () => {
    const error = new RangeError('too far', { cause: { code: 7, from: new TypeError('no') } });
    const copy = await passed(error);
    expect(copy).toBeInstanceOf(RangeError);
    expect(copy).toMatchObject({ message: 'too far', stack: error.stack, cause: { code: 7 } });
    expect(Object.keys(copy)).toEqual([]);
  });

  it('may be a Blob or a File', async () => {
    const blob = new Blob(['héllo'], { type: 'text/plain' });
    const file = new File([new Uint8Array([1, 0, 255])], 'a.bin', { type: 'image/x', lastModified: 1_234 });
    const copy = await passed({ blob, file, again: file });
    expect(copy.blob).toMatchObject({ type: 'text/plain', size: 6 });
    expect(await copy.blob.text()).toBe('héllo');
    expect(copy.file).toBeInstanceOf(File);
    expect(copy.file).toMatchObject({ name: 'a.bin', type: 'image/x', lastModified: 1_234 });
    expect(new Uint8Array(await copy.file.arrayBuffer())).toEqual(new Uint8Array([1, 0, 255]));
    expect(copy.again).toBe(copy.file);
  });

  it('that cannot leave the browser is refused with its place', async () => {
    const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 128 }, true, ['encrypt']);
    const writing = writeInstance([ended(), waiting({ input: { vault: [{ key }] } })]);
    await expect(writing).rejects.toThrow(PayloadError);
    await expect(writing).rejects.toThrow(
      "instance 'waits' cannot be exported: history[1].input.vault[0].key is of type CryptoKey, which cannot leave the browser",
    );
  });

  it('that cannot be read is told of', async () => {
    const blob = new Blob(['gone']);
    blob.arrayBuffer = () => Promise.reject(new DOMException('no file', 'NotFoundError'));
    await expect(writeInstance([waiting({ input: { blob } })])).rejects.toThrow('a Blob of 4 bytes cannot be read');
  });
});

describe('an instance of a hub', () => {
  it('is read as it was exported, wherever it stands, and goes on in another hub to the same end', async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.constantFrom('steps', 'async'), fc.nat(12), async (program, style, hops) => {
        const first = await SimulatedClient.open({ orchestrations, activities });
        await first.sim.start(style, { round: 'a', steps: program, results: [], events: 0 });
        await first.sim.quiet(hops);
        const copies = await first.sim.within(first.export('i'));
        const read = readInstance(await writeInstance(copies));
        expect(read).toEqual(copies);

        const second = await SimulatedClient.open({ orchestrations, activities });
        await second.import(read);
        const events = program.filter((step) => step.do === 'event').length;
        for (let n = 0; n < events; n++) await second.raiseEvent('i', 'go', n).catch(() => {});
        expect((await second.sim.end('i')).output).toEqual(outcomeOf(program));
      }),
      { numRuns: 60 },
    );
  });
});

describe('an export', () => {
  const work = { ...activities, fails: () => Promise.reject(new RangeError('no')), undo: () => {} };
  const all = {
    async waits(ctx: Context): Promise<unknown> {
      return ctx.waitForExternalEvent('go');
    },
    async saga(ctx: Context): Promise<unknown> {
      return ctx.scope(async (scope) => {
        scope.addCompensation('undo', 1, {
          retry: { maxAttempts: Number.POSITIVE_INFINITY, firstRetryInterval: '1s' },
        });
        return scope.waitForExternalEvent('go');
      });
    },
    async retries(ctx: Context): Promise<unknown> {
      return ctx.callActivity('fails', 1, { retry: { maxAttempts: 3, firstRetryInterval: 10, jitter: 0.5 } });
    },
    async sends(ctx: Context): Promise<unknown> {
      ctx.patched('new way');
      ctx.sendEvent('other', 'hello', new Map([[1, 2]]));
      ctx.createTimer('1d').cancel('not needed');
      await ctx.callSubOrchestrator(all.waits, undefined, { detached: true, tags: { of: 'sends' } });
      return ctx.waitForExternalEvent('go', { timeout: '60d' });
    },
    async renews(ctx: Context, n: number): Promise<unknown> {
      if (n > 0) ctx.continueAsNew(n - 1);
      return ctx.waitForExternalEvent('go');
    },
  };
  type Client = SimulatedClient;

  it.each<[string, string, (client: Client) => Promise<unknown>]>([
    [
      'waits',
      'is suspended, with events for later',
      async (c) => [await c.suspend('i', 'lunch'), await c.raiseEvent('i', 'go')],
    ],
    ['waits', 'was suspended and resumed', async (c) => [await c.suspend('i'), await c.resume('i', 'on')]],
    [
      'waits',
      'has not begun',
      async (c) => [
        await c.terminate('i'),
        await c.startNew('waits', { instanceId: 'i', startAt: new Date(Date.UTC(2030, 0)) }),
        await c.raiseEvent('i', 'go'),
      ],
    ],
    [
      'waits',
      'has tags',
      async (c) => [await c.terminate('i'), await c.startNew('waits', { instanceId: 'i', tags: { a: 'b' } })],
    ],
    ['saga', 'was terminated, and its steps are undone', (c) => c.terminate('i', 'enough')],
    ['saga', 'has a step to undo', async () => {}],
    ['retries', 'has failed for good', (c) => c.sim.end('i')],
    ['retries', 'was rewound', async (c) => [await c.sim.end('i'), await c.rewind('i', 'again')]],
    [
      'retries',
      'was rewound and failed again, twice',
      async (c) => [
        await c.sim.end('i'),
        await c.rewind('i'),
        await c.sim.end('i'),
        await c.rewind('i'),
        await c.sim.end('i'),
      ],
    ],
    ['sends', 'has sent, cancelled and started others', async () => {}],
    ['renews', 'has continued as new', async () => {}],
    ['waits', 'has lost its code', (c) => c.restart({ other: all.renews })],
  ])('of %s is read as it was when it %s', async (name, _, happens) => {
    const client = await SimulatedClient.open({ orchestrations: all, activities: work });
    await client.startNew(name, { instanceId: 'i', input: 3 });
    await client.sim.quiet();
    await happens(client);
    await client.sim.quiet();
    const copies = await client.sim.within(client.export('i'));
    expect(readInstance(await writeInstance(copies))).toEqual(copies);
  });
});

describe('an instance that was rewound', () => {
  it('goes on in another hub with all that is open since', async () => {
    const orchestrations = {
      async both(ctx: Context): Promise<unknown> {
        const slow = ctx.callActivity('slow');
        const quick = await ctx.callActivity('quick');
        return [quick, await slow];
      },
    };
    const lasts = () => new Promise(() => {});
    let isMended = false;
    const quick = () => (isMended ? lasts() : Promise.reject(new Error('no')));
    const first = await SimulatedClient.open({ orchestrations, activities: { slow: lasts, quick } });
    await first.startNew('both', { instanceId: 'i' });
    await first.sim.end('i');
    isMended = true;
    await first.rewind('i');
    await first.until('i', ({ waitsFor }) => waitsFor.length === 2);

    const second = await SimulatedClient.open({ orchestrations, activities: { slow: () => 2, quick: () => 1 } });
    await second.import(readInstance(await writeInstance(await first.export('i'))));
    expect((await second.sim.end('i')).output).toEqual([1, 2]);
  });
});

describe('an instance under another id', () => {
  const family = {
    async child(ctx: Context): Promise<unknown> {
      return ctx.waitForExternalEvent('go');
    },
    async parent(ctx: Context): Promise<unknown> {
      return ctx.all([ctx.callSubOrchestrator(family.child), ctx.callSubOrchestrator(family.child)]);
    },
  };

  it('goes on, with its children under the ids that follow from its own', async () => {
    const first = await SimulatedClient.open({ orchestrations: family });
    await first.startNew('parent', { instanceId: 'old' });
    await first.until('old', ({ waitsFor }) => waitsFor.length === 2);
    const copies = renameInstance(await first.export('old'), 'new');
    const ids = copies.map((copy: InstanceCopy) => copy.instanceId);
    expect(ids).toEqual(['new', expect.stringMatching(/^new:/), expect.stringMatching(/^new:/)]);

    const second = await SimulatedClient.open({ orchestrations: family });
    expect(await second.import(copies)).toBe('new');
    for (const id of ids.slice(1)) await second.raiseEvent(id, 'go', id);
    expect((await second.sim.end('new')).output).toEqual(ids.slice(1));
  });
});
