/** What a page can do with an instance, and what it is told when it cannot. */
import {
  connect,
  InstanceExistsError,
  InstanceNotFailedError,
  InstanceNotRunningError,
  InstanceRunningError,
  UnknownOrchestrationError,
} from 'perdure';
import { afterAll, describe, expect, it } from 'vitest';
import { type AnyClient, gather, newHubName, rejectionOf, statusWhere } from './fixtures/hubs';

const worker = () => new Worker(new URL('./fixtures/whole.worker.ts', import.meta.url), { type: 'module' });
const client = connect({ taskHub: newHubName(), worker }) as AnyClient;
afterAll(() => client.close());

let ids = 0;
const newId = () => `i${ids++}`;
const waits = (options: Parameters<AnyClient['startNew']>[1] = {}) =>
  client.startNew('waits', { instanceId: newId(), ...options });
const typesOf = async (id: string) => (await client.getHistory(id)).map(({ type }) => type);
const hasEnded = ({ runtimeStatus }: { runtimeStatus: string }) =>
  ['Completed', 'Failed', 'Terminated'].includes(runtimeStatus);

describe('startNew', () => {
  it('gives an instance tags, which its status shows', async () => {
    const id = await waits({ tags: { customer: 'ada' } });
    expect(await client.getStatus(id)).toMatchObject({ tags: { customer: 'ada' }, version: '2' });
    expect(await client.getStatus(await waits({ tags: {} }))).not.toHaveProperty('tags');
  });

  it('starts later, and until then the instance is pending and takes events', async () => {
    const startAt = new Date(Date.now() + 400);
    const id = await waits({ startAt });
    const status = await client.getStatus(id);
    expect(status).toMatchObject({ runtimeStatus: 'Pending', waitsFor: [{ kind: 'start', startAt }] });
    await client.raiseEvent(id, 'go', 'early');
    const { output, lastUpdatedTime } = await client.waitForCompletion(id);
    expect(output).toMatchObject({ event: 'early' });
    expect(lastUpdatedTime.getTime()).toBeGreaterThanOrEqual(startAt.getTime());
  });

  it('starts after a while, or at once if the date has passed', async () => {
    const id = await waits({ startAt: '1h' });
    const [wait] = (await client.getStatus(id)).waitsFor;
    expect(wait).toMatchObject({ kind: 'start' });
    const late = await waits({ startAt: new Date(0) });
    expect(await statusWhere(client, late, ({ waitsFor }) => waitsFor[0]?.kind === 'event')).toMatchObject({
      runtimeStatus: 'Running',
    });
  });

  it('starts another version, and says which there are', async () => {
    const id = await waits({ version: '1' });
    await client.raiseEvent(id, 'go', 7);
    expect((await client.waitForCompletion(id)).output).toEqual({ version: '1', first: 7 });
    const error = await rejectionOf(waits({ version: '3' }));
    expect(error).toBeInstanceOf(UnknownOrchestrationError);
    expect((error as Error).message).toContain("not registered in version '3', but in '2', '1'");
  });

  it('does with an id in use what it is told', async () => {
    const id = await waits();
    for (const onExisting of [undefined, 'replaceTerminal', 'reject'] as const) {
      const error = await rejectionOf(client.startNew('waits', { instanceId: id, ...(onExisting && { onExisting }) }));
      expect(error).toBeInstanceOf(InstanceExistsError);
    }
    expect(await client.startNew('waits', { instanceId: id, input: 'new', onExisting: 'return' })).toBe(id);
    expect((await client.getStatus(id)).input).toBeUndefined();
    await client.startNew('waits', { instanceId: id, input: 'new', onExisting: 'replace' });
    expect((await client.getStatus(id)).input).toBe('new');

    await client.terminate(id);
    await client.startNew('waits', { instanceId: id, input: 'newer', onExisting: 'return' });
    expect((await client.getStatus(id)).input).toBe('new');
    expect(await rejectionOf(client.startNew('waits', { instanceId: id, onExisting: 'reject' }))).toBeInstanceOf(
      InstanceExistsError,
    );
    await client.startNew('waits', { instanceId: id, input: 'newest' });
    expect((await client.getStatus(id)).input).toBe('newest');
  });
});

