/** What lies in the storage goes through the app's codec. What it cannot decode waits for the key, and nothing is lost. */
import { describe, expect, it } from 'vitest';
import { aesGcm, type PayloadCodec } from '../../../worker/codec';
import { Outbox } from '../../../worker/hub/outbox';
import { SimulatedClient } from '../../support/simulated-client';
import { type Context, styles } from '../../support/styles';

const secret = 'a secret that must not be seen';
const newKey = () => crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
const encrypting = async () => aesGcm({ key: await newKey() });
/** One that lacks its key. */
const keyless: PayloadCodec = aesGcm({
  key: () => {
    throw new Error('nobody has logged in');
  },
});

const activities = {
  work: async (text: string) => `${text} done`,
  blob: async () => new Blob([secret]),
  fails: () => {
    throw new RangeError(secret, { cause: new Error(secret) });
  },
  never: () => new Promise(() => {}),
};
const child = async (ctx: Context, input: string) => `${input} ${await ctx.waitForExternalEvent('go')}`;
const orchestrations = {
  child,
  ...Object.fromEntries(
    styles.map(([style, write]) => [
      style,
      write(function* (ctx: Context, input: { text: string; round: number }) {
        ctx.setCustomStatus({ seen: input.text });
        const text = yield* ctx.callActivity('work', input.text);
        const blob = (yield* ctx.callActivity('blob')) as Blob;
        const event = yield* ctx.waitForExternalEvent('go');
        const failed = ctx.callActivity('fails');
        yield* ctx.allSettled([failed]);
        if (input.round === 0) return ctx.continueAsNew({ text: input.text, round: 1 });
        return { text, event, size: blob.size };
      }),
    ]),
  ),
  calls: async (ctx: Context, text: string) => ctx.callActivity('work', text),
  waits: async (ctx: Context, text: string) => `${text} ${await ctx.waitForExternalEvent('go')}`,
  runs: async (ctx: Context, text: string) => ctx.callActivity('never', text),
  ends: async (_: Context, text: string) => text,
  breaks: async (_: Context, text: string) => {
    throw new RangeError(text);
  },
  parent: async (ctx: Context, text: string) =>
    ctx.callSubOrchestrator(child as never, text as never, { instanceId: 'the child' }),
};

const open = (codec?: PayloadCodec) =>
  SimulatedClient.open({ orchestrations, activities, ...(codec && { codec }), build: 'the same' });

/** Ends the worker, and starts it anew with another codec. */
async function restart(client: SimulatedClient, codec: PayloadCodec | undefined): Promise<void> {
  if (codec) client.sim.options.codec = codec;
  else delete client.sim.options.codec;
  await client.restart();
}

/** Whether a text lies anywhere in a value, as text or as bytes. */
async function holds(value: unknown, text: string, seen = new Set<unknown>()): Promise<boolean> {
  if (typeof value === 'string') return value.includes(text);
  if (typeof value !== 'object' || value === null || seen.has(value)) return false;
  seen.add(value);
  if (value instanceof Blob) return holds(await value.arrayBuffer(), text, seen);
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) {
    const bytes = value instanceof ArrayBuffer ? new Uint8Array(value) : new Uint8Array(value.buffer);
    return ['utf8', 'utf16le'].some((encoding) => Buffer.from(bytes).includes(text, 0, encoding as BufferEncoding));
  }
  const parts = value instanceof Map ? [...value].flat() : value instanceof Set ? [...value] : Object.values(value);
  if (value instanceof Error) parts.push(value.message, value.stack, value.cause);
  for (const part of parts) if (await holds(part, text, seen)) return true;
  return false;
}

describe.each(styles)('with a codec, in %s', (style) => {
  it('an orchestration sees its values as they are, over crashes, and its page too', async () => {
    const client = await open(await encrypting());
    await client.startNew(style, { instanceId: 'i', input: { text: secret, round: 0 } });
    for (let round = 0; round < 2; round++) {
      await client.until('i', ({ waitsFor }) => waitsFor[0]?.kind === 'event');
      await client.checkpoint();
      await client.restart();
      await client.raiseEvent('i', 'go', { word: secret });
    }
    expect(await client.end('i')).toMatchObject({
      input: { text: secret, round: 1 },
      output: { text: `${secret} done`, event: { word: secret }, size: secret.length },
      customStatus: { seen: secret },
    });
    const { history } = await client.getStatus('i', { showHistory: true });
    expect(history?.find((event) => event.type === 'TaskFailed')).toMatchObject({
      failure: { name: 'RangeError', message: secret, cause: { message: secret } },
    });
  });
});

