/** What a page tells its host of the one before. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Connection } from '../../src/client/connection';
import type { HostPort } from '../../src/client/host-worker';
import type { HostMessage, PageMessage } from '../../src/protocol';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Hosts that say what the test says, and never answer a ping. */
function open() {
  const hosts: { sent: PageMessage[]; say(message: HostMessage): void }[] = [];
  const connection = new Connection({
    taskHub: 'hub',
    deadlineMs: 100,
    helloMs: 1_000,
    onHub() {},
    onLost() {},
    worker() {
      const sent: PageMessage[] = [];
      const port = { postMessage: (message: PageMessage) => sent.push(message), terminate() {} } as unknown as HostPort;
      hosts.push({ sent, say: (data) => port.onmessage?.({ data } as MessageEvent<HostMessage>) });
      return port;
    },
  });
  connection.call('getStatus', { instanceId: 'i' }).catch(() => {});
  return Object.assign(hosts, { connection });
}

async function openingAfter(...said: HostMessage[]): Promise<PageMessage | undefined> {
  const hosts = open();
  for (const message of [{ kind: 'hello' } as const, ...said]) hosts[0]?.say(message);
  for (let i = 0; i < 100 && hosts.length < 2; i++) await vi.advanceTimersByTimeAsync(50);
  hosts[1]?.say({ kind: 'hello' });
  return hosts[1]?.sent.find(({ kind }) => kind === 'open');
}

it('opens the hub before the worker has said hello, and again after it', () => {
  const hosts = open();
  const kinds = () => hosts[0]?.sent.map(({ kind }) => kind);
  expect(kinds()).toEqual(['open']);
  hosts[0]?.say({ kind: 'hello' });
  expect(kinds()).toEqual(['open', 'open', 'attention', 'calls']);
  expect(hosts[0]?.sent[1]).toEqual(hosts[0]?.sent[0]);
});

it('names the owner that hung, as soon as it was one', async () => {
  expect(await openingAfter({ kind: 'takenOver', epoch: 7 })).toMatchObject({
    kind: 'open',
    taskHub: 'hub',
    wedgedEpoch: 7,
  });
});

it('says nothing of a host that hung without owning the hub', async () => {
  expect(await openingAfter({ kind: 'hub', role: 'waiting' })).not.toHaveProperty('wedgedEpoch');
});

it('asks the next host again for what only reads, and for a start under an id of its own', async () => {
  const hosts = open();
  const connection = hosts.connection;
  hosts[0]?.say({ kind: 'hello' });
  const start = { name: 'flow', instanceId: 'made up', input: 1, fresh: true };
  const started = connection.call('startNew', start);
  const named = connection.call('startNew', { ...start, instanceId: 'named', fresh: false }).catch((error) => error);
  const raised = connection.call('raiseEvent', { instanceId: 'i', name: 'go', data: 1 }).catch((error) => error);
  for (let i = 0; i < 100 && hosts.length < 2; i++) await vi.advanceTimersByTimeAsync(50);
  expect(await named).toMatchObject({ code: 'OutcomeUnknown' });
  expect(await raised).toMatchObject({ code: 'OutcomeUnknown' });

  hosts[1]?.say({ kind: 'hello' });
  const calls = hosts[1]?.sent.flatMap((message) => (message.kind === 'calls' ? message.calls : [])) ?? [];
  expect(calls.map(({ method }) => method)).toEqual(['getStatus', 'startNew']);
  expect(calls[1]?.request).toEqual({ ...start, fresh: false, onExisting: 'return' });
  hosts[1]?.say({ kind: 'replies', replies: [{ id: calls[1]?.id ?? -1, value: 'made up' }] });
  expect(await started).toBe('made up');
});

it('gives up on a worker that never comes up, and says why', async () => {
  const hosts = open();
  const call = hosts.connection.call('getStatus', { instanceId: 'i' }).catch((error) => error);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(hosts).toHaveLength(3);
  expect(await call).toMatchObject({
    code: 'HubUnavailable',
    message: expect.stringContaining('does its file call serve()'),
  });
});

it('goes on trying with a worker that could be loaded before', async () => {
  const hosts = open();
  hosts[0]?.say({ kind: 'hello' });
  await vi.advanceTimersByTimeAsync(300_000);
  const ended = hosts.length;
  expect(ended).toBeGreaterThan(5);
  while (hosts.length === ended) await vi.advanceTimersByTimeAsync(50);
  hosts.at(-1)?.say({ kind: 'hello' });
  expect(hosts.at(-1)?.sent.map(({ kind }) => kind)).toContain('open');
});