describe('suspend and resume', () => {
  it('keep what comes meanwhile', async () => {
    const id = await waits();
    await client.suspend(id, 'lunch');
    expect(await client.getStatus(id)).toMatchObject({ runtimeStatus: 'Suspended', suspended: { reason: 'lunch' } });
    await client.raiseEvent(id, 'go', 'kept');
    expect((await client.getStatus(id)).runtimeStatus).toBe('Suspended');
    await client.resume(id, 'back');
    expect((await client.waitForCompletion(id)).output).toMatchObject({ event: 'kept' });
    expect(await client.getStatus(id)).not.toHaveProperty('suspended');
  });

  it('are refused for what has ended', async () => {
    const id = await waits();
    await client.terminate(id);
    for (const call of [client.suspend(id), client.resume(id), client.raiseEvent(id, 'go')]) {
      expect(await rejectionOf(call)).toBeInstanceOf(InstanceNotRunningError);
    }
  });
});

describe('rewind', () => {
  it('lets what has failed go on, its children too', async () => {
    const cache = newHubName();
    const id = await client.startNew('family', { input: cache });
    expect(await rejectionOf(client.waitForCompletion(id))).toMatchObject({ code: 'InstanceFailed' });
    await caches.open(cache);
    await client.rewind(id, 'it is there now');
    expect((await client.waitForCompletion(id)).output).toBe(cache);
    expect(await typesOf(id)).toContain('ExecutionRewound');
    await caches.delete(cache);
  });

  it('is refused for what has not failed', async () => {
    const error = await rejectionOf(client.rewind(await waits()));
    expect(error).toBeInstanceOf(InstanceNotFailedError);
    expect(error).toMatchObject({ code: 'InstanceNotFailed' });
  });
});

describe('restart', () => {
  it('starts the same again, under the same id or another', async () => {
    const id = await waits({ input: 'once', tags: { of: 'ada' }, version: '1' });
    expect(await rejectionOf(client.restart(id))).toBeInstanceOf(InstanceRunningError);
    await client.terminate(id);
    expect(await client.restart(id)).toBe(id);
    const random = await client.restart(id, { newInstanceId: true });
    const named = await client.restart(id, { newInstanceId: `${id}/2` });
    expect(named).toBe(`${id}/2`);
    expect(random).not.toBe(id);
    for (const each of [id, random, named]) {
      const expected = { runtimeStatus: 'Running', input: 'once', tags: { of: 'ada' }, version: '1' };
      expect(await client.getStatus(each)).toMatchObject(expected);
    }
    expect(await rejectionOf(client.restart(id, { newInstanceId: named }))).toBeInstanceOf(InstanceExistsError);
  });
});

describe('terminate', () => {
  it('leaves children alone, unless it is recursive', async () => {
    const childOf = async (id: string) => {
      const { waitsFor } = await statusWhere(client, id, (status) => status.waitsFor[0]?.kind === 'subOrchestration');
      return (waitsFor[0] as { instanceId: string }).instanceId;
    };
    const [alone, recursive] = [await client.startNew('family'), await client.startNew('family')];
    const [spared, child] = [await childOf(alone), await childOf(recursive)];
    await client.terminate(alone, 'enough');
    await client.terminate(recursive, 'enough', { recursive: true });
    await statusWhere(client, child, hasEnded);
    expect((await client.getStatus(child)).runtimeStatus).toBe('Terminated');
    expect((await client.getStatus(spared)).runtimeStatus).toBe('Running');
  });
});

