/** What earlier releases have left in users' browsers is read, and goes on, with today's code. */
import { connect, InstanceNotFoundError } from 'perdure';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dumpDatabase } from './fixtures/dump-database';
import { gather, newHubName, rejectionOf } from './fixtures/hubs';
import { decode, type Recording, restoreDatabase } from './fixtures/restore-database';
import schema1 from './fixtures/schema-1.json?raw';
import schema2 from './fixtures/schema-2.json?raw';
import schema3 from './fixtures/schema-3.json?raw';
import type * as orchestrations from './fixtures/schema-orchestrations';

const ended = ['Completed', 'Failed', 'Terminated'] as const;

describe.each([
  ['1', schema1],
  ['2', schema2],
  ['3', schema3],
])('a database of schema %s', (_, recorded) => {
  const taskHub = newHubName();
  const open = () =>
    connect<typeof orchestrations>({
      taskHub,
      worker: () => new Worker(new URL('./fixtures/schema.worker.ts', import.meta.url), { type: 'module' }),
    });
  const { database, shown }: Recording = decode(recorded);
  let client: ReturnType<typeof open>;
  let letGo = () => {};

  beforeAll(async () => {
    await restoreDatabase(taskHub, database);
    // Whoever has this lock owns the hub: until it is let go, the client sees what lies there.
    await new Promise<void>((locked) => {
      navigator.locks.request(`perdure/${taskHub}`, () => {
        locked();
        return new Promise<void>((resolve) => {
          letGo = resolve;
        });
      });
    });
    client = open();
  });
  afterAll(() => client.close());

  const ids = async () => (await gather(client.listInstances({ pageSize: 10 }))).map(({ instanceId }) => instanceId);
  const shownOf = (id: string) => shown.find(({ instanceId }) => instanceId === id);
  const outputOf = async (id: string) => (await client.waitForCompletion(id)).output;

  describe('before anybody owns the hub', () => {
    it('lists the same instances, in the same order', async () => {
      await client.ready;
      expect(client.hub.get().role).toBe('waiting');
      expect(await ids()).toEqual(shown.map(({ instanceId }) => instanceId));
    });

    it.each(shown.map((status) => [status.instanceId, status] as const))('shows all of %s', async (id, status) => {
      expect(await client.getStatus(id, { showHistory: true })).toMatchObject(status);
    });

    it('gives files and buffers with what is in them', async () => {
      const { input } = await client.getStatus<'reads'>('binary');
      expect(input.file).toMatchObject({ name: 'a.txt', type: 'text/plain', lastModified: 0 });
      expect(await input.file.text()).toBe('from a file');
      expect(input.bytes).toEqual(new Uint8Array([1, 2, 3]));
      const { input: tail } = await client.getStatus('tail-binary');
      const [blob, buffer] = tail as [Blob, ArrayBuffer];
      expect([await blob.text(), buffer.byteLength]).toEqual(['from a blob', 4]);
    });

    it('has nothing of what was purged', async () => {
      for (const id of ['purged', 'purged-later']) {
        expect(await rejectionOf(client.getStatus(id))).toBeInstanceOf(InstanceNotFoundError);
      }
    });

    it('counts them', async () => {
      for (const runtimeStatus of ended) {
        const listed = shown.filter((status) => status.runtimeStatus === runtimeStatus);
        expect(await client.countInstances({ runtimeStatus: [runtimeStatus] }), runtimeStatus).toBe(listed.length);
      }
      expect(await client.countInstances()).toBe(shown.length);
    });
  });

  describe('once somebody owns the hub', () => {
    beforeAll(() => letGo());

    it('runs open activities again, with the same key', async () => {
      const meta = database.stores.find(({ name }) => name === 'meta')?.records.map(({ value }) => value);
      const owner = meta?.find((each) => 'databaseId' in (each as object)) as { databaseId: string };
      const key = await outputOf('open-activity');
      expect(key).toMatch(new RegExp(`^${taskHub}/${owner.databaseId}/open-activity/\\d+:0$`));
    });

    it('fires timers that are overdue, and no other', async () => {
      expect(await outputOf('overdue')).toBe('slept');
      expect(await outputOf('tail-overdue')).toBe('slept');
      expect(await client.getStatus('sleeps')).toMatchObject({
        runtimeStatus: 'Running',
        waitsFor: [{ kind: 'timer', fireAt: new Date('2100-01-01T00:00:00Z') }],
      });
    });

    it('starts the child that the last commit carried over', async () => {
      expect(await outputOf('carrying')).toBe('carried 1');
      expect((await client.getStatus('carrying/child')).parent).toEqual({
        instanceId: 'carrying',
        name: 'carriesOver',
      });
    });

    it('takes the commands that lie in the inbox', async () => {
      expect(await outputOf('tail-waiting')).toBe('from the inbox');
      expect(await outputOf('from-inbox')).toBe(1);
    });

    it.each(['removed', 'changed'])('lets %s go on now that the code fits, with the events it was sent', async (id) => {
      expect(await outputOf(id)).toEqual([1, id]);
    });

    it.each(['everything', 'everything-async'])('replays all that %s has done, and goes on', async (id) => {
      await client.raiseEvent(id, 'go', 'on');
      expect(await outputOf(id)).toEqual({ ...(shownOf(id)?.customStatus as object), go: 'on', two: 2 });
    });

    it.each(['long', 'long-async'])('replays the history of %s from chunks and log', async (id) => {
      await client.raiseEvent(id, 'lap');
      expect(await outputOf(id)).toBe(72);
    });

    it('keeps events that came before anybody waited', async () => {
      await client.raiseEvent('kept', 'first', 0);
      expect(await outputOf('kept')).toEqual([0, 'a', 'b']);
    });

    it('goes on with the newest execution', async () => {
      await client.raiseEvent('renewing', 'next', 'end');
      expect(await outputOf('renewing')).toEqual(['once', 'n'.repeat(4_500), 'thrice', 4]);
      await client.raiseEvent('replaced-later', 'go', 'new');
      expect(await outputOf('replaced-later')).toBe('new');
    });

    it('lets a parent have its children', async () => {
      await client.raiseEvent('parent/waits', 'go', 'child');
      expect(await outputOf('parent')).toEqual(['child', 2]);
    });

    it.each(['large', 'rich', 'tail-binary'])('gives the orchestrator of %s its values back', async (id) => {
      await client.raiseEvent(id, 'go');
      expect(await outputOf(id)).toEqual(shownOf(id)?.input);
    });

    it('gives an activity a stored file', async () => {
      await client.raiseEvent('binary', 'go');
      expect(await outputOf('binary')).toEqual({
        name: 'a.txt',
        text: 'from a file',
        bytes: new Uint8Array([1, 2, 3]),
      });
    });

    it('has only the sleeping one left, and counts right', async () => {
      const instances = await gather(client.listInstances());
      const running = instances.filter(({ runtimeStatus }) => !(ended as readonly string[]).includes(runtimeStatus));
      expect(running.map(({ instanceId }) => instanceId)).toEqual(['sleeps']);
      expect(instances.map(({ instanceId }) => instanceId).sort()).toEqual(
        [...shown.map(({ instanceId }) => instanceId), 'carrying/child', 'from-inbox'].sort(),
      );
      for (const runtimeStatus of [...ended, 'Running', 'Suspended', 'Pending'] as const) {
        const listed = instances.filter((instance) => instance.runtimeStatus === runtimeStatus);
        expect(await client.countInstances({ runtimeStatus: [runtimeStatus] }), runtimeStatus).toBe(listed.length);
      }
    });

    it('has all of it in rows at the next checkpoint, and nothing of executions that are gone', async () => {
      const valuesOf = async (store: string) =>
        (await dumpDatabase(`perdure/${taskHub}`)).stores.find(({ name }) => name === store)?.records ?? [];
      await expect.poll(async () => (await valuesOf('log')).length, { timeout: 5_000 }).toBe(1);
      const rows = (await valuesOf('instances')).map(({ value }) => value as { id: string; execution: number });
      expect(rows.map(({ id }) => id).sort()).toEqual((await ids()).sort());
      const executions = new Set(rows.map(({ execution }) => execution));
      for (const { key } of await valuesOf('history')) expect(executions).toContain((key as [string, number])[1]);
      for (const { key } of await valuesOf('payloads')) expect(executions).toContain((key as [number])[0]);
    });
  });

  it('is brought back as it was recorded', async () => {
    const copy = newHubName();
    await restoreDatabase(copy, database);
    expect(await dumpDatabase(`perdure/${copy}`)).toEqual(database);
  });
});
