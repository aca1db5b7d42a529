/** Where a hub's records are kept: in IndexedDB, unless the browser has none for this page on principle. */
import { deleteDB, openDB } from 'idb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NewerSchemaError } from '../../src/core/errors';
import { openStorage } from '../../worker/store/open';
import { databaseVersion } from '../../worker/store/schema';

let hubs = 0;
let hub: string;
const name = () => `perdure/${hub}`;
const command = { build: '', method: 'm', args: [] };

beforeEach(() => {
  hub = `mode-test-${hubs++}`;
});
afterEach(() => deleteDB(name()));

describe('storage that is there', () => {
  it('is on disk', async () => {
    const storage = await openStorage(hub);
    expect(storage.kind).toBe('disk');
    const store = storage.open();
    await store.takeOver();
    store.close();
    expect((await indexedDB.databases()).map((database) => database.name)).toContain(name());
  });

  it('is only looked at, and no database is made', async () => {
    await openStorage(hub);
    expect((await indexedDB.databases()).map((database) => database.name)).not.toContain(name());
  });

  it('is not blocked by a tab with an older version', async () => {
    const old = await openDB(name(), 1);
    expect((await openStorage(hub)).kind).toBe('disk');
    old.close();
  });

  it.each([
    ['a failing disk', 'UnknownError', 'Internal error opening backing store for indexedDB.open.'],
    ['a lost connection', 'UnknownError', 'Connection to Indexed Database server lost. Refresh the page to try again'],
    ['a database in a bad state', 'InvalidStateError', 'The database connection is closing.'],
    ['a full disk', 'QuotaExceededError', 'Full.'],
  ])('is durable whatever fails but once: %s', async (_, error, message) => {
    const storage = await failing(new DOMException(message, error), () => openStorage(hub));
    expect(storage.kind).toBe('disk');
    const store = storage.open();
    expect((await store.takeOver()).epoch).toBe(1);
    store.close();
  });

  it('is durable though its database is newer, which its stores report', async () => {
    (await openDB(name(), databaseVersion + 1)).close();
    const storage = await openStorage(hub);
    expect(storage.kind).toBe('disk');
    await expect(storage.open().read({})).rejects.toThrow(NewerSchemaError);
  });
});

describe('storage that the browser refuses', () => {
  it.each([
    [
      'as Chromium does where the user forbids it',
      'UnknownError',
      'The user denied permission to access the database.',
    ],
    ['as browsers do in a sandboxed frame', 'SecurityError', 'The operation is insecure.'],
    [
      'as older Firefoxes do in private windows',
      'InvalidStateError',
      'A mutation operation was attempted on a database that did not allow mutations.',
    ],
  ])('is replaced by memory: %s', async (_, error, message) => {
    const { kind } = await failing(new DOMException(message, error), () => openStorage(hub));
    expect(kind).toBe('memory');
  });

  it('is replaced by memory where there is none', async () => {
    expect((await withoutIndexedDB(() => openStorage(hub))).kind).toBe('memory');
  });

  it('is in a sandboxed frame what it is taken for', async () => {
    const frame = document.createElement('iframe');
    frame.setAttribute('sandbox', 'allow-scripts');
    frame.srcdoc = `<script>
      try { indexedDB.open('x'); parent.postMessage('opened', '*'); } catch (error) { parent.postMessage(error.name, '*'); }
    </script>`;
    const answer = new Promise((resolve) => {
      addEventListener('message', ({ source, data }) => source === frame.contentWindow && resolve(data));
    });
    document.body.append(frame);
    expect(await answer).toBe('SecurityError');
    frame.remove();
  });

  it('is one memory for all connections to a hub, and another one for another hub', async () => {
    const [one, again, other] = await withoutIndexedDB(() =>
      Promise.all([openStorage(hub), openStorage(hub), openStorage(`${hub}/other`)]),
    );
    const owner = one.open();
    await owner.takeOver({ build: 'b' });
    await again.open().post(command);
    expect(await owner.read({ inboxAbove: 0 })).toMatchObject({ meta: { build: 'b' }, inbox: [{ method: 'm' }] });
    expect(await other.open().read({ inboxAbove: 0 })).toMatchObject({ meta: { epoch: 0 }, inbox: [] });
  });
});

/** Runs something while every opening fails. */
async function failing<Result>(error: DOMException, run: () => Promise<Result>): Promise<Result> {
  const { open } = IDBFactory.prototype;
  IDBFactory.prototype.open = function (...args) {
    const request = open.apply(this, args);
    const fail = (event: Event) => {
      event.stopImmediatePropagation();
      Object.defineProperty(request, 'error', { value: error });
      request.dispatchEvent(new Event('error', { cancelable: true }));
    };
    request.addEventListener('upgradeneeded', (event) => {
      event.stopImmediatePropagation();
      request.transaction?.abort();
    });
    request.addEventListener('error', (event) => event.isTrusted && fail(event));
    request.addEventListener('success', fail);
    return request;
  };
  try {
    return await run();
  } finally {
    IDBFactory.prototype.open = open;
  }
}

async function withoutIndexedDB<Result>(run: () => Promise<Result>): Promise<Result> {
  const found = Object.getOwnPropertyDescriptor(globalThis, 'indexedDB');
  Object.defineProperty(globalThis, 'indexedDB', { value: undefined, configurable: true });
  try {
    return await run();
  } finally {
    Object.defineProperty(globalThis, 'indexedDB', found ?? {});
  }
}