describe('purge', () => {
  it('deletes an instance with its children, or all that match', async () => {
    const cache = newHubName();
    const parent = await client.startNew('family', { input: cache });
    await rejectionOf(client.waitForCompletion(parent));
    expect(await client.purge(parent)).toEqual({ instancesDeleted: 2 });

    const tags = { round: newHubName() };
    const [running, ...ended] = [await waits({ tags }), await waits({ tags }), await waits({ tags })];
    for (const id of ended) await client.terminate(id);
    expect(await client.purge({ tags, runtimeStatus: ['Completed'] })).toEqual({ instancesDeleted: 0 });
    expect(await client.purge({ tags })).toEqual({ instancesDeleted: 2 });
    const left = await gather(client.listInstances({ tags }));
    expect(left.map(({ instanceId }) => instanceId)).toEqual([running]);
  });

  it.each([
    [{}, 'an empty filter would purge all'],
    [{ name: undefined }, 'an empty filter would purge all'],
    [{ nmae: 'waits' }, "there is no filter 'nmae'; did you mean 'name'?"],
    [{ runtimeStatus: ['Running'] }, 'only ended instances are purged'],
    [{ limit: 3, name: 'waits' }, "there is no filter 'limit'"],
  ])('is refused before it purges too much: %j', async (filter, message) => {
    const error = await rejectionOf(client.purge(filter as never));
    expect(error).toBeInstanceOf(TypeError);
    expect((error as Error).message).toContain(message);
  });
});

describe('getHistory', () => {
  it('gives what happened, with all values', async () => {
    const id = await waits({ input: new Map([['a', 1]]) });
    const history = await client.getHistory(id);
    expect(history.map(({ type }) => type)).toEqual([
      'OrchestratorStarted',
      'ExecutionStarted',
      'OrchestratorCompleted',
    ]);
    expect(history[1]).toMatchObject({ name: 'waits', input: new Map([['a', 1]]), version: '2' });
    expect(await rejectionOf(client.getHistory('nobody'))).toMatchObject({ code: 'InstanceNotFound' });
  });
});

describe('exportInstance and importInstance', () => {
  const other = connect({ taskHub: newHubName(), worker }) as AnyClient;
  afterAll(() => other.close());

  it('take an instance with its child to another hub, where it goes on', async () => {
    const file = new File(['hello'], 'a.txt', { type: 'text/plain', lastModified: 7 });
    const id = await waits({ input: { file, at: new Date(5) }, tags: { of: 'ada' } });
    const json = await client.exportInstance(id);
    expect(JSON.parse(json)).toMatchObject({ format: 'perdure/instance', version: 1 });
    expect(await other.importInstance(json)).toBe(id);
    const { input, ...status } = await other.getStatus(id);
    expect(status).toMatchObject({ name: 'waits', tags: { of: 'ada' }, version: '2', runtimeStatus: 'Running' });
    expect(await (input as { file: File }).file.text()).toBe('hello');
    await other.raiseEvent(id, 'go', 'there');
    expect((await other.waitForCompletion(id)).output).toMatchObject({ event: 'there', input: { at: new Date(5) } });

    const parent = await client.startNew('family');
    await statusWhere(client, parent, ({ waitsFor }) => waitsFor.length > 0);
    expect(await other.importInstance(await client.exportInstance(parent), { instanceId: 'copy' })).toBe('copy');
    const [child] = await gather(other.listInstances({ parent: 'copy' }));
    await other.raiseEvent(String(child?.instanceId), 'go', 1);
    expect((await other.waitForCompletion('copy')).output).toMatchObject({ event: 1 });
  });

  it('keep what an instance came to', async () => {
    const cache = newHubName();
    const id = await client.startNew('needs', { input: cache });
    await rejectionOf(client.waitForCompletion(id));
    await other.importInstance(await client.exportInstance(id));
    const status = await other.getStatus(id);
    expect(status).toMatchObject({ runtimeStatus: 'Failed', customStatus: { cache }, failure: { code: 'TaskFailed' } });
    expect(await other.getHistory(id)).toMatchObject(
      (await client.getHistory(id)).map((event) => (event.type === 'ExecutionStarted' ? { type: event.type } : event)),
    );
  });

  it('are refused for what is there already, what is none, and what nobody knows', async () => {
    const id = await waits();
    const json = await client.exportInstance(id);
    expect(await rejectionOf(client.importInstance(json))).toBeInstanceOf(InstanceExistsError);
    expect(await rejectionOf(client.importInstance('{}'))).toMatchObject({ code: 'InvalidExport' });
    expect(await rejectionOf(client.importInstance(json, { instanceId: '' }))).toMatchObject({ code: 'InvalidName' });
    expect(await rejectionOf(client.exportInstance('nobody'))).toMatchObject({ code: 'InstanceNotFound' });
  });

  it('refuse a value that cannot leave the browser, and say where it is', async () => {
    const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 128 }, false, ['encrypt']);
    const id = await waits({ input: { key } });
    expect(await rejectionOf(client.exportInstance(id))).toMatchObject({
      code: 'Payload',
      message: expect.stringContaining('history[1].input.key is of type CryptoKey'),
    });
  });
});