it('nothing of a value lies in the storage in clear', async () => {
  const client = await open(await encrypting());
  const { sim } = client;
  await client.startNew(styles[0]![0], { instanceId: 'i', input: { text: secret, round: 0 } });
  await client.startNew('breaks', { instanceId: 'broken', input: secret });
  await client.startNew('parent', { instanceId: 'parent', input: secret });
  await client.startNew('waits', { instanceId: 'large', input: secret.repeat(2_000) });
  const outbox = new Outbox(sim.source);
  await outbox.post({ method: 'raiseEvent', request: { instanceId: 'i', name: 'go', data: [secret] } }, () => {});
  expect(await holds(sim.database, secret)).toBe(false);
  await sim.takeInbox();
  outbox.stop();
  await client.until('i', ({ waitsFor }) => waitsFor[0]?.kind === 'event');
  await client.checkpoint();
  expect(await holds(sim.database, secret)).toBe(false);
  expect((await client.getStatus('broken')).failure).toMatchObject({ message: secret });
  expect(await sim.end('broken')).toMatchObject({ input: secret });
  // The test itself can see what is not encoded.
  const clear = await open();
  await clear.startNew('waits', { instanceId: 'i', input: secret });
  expect(await holds(clear.sim.database, secret)).toBe(true);
});

it('why an instance is parked is encoded too: it quotes values', async () => {
  const client = await open(await encrypting());
  await client.startNew('calls', { instanceId: 'i', input: 'nothing' });
  await client.end('i');
  await client.startNew('waits', { instanceId: 'j', input: secret });
  await client.waiting('j');
  const other = async (ctx: Context, text: string) => ctx.callActivity('work', `${text} differs`);
  const calls = async (ctx: Context, text: string) => {
    await ctx.callActivity('never', `${text} first`);
    await ctx.waitForExternalEvent('go');
  };
  await client.startNew('waits', { instanceId: 'k', input: secret });
  await client.restart({ ...orchestrations, waits: other as never, calls: calls as never });
  await client.raiseEvent('k', 'go');
  const { parked } = await client.parked('k');
  expect(parked?.reason).toContain('disagrees with its history');
  expect(await holds(client.sim.database, 'disagrees')).toBe(false);
});

