/** What lies on the disk, with a codec that encrypts: read without perdure, it gives nothing away. */
import type { DurableClient } from 'perdure';
import { expect, it } from 'vitest';
import { Client } from '../../src/client/client';
import type { StatusRecord } from '../../src/protocol';
import { dumpDatabase } from './fixtures/dump-database';
import { newHubName, rejectionOf, statusWhere } from './fixtures/hubs';
import type { orchestrations, Secrets } from './fixtures/secrets';

type AnyClient = DurableClient<typeof orchestrations>;

const secret = 'nobody-may-see-this';
const secretBytes = new TextEncoder().encode(secret);

/** A tab; its worker is given the password by its name. */
function open(taskHub: string, password: string): AnyClient {
  const name = `host ${password}`;
  const worker = () => new Worker(new URL('./fixtures/secrets.worker.ts', import.meta.url), { type: 'module', name });
  const client: Client = new Client({ taskHub, worker }, () => client.end());
  return client as unknown as AnyClient;
}

async function secrets(): Promise<Secrets> {
  return {
    text: secret,
    file: new File([secret.repeat(1_000)], `${secret}.txt`, { type: `text/${secret}` }),
    bytes: secretBytes,
    key: await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt']),
    more: new Map([[secret, new Date(5)]]),
  };
}

/** Where the secret can be read in what lies in the database. */
async function findIn(value: unknown, path: string, seen = new Set<unknown>()): Promise<string[]> {
  if (typeof value === 'string') return value.includes(secret) ? [path] : [];
  if (typeof value !== 'object' || value === null || seen.has(value)) return [];
  seen.add(value);
  if (value instanceof Blob) {
    const about = value instanceof File ? `${value.name} ${value.type}` : value.type;
    return [...(await findIn(about, `${path}.type`)), ...(await findIn(await value.arrayBuffer(), path, seen))];
  }
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) {
    const { buffer } = value instanceof ArrayBuffer ? { buffer: value } : value;
    const texts = ['latin1', 'utf-16le', 'utf-16be'].map((encoding) => new TextDecoder(encoding).decode(buffer));
    return texts.some((text) => text.includes(secret)) ? [path] : [];
  }
  const parts: [unknown, unknown][] = value instanceof Map ? [...value] : Object.entries(value);
  const found = parts.map(async ([key, part]) => {
    const at = `${path}.${String(key)}`;
    return [...(await findIn(key, at, seen)), ...(await findIn(part, at, seen))];
  });
  return (await Promise.all(found)).flat();
}

const contentOf = async (taskHub: string) => (await dumpDatabase(`perdure/${taskHub}`)).stores;

const until = (client: AnyClient, id: string, look: (status: StatusRecord) => boolean) =>
  statusWhere(client as never, id, look);

const waitsFor = (event: string) => (status: StatusRecord) =>
  status.waitsFor.some((wait) => wait.kind === 'event' && wait.name === event);

it('a reader of the raw database finds no byte of a value in clear, and a user with the key finds all', async () => {
  const taskHub = newHubName();
  const owner = open(taskHub, 'first');
  await owner.ready;
  // The second tab's commands lie in the inbox.
  const other = open(taskHub, 'first');
  await other.ready;
  const looks: Promise<string[]>[] = [];
  const look = async () => looks.push(findIn(await contentOf(taskHub), taskHub));

  const id = await other.startNew('secretive', { input: await secrets(), instanceId: 'i' });
  await look();
  await until(owner, id, waitsFor('word'));
  await look();
  await other.raiseEvent(id, 'word', secret);
  await until(owner, id, waitsFor('go'));
  await look();
  await owner.raiseEvent(id, 'go');
  const { output, input, customStatus } = await other.waitForCompletion(id);
  // Until a checkpoint has written the rows.
  await expect.poll(async () => (await storeOf(taskHub, 'instances')).length, { timeout: 5_000 }).toBe(2);
  await look();

  expect((await Promise.all(looks)).flat()).toEqual([]);
  const { text, blob, word, child } = output;
  expect([text, word, await blob.text()]).toEqual([secret, secret, `${secret.repeat(1_000)}!`]);
  expect([input.file.name, input.file.type, await input.file.text()]).toEqual([
    `${secret}.txt`,
    `text/${secret}`,
    secret.repeat(1_000),
  ]);
  expect(child.bytes).toEqual(secretBytes);
  expect(child.key).toBeInstanceOf(CryptoKey);
  expect(customStatus).toMatchObject({ word: secret });
  // This test can find what is there.
  expect(await findIn([{ deep: new Blob([secret]) }], 'x')).toHaveLength(1);
  await (owner as unknown as Client).end();
  await (other as unknown as Client).end();
});

const storeOf = async (taskHub: string, name: string) =>
  (await contentOf(taskHub)).find((store) => store.name === name)?.records ?? [];

it('a wrong password shows nothing and destroys nothing', async () => {
  const taskHub = newHubName();
  let client = open(taskHub, 'first');
  await client.startNew('secretive', { input: await secrets(), instanceId: 'i' });
  await until(client, 'i', waitsFor('word'));
  await (client as unknown as Client).end();

  client = open(taskHub, 'wrong');
  await client.raiseEvent('i', 'go');
  const parked = await until(client, 'i', (status) => status.parked !== undefined);
  expect(parked).toMatchObject({ runtimeStatus: 'Suspended', parked: { reason: expect.stringContaining('key') } });
  expect(parked).not.toHaveProperty('input');
  expect(await rejectionOf(client.exportInstance('i'))).toMatchObject({ code: 'Codec' });
  await (client as unknown as Client).end();

  client = open(taskHub, 'first');
  await client.raiseEvent('i', 'word', 'at last');
  expect((await client.waitForCompletion<'secretive'>('i')).output.word).toBe('at last');
  await (client as unknown as Client).end();
});

it('the payloads that lie there are those that are referred to, and none when all is purged', async () => {
  const taskHub = newHubName();
  const client = open(taskHub, 'first');
  const id = await client.startNew('secretive', { input: await secrets() });
  await until(client, id, waitsFor('word'));
  // The input's file and bytes and key, the activity's copies of the same, its result, and the status.
  const before = (await storeOf(taskHub, 'payloads')).length;
  await client.raiseEvent(id, 'word', secret);
  await until(client, id, waitsFor('go'));
  await client.raiseEvent(id, 'go');
  await client.waitForCompletion(id);
  expect(before).toBeGreaterThan(3);
  expect(await storeOf(taskHub, 'staged')).toEqual([]);
  await client.purge(id);
  await expect.poll(async () => (await storeOf(taskHub, 'payloads')).length, { timeout: 5_000 }).toBe(0);
  await (client as unknown as Client).end();
});