describe('wrong options are refused on the page', () => {
  const many = Object.fromEntries(Array.from({ length: 65 }, (_, n) => [`t${n}`, '']));

  it.each([
    [{ startAt: 'soon' }, TypeError, 'is no duration'],
    [{ startAt: new Date(Number.NaN) }, TypeError, 'startAt is an invalid Date'],
    [{ startAt: '200000000d' }, RangeError, 'startAt lies too far ahead'],
    [{ tags: [] }, TypeError, 'tags must be an object'],
    [{ tags: { n: 1 } }, TypeError, "tag 'n' must be a string, not number"],
    [{ tags: { '': 'a' } }, RangeError, "a tag's name must have 1 to 256 characters"],
    [{ tags: { a: 'x'.repeat(257) } }, RangeError, "tag 'a' must have at most 256 characters, not 257"],
    [{ tags: many }, RangeError, 'there can be at most 64 tags, not 65'],
    [{ version: 2 }, Error, 'a version must be a string, not number'],
    [
      { onExisting: 'keep' },
      TypeError,
      "onExisting must be one of 'replaceTerminal', 'reject', 'replace', 'return', not 'keep'",
    ],
  ])('startNew: %j', async (options, type, message) => {
    const error = await rejectionOf(waits(options as never));
    expect(error).toBeInstanceOf(type);
    expect((error as Error).message).toContain(message);
  });

  it.each([
    [{ pageSize: 0 }, RangeError, 'pageSize must be a whole number from 1 to 10,000, not 0'],
    [{ pageSize: 1.5 }, RangeError, 'pageSize must be'],
    [{ pageSize: 10_001 }, RangeError, 'pageSize must be'],
    [{ order: 'name' }, TypeError, "order must be one of 'newest', 'oldest', not 'name'"],
    [{ runtimeStatus: 'Failed' }, TypeError, "runtimeStatus must be a list of statuses, not 'Failed'"],
    [{ runtimeStatus: ['Done'] }, TypeError, "a runtimeStatus must be one of 'Pending', "],
    [{ createdTimeFrom: 7 }, TypeError, 'createdTimeFrom must be a Date, not 7'],
    [{ lastUpdatedTimeTo: new Date('x') }, TypeError, 'lastUpdatedTimeTo is an invalid Date'],
    [{ parent: '' }, Error, 'an instance id must not be empty'],
    [{ idPrefix: 7 }, TypeError, 'idPrefix must be a string, not 7'],
    [{ prefix: 'a' }, TypeError, "there is no filter 'prefix'"],
  ])('listInstances: %j', (options, type, message) => {
    const list = () => client.listInstances(options as never);
    expect(list).toThrow(type);
    expect(list).toThrow(message);
  });

  it('watchInstances, suspend and terminate', async () => {
    expect(() => client.watchInstances({ limit: 0 })).toThrow(RangeError);
    expect(() => client.watchInstances({ order: 'name' as 'newest' })).toThrow(TypeError);
    expect(await rejectionOf(client.suspend('i', 7 as never))).toMatchObject({
      message: 'a reason must be a string, not 7',
    });
    expect(await rejectionOf(client.terminate('i', {} as never))).toBeInstanceOf(TypeError);
  });
});
