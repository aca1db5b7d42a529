import { deleteDB, openDB } from 'idb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { cdp } from 'vitest/browser';
import { NewerSchemaError, StorageError } from '../../src/core/errors';
import { IndexedDBStore } from '../../worker/store/indexeddb';
import type { InstanceRow, LogRecord } from '../../worker/store/records';
import { databaseVersion } from '../../worker/store/schema';
import { UnstorableError } from '../../worker/store/store';
import { storeContract } from '../contract/store';

let hubs = 0;
let hub: string;
const name = () => `perdure/${hub}`;

/** Opens the database as another script would. */
async function openRaw() {
  const database = await openDB(name());
  database.addEventListener('versionchange', () => database.close());
  return database;
}

function record(commit: number): LogRecord {
  return { commit, epoch: 1, time: 0, counts: [], carry: [], entries: [] };
}

beforeEach(() => {
  hub = `store-test-${hubs++}`;
});
afterEach(() => deleteDB(name()));

describe('IndexedDB store', () => {
  storeContract(() => ({
    open: () => new IndexedDBStore(hub),
    tamper: async (change) => {
      const database = await openRaw();
      const transaction = database.transaction('meta', 'readwrite');
      await transaction.store.put({ ...(await transaction.store.get('owner')), ...change }, 'owner');
      await transaction.done;
      database.close();
    },
  }));

  describe('a connection that was closed under it', () => {
    it('is opened anew when another tab asked for the database', async () => {
      const store = new IndexedDBStore(hub);
      await store.takeOver();
      await store.commit({ record: record(1) });
      // An upgrade that is given up closes all connections and changes nothing.
      const upgrade = openDB(name(), databaseVersion + 1, {
        upgrade: (_database, _from, _to, transaction) => {
          transaction.done.catch(() => {});
          transaction.abort();
        },
      });
      await expect(upgrade).rejects.toThrow();

      await store.commit({ record: record(2) });
      expect((await store.read({ logAbove: 0 })).records).toHaveLength(2);
      store.close();
    });

    it('is opened anew when no event told of it', async () => {
      const opened: IDBDatabase[] = [];
      const store = await spying(
        IDBFactory.prototype,
        'open',
        (request: IDBOpenDBRequest) => {
          request.addEventListener('success', () => opened.push(request.result));
        },
        async () => {
          const store = new IndexedDBStore(hub);
          await store.takeOver();
          return store;
        },
      );
      expect(opened).toHaveLength(1);
      opened[0]?.close();

      await Promise.all([store.commit({ record: record(1) }), store.commit({ record: record(2) })]);
      expect((await store.read({ logAbove: 0 })).records).toHaveLength(2);
      store.close();
    });
  });

  describe('a database that was deleted', () => {
    it('is reported, and not made anew', async () => {
      const store = new IndexedDBStore(hub);
      await store.takeOver();
      await deleteDB(name());
      await expect(store.commit({ record: record(1) })).rejects.toThrow(StorageError);
      await expect(store.read({})).rejects.toThrow(/cleared/);
      await expect(store.takeOver()).rejects.toThrow(/cleared/);
      await expect(store.post({ build: '', method: '', args: [] })).rejects.toThrow(/cleared/);
      const names = (await indexedDB.databases()).map((database) => database.name);
      expect(names).not.toContain(name());
    });

    it('is reported though another tab has made a new one', async () => {
      const store = new IndexedDBStore(hub);
      await store.takeOver();
      await deleteDB(name());
      const other = new IndexedDBStore(hub);
      await other.takeOver();
      await expect(store.commit({ record: record(1) })).rejects.toThrow(/cleared/);
      await expect(store.post({ build: '', method: '', args: [] })).rejects.toThrow(/cleared/);
      expect(await other.read({ logAbove: -1, inboxAbove: -1 })).toMatchObject({ records: [], inbox: [] });
      other.close();
    });

    it('is reported when the user cleared the site’s data', async () => {
      const store = new IndexedDBStore(hub);
      await store.takeOver();
      await clearStorage();
      await expect(store.commit({ record: record(1) })).rejects.toThrow(/cleared/);
      await expect(store.read({})).rejects.toThrow(/cleared/);
    });

    it('completes first what was under way', async () => {
      const store = new IndexedDBStore(hub);
      await store.takeOver();
      const committed = store.commit({ record: record(1) });
      await deleteDB(name());
      await committed;
    });
  });

  it('refuses a database whose version is newer, and lets its upgrade pass', async () => {
    const store = new IndexedDBStore(hub);
    await store.takeOver();
    const newer = await openDB(name(), databaseVersion + 1);
    newer.close();
    await expect(store.commit({ record: record(1) })).rejects.toThrow(NewerSchemaError);
    await expect(new IndexedDBStore(hub).read({})).rejects.toThrow(NewerSchemaError);
  });

  it('keeps hubs apart', async () => {
    const [one, other] = [new IndexedDBStore(hub), new IndexedDBStore(`${hub}/other`)];
    await one.takeOver();
    await one.commit({ record: record(1) });
    expect(await other.read({ logAbove: 0 })).toMatchObject({ meta: { epoch: 0 }, records: [] });
    other.close();
    one.close();
    await deleteDB(`${name()}/other`);
  });

  it('gives Blobs and Files back after it was reopened', async () => {
    const store = new IndexedDBStore(hub);
    await store.takeOver();
    const bytes = crypto.getRandomValues(new Uint8Array(50_000));
    const value = {
      photo: new File([bytes], 'photo.jpg', { type: 'image/jpeg', lastModified: 5 }),
      raw: new Blob([bytes]),
    };
    await store.stage([{ key: [1, 0], value }]);
    await store.commit({ record: record(1), payloads: [[1, 0]] });
    store.close();

    const reopened = new IndexedDBStore(hub);
    await reopened.takeOver();
    const [found] = (await reopened.readPayloads([[1, 0]])) as [typeof value];
    expect(found.photo).toMatchObject({ name: 'photo.jpg', type: 'image/jpeg', lastModified: 5 });
    expect(new Uint8Array(await found.photo.arrayBuffer())).toEqual(bytes);
    expect(new Uint8Array(await found.raw.arrayBuffer())).toEqual(bytes);
    reopened.close();
  });

  it('refuses what can be cloned and yet not be stored', async () => {
    const store = new IndexedDBStore(hub);
    await store.takeOver();
    const wasm = new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]));
    expect(structuredClone(wasm)).toBeInstanceOf(WebAssembly.Module);
    const staging = store.stage([
      { key: [1, 0], value: 'good' },
      { key: [1, 1], value: wasm },
    ]);
    await expect(staging).rejects.toThrow(UnstorableError);
    expect(await store.readPayloads([[1, 0]])).toEqual([undefined]);
    store.close();
  });

  it('reports full storage, and goes on when there is room again', async () => {
    const { origin } = location;
    // Chromium remembers how much room there was, unless the origin has no storage at all.
    await clearStorage();
    await cdp().send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 1_000_000 });
    const store = new IndexedDBStore(hub);
    await store.takeOver();
    const full = store.stage([{ key: [1, 0], value: 'much'.repeat(1_000_000) }]);
    await expect(full).rejects.toThrow(/full/);
    await expect(full).rejects.toBeInstanceOf(StorageError);
    await expect(full).rejects.toMatchObject({ cause: { name: 'QuotaExceededError' } });

    await cdp().send('Storage.overrideQuotaForOrigin', { origin });
    await store.commit({ record: record(1) });
    expect(await store.readPayloads([[1, 0]])).toEqual([undefined]);
    store.close();
  });

  it('lists from the newest back where only cursors can', async () => {
    const prototype = IDBIndex.prototype as { getAllRecords?: unknown };
    const { getAllRecords } = prototype;
    const store = new IndexedDBStore(hub);
    await store.takeOver();
    const rows = ['a', 'b', 'c', 'd'].map((id, createdTime): InstanceRow => {
      const standing = { status: 'Running', createdTime, updatedTime: 0, waits: [], open: [], payloads: 0 } as const;
      return { id, execution: 1, commit: 1, name: 'hello', count: 0, ...standing };
    });
    await store.save({ rows, chunks: [], deletedRows: [], deletedExecutions: [] });
    const page = async (after: readonly [number, string], limit: number) =>
      (await store.read({ page: { order: 'newest', after, limit } })).page;
    const pages = () => Promise.all([page([9, ''], 9), page([9, ''], 2), page([2, 'c'], 2), page([0, 'a'], 2)]);
    const expected = await pages();
    expect(expected.map((rows) => rows.map(({ id }) => id).join(''))).toEqual(['dcba', 'dc', 'ba', '']);
    try {
      delete prototype.getAllRecords;
      expect(await pages()).toEqual(expected);
    } finally {
      if (getAllRecords) prototype.getAllRecords = getAllRecords;
    }
    store.close();
  });

  it.each(['relaxed', 'strict'] as const)('states its durability on every transaction: %s', async (durability) => {
    const transactions: IDBTransaction[] = [];
    await spying(
      IDBDatabase.prototype,
      'transaction',
      (transaction: IDBTransaction) => transactions.push(transaction),
      async () => {
        const store = new IndexedDBStore(hub, durability === 'relaxed' ? {} : { durability });
        await store.takeOver();
        await store.commit({ record: record(1) });
        await store.stage([{ key: [1, 0], value: 1 }]);
        await store.truncate(1, []);
        await store.read({});
        await store.forget([await store.post({ build: '', method: '', args: [] })]);
        store.close();
      },
    );
    expect(transactions.length).toBeGreaterThanOrEqual(7);
    for (const transaction of transactions) expect(transaction.durability).toBe(durability);
  });

  it('keeps no trace of orphaned payloads after a take-over', async () => {
    const store = new IndexedDBStore(hub);
    await store.takeOver();
    await store.stage([{ key: [1, 0], value: 'orphan' }]);
    await store.takeOver();
    store.close();
    const database = await openRaw();
    const [payloads, staged] = await Promise.all([database.count('payloads'), database.count('staged')]);
    expect({ payloads, staged }).toEqual({ payloads: 0, staged: 0 });
    database.close();
  });

  it('opens for a commit only the stores that it needs', async () => {
    const opened: string[][] = [];
    const store = new IndexedDBStore(hub);
    await store.takeOver();
    await spying(
      IDBDatabase.prototype,
      'transaction',
      ({ objectStoreNames }: IDBTransaction) => opened.push([...objectStoreNames]),
      async () => {
        await store.commit({ record: record(1) });
        await store.commit({ record: record(2), consumed: [{ number: 1, outcome: { time: 0 } }] });
        await store.commit({ record: record(3), payloads: [[1, 0]] });
      },
    );
    expect(opened).toEqual([
      ['log', 'meta'],
      ['inbox', 'log', 'meta', 'outcomes'],
      ['log', 'meta', 'staged'],
    ]);
    store.close();
  });
});

/** Does what the browser's "clear site data" does. Connections are closed under their owners. */
async function clearStorage() {
  const witness = await openDB('witness');
  const closed = new Promise((resolve) => witness.addEventListener('close', resolve));
  await cdp().send('Storage.clearDataForOrigin', { origin: location.origin, storageTypes: 'indexeddb' });
  await closed;
  // While it is under way, what is opened is closed at once.
  await vi.waitFor(() => deleteDB('witness'));
}

/** Shows what a method of the browser's returns, while `run` runs. */
async function spying<Returned, Result>(
  prototype: object,
  method: string,
  seen: (returned: Returned) => void,
  run: () => Promise<Result>,
): Promise<Result> {
  const original = Reflect.get(prototype, method) as (...args: unknown[]) => Returned;
  Reflect.set(prototype, method, function (this: object, ...args: unknown[]) {
    const returned = original.apply(this, args);
    seen(returned);
    return returned;
  });
  try {
    return await run();
  } finally {
    Reflect.set(prototype, method, original);
  }
}