describe('without the key', () => {
  it('an instance is parked, says why, and goes on when the key is back', async () => {
    const codec = await encrypting();
    const client = await open(codec);
    await client.startNew('waits', { instanceId: 'i', input: secret });
    await client.waiting('i');
    await restart(client, await encrypting());
    await client.raiseEvent('i', 'other');
    const { parked, runtimeStatus, input } = await client.parked('i');
    expect([runtimeStatus, input]).toEqual(['Suspended', undefined]);
    expect(parked?.reason).toContain('another key');
    await restart(client, codec);
    await client.until('i', (status) => status.parked === undefined);
    await client.raiseEvent('i', 'go', 'on');
    expect((await client.end('i')).output).toBe(`${secret} on`);
  });

  it('what comes meanwhile is encrypted with the key of then, and needs that as well', async () => {
    const [first, second] = [await newKey(), await newKey()];
    const client = await open(aesGcm({ key: first, id: 'first' }));
    await client.startNew('waits', { instanceId: 'i', input: secret });
    await client.waiting('i');
    await restart(client, aesGcm({ key: second, id: 'second' }));
    await client.raiseEvent('i', 'go', 'on');
    await client.parked('i');
    await restart(client, aesGcm({ key: first, id: 'first' }));
    await client.until('i', ({ parked }) => parked?.reason.includes("'second'") ?? false);
    await restart(client, aesGcm({ key: first, id: 'first', former: { second } }));
    expect((await client.end('i')).output).toBe(`${secret} on`);
  });

  it('nothing of it is lost, whatever comes meanwhile without a value', async () => {
    const codec = await encrypting();
    const client = await open(codec);
    await client.startNew('runs', { instanceId: 'i', input: secret });
    await client.startNew('waits', { instanceId: 'j', input: secret });
    await client.waiting('i');
    await client.waiting('j');
    await client.checkpoint();
    await restart(client, keyless);
    const { parked } = await client.sim.until(async () => {
      const status = await client.getStatus('i').catch(() => undefined);
      return status?.parked && status;
    });
    expect(parked?.reason).toContain('nobody has logged in');
    await restart(client, codec);
    expect(await client.until('i', ({ parked }) => !parked)).toMatchObject({ runtimeStatus: 'Running', input: secret });
    await client.raiseEvent('j', 'go', 'on');
    expect((await client.end('j')).output).toBe(`${secret} on`);
  });

  it('what has ended is listed without its values, and asking for it says what is missing', async () => {
    const codec = await encrypting();
    const client = await open(codec);
    await client.startNew('ends', { instanceId: 'i', input: secret });
    await client.end('i');
    await restart(client, await encrypting());
    const [listed] = await client.list();
    expect(listed).toMatchObject({ instanceId: 'i', runtimeStatus: 'Completed' });
    expect(listed).not.toHaveProperty('output');
    await expect(client.getStatus('i')).rejects.toMatchObject({ code: 'Codec' });
    await restart(client, codec);
    expect(await client.getStatus('i')).toMatchObject({ output: secret });
  });

  it('nothing can be started: who tries is told, and it works again once there is one', async () => {
    let key: CryptoKey | undefined;
    const codec = aesGcm({
      key: () => {
        if (!key) throw new Error('nobody has logged in');
        return key;
      },
    });
    const client = await open(codec);
    await expect(client.sim.within(client.startNew('ends', { instanceId: 'i', input: 1 }))).rejects.toMatchObject({
      code: 'Codec',
      message: expect.stringContaining('nobody has logged in'),
    });
    expect(client.sim.troubles).not.toHaveLength(0);
    key = await newKey();
    await client.sim.within(client.startNew('ends', { instanceId: 'i', input: secret }));
    expect((await client.end('i')).output).toBe(secret);
  });

  it('what one instance has sent to another waits as well', async () => {
    const codec = await encrypting();
    const client = await open(codec);
    const { sim } = client;
    // A batch that closes at once carries the child's start over.
    sim.clock.pace = 9;
    sim.options.faults = (operation) => (operation === 'commit' && sim.database.log.size > 0 ? 'fail-before' : 'ok');
    await client.startNew('parent', { instanceId: 'i', input: secret });
    await sim.until(() => (sim.database.log.size > 0 ? true : undefined));
    expect([...sim.database.log.values()].at(-1)?.carry).toHaveLength(1);
    delete sim.options.faults;
    await restart(client, keyless);
    await sim.quiet();
    await restart(client, codec);
    await client.until('the child', ({ waitsFor }) => waitsFor.length > 0);
    await client.raiseEvent('the child', 'go', 'on');
    expect((await client.end('i')).output).toBe(`${secret} on`);
  });
});

it('what was stored before there was a codec is read all the same', async () => {
  const client = await open();
  await client.startNew('waits', { instanceId: 'i', input: 'in clear' });
  await client.waiting('i');
  await restart(client, await encrypting());
  await client.raiseEvent('i', 'go', secret);
  expect((await client.end('i')).output).toBe(`in clear ${secret}`);
});

it('what was encoded is not taken for a value when there is no codec any more', async () => {
  const codec = await encrypting();
  const client = await open(codec);
  await client.startNew('waits', { instanceId: 'i', input: secret });
  await client.waiting('i');
  await restart(client, undefined);
  await client.raiseEvent('i', 'go', 'on');
  expect((await client.parked('i')).parked?.reason).toContain('serve() was given no codec');
  await restart(client, codec);
  expect((await client.end('i')).output).toBe(`${secret} on`);
});
