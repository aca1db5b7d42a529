/** What the page itself refuses, before a worker hears of it; and values that only a browser has. */
import { afterAll, describe, expect, it } from 'vitest';
import { newHubName, openClient, rejectionOf } from './fixtures/hubs';

const client = openClient();
afterAll(() => client.close());

describe('an export', () => {
  it('takes a File to another hub', async () => {
    const file = new File(['hello'], 'a.txt', { type: 'text/plain', lastModified: 7 });
    const id = await client.startNew('waits', { input: { file } });
    const other = openClient(newHubName());
    await other.importInstance(await client.exportInstance(id));
    const { input } = await other.getStatus(id);
    const { file: taken } = input as { file: File };
    expect([taken.name, taken.type, taken.lastModified, await taken.text()]).toEqual([
      'a.txt',
      'text/plain',
      7,
      'hello',
    ]);
    await other.close();
  });

  it('is refused if a value cannot leave the browser, and says where it is', async () => {
    const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 128 }, false, ['encrypt']);
    const id = await client.startNew('waits', { input: { key } });
    expect(await rejectionOf(client.exportInstance(id))).toMatchObject({
      code: 'Payload',
      message: expect.stringContaining('history[1].input.key is of type CryptoKey'),
    });
  });
});

describe('a purge', () => {
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
    const error = await rejectionOf(client.startNew('waits', options as never));
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
