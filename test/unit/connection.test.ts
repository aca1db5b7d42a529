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
  return hosts;
}

async function openingAfter(...said: HostMessage[]): Promise<PageMessage | undefined> {
  const hosts = open();
  for (const message of [{ kind: 'hello' } as const, ...said]) hosts[0]?.say(message);
  for (let i = 0; i < 100 && hosts.length < 2; i++) await vi.advanceTimersByTimeAsync(50);
  hosts[1]?.say({ kind: 'hello' });
  return hosts[1]?.sent.find(({ kind }) => kind === 'open');
}

it('names the owner that hung, as soon as it was one', async () => {
  expect(await openingAfter({ kind: 'takenOver', epoch: 7 })).toMatchObject({ kind: 'open', taskHub: 'hub', wedgedEpoch: 7 });
});

it('says nothing of a host that hung without owning the hub', async () => {
  expect(await openingAfter({ kind: 'hub', role: 'waiting' })).not.toHaveProperty('wedgedEpoch');
});
