/** What other tabs and the browser can do to a hub's database, done to a real one. */
import { deleteDB, type IDBPDatabase, type IDBPTransaction, openDB } from 'idb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HubUnavailableError, PayloadError, StorageError } from '../../src/core/errors';
import type { ConnectionOptions } from '../../worker/store/connection';
import { IndexedDBStore } from '../../worker/store/indexeddb';
import { newMeta } from '../../worker/store/meta';
import type { HistoryChunk, InstanceRow, LogRecord } from '../../worker/store/records';
import { upgradeStores } from '../../worker/store/schema';
import { ClearedError, StorageTimeoutError } from '../../worker/store/store';
import { complete, type Transaction } from '../../worker/store/transaction';

let hubs = 0;
let hub: string;
let opened: { close(): void }[];
const name = () => `perdure/${hub}`;

beforeEach(() => {
  hub = `fault-test-${hubs++}`;
  opened = [];
});
afterEach(async () => {
  for (const each of opened) each.close();
  await deleteDB(name());
});

function open(options?: ConnectionOptions): IndexedDBStore {
  const store = new IndexedDBStore(hub, options);
  opened.push(store);
  return store;
}

async function openOwner(options?: ConnectionOptions): Promise<IndexedDBStore> {
  const store = open(options);
  await store.takeOver();
  return store;
}

/** Opens the database as another script would, or a tab that does not react. */
async function openRaw(): Promise<IDBPDatabase> {
  const database = await openDB(name());
  opened.push(database);
  return database;
}

/** Holds a transaction open, as a frozen tab does, until it is released. */
async function hold(...stores: string[]): Promise<() => Promise<void>> {
  const transaction = (await openRaw()).transaction(stores, 'readwrite');
  const store = transaction.objectStore(stores[0]!);
  let isHeld = true;
  const holding = (async () => {
    while (isHeld) await store.get('nothing');
  })();
  return async () => {
    isHeld = false;
    await holding;
    await transaction.done;
  };
}

function record(commit: number): LogRecord {
  return { commit, epoch: 1, time: 0, counts: [], carry: [], entries: [] };
}

function row(id: string, change: Partial<InstanceRow> = {}): InstanceRow {
  const standing = { status: 'Running', createdTime: 0, updatedTime: 0, waits: [], open: [], payloads: 0 } as const;
  return { id, execution: 1, commit: 1, name: 'hello', count: 0, ...standing, ...change };
}

const noSlice = { rows: [], chunks: [], deletedRows: [], deletedExecutions: [] };

describe('a transaction that another tab holds up', () => {
  const limit = { transactionLimitMs: 200 };

  it('is given up, and is not written later either', async () => {
    const owner = await openOwner(limit);
    const release = await hold('log');
    const commit = owner.commit({ record: record(1) });
    await expect(commit).rejects.toThrow(StorageTimeoutError);
    await expect(commit).rejects.toThrow(/not answered for 0.2 s.*close or reload the other tabs/);
    await expect(commit).rejects.toMatchObject({ code: 'Storage', mayBeWritten: false });

    await release();
    await owner.commit({ record: record(2) });
    expect((await owner.read({ logAbove: 0 })).records).toEqual([record(2)]);
  });

  it('is given up when it only reads, and works when the other tab has let go', async () => {
    const store = await openOwner(limit);
    const release = await hold('meta');
    await expect(store.read({})).rejects.toMatchObject({ name: 'StorageError', mayBeWritten: false });
    await release();
    // The connection may be what hangs: the next try has another one.
    const requests = await openings(async () => {
      expect((await store.read({})).meta.epoch).toBe(1);
    });
    expect(requests).toHaveLength(1);
  });

  it('keeps a hub from being taken over, which says so and changes nothing', async () => {
    const store = open(limit);
    await store.read({});
    const release = await hold('staged');
    const taking = store.takeOver();
    await expect(taking).rejects.toThrow(HubUnavailableError);
    await expect(taking).rejects.toThrow(/cannot be taken over.*another tab may be frozen/);
    await release();
    expect((await store.takeOver()).epoch).toBe(1);
  });

  it('keeps a hub from being taken over even as the first to look at it', async () => {
    (await openOwner()).close();
    const release = await hold('meta');
    await expect(open(limit).takeOver()).rejects.toThrow(HubUnavailableError);
    await release();
  });

  it('may take as long as it wants while it moves on', async () => {
    await openOwner();
    const transaction = (await openRaw()).transaction(['meta'], 'readonly') as unknown as Transaction<'readonly'>;
    const end = performance.now() + 600;
    const reading = complete(
      transaction,
      async (_, queue) => {
        while (performance.now() < end) await queue(transaction.objectStore('meta').get('owner'));
        return 'done';
      },
      150,
    );
    await expect(reading).resolves.toBe('done');
  });

  it('leaves no timer behind that could end a later one', async () => {
    const owner = await openOwner({ transactionLimitMs: 100 });
    for (let commit = 1; commit <= 60; commit++) await owner.commit({ record: record(commit) });
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect((await owner.read({ logAbove: 0 })).records).toHaveLength(60);
  });
});

describe('a write whose answer is late', () => {
  it('may be there, and is seen by the read that comes after it', async () => {
    const owner = await openOwner({ transactionLimitMs: 100 });
    const commit = holdingBack(400, () => owner.commit({ record: record(1) }));
    await expect(commit).rejects.toThrow(/whether this was written is not known/);
    await expect(commit).rejects.toMatchObject({ code: 'Storage', mayBeWritten: true });
    expect((await owner.read({ logAbove: 0 })).records).toEqual([record(1)]);
  });

  it('is waited for when it is known to be large', async () => {
    const blob = new Blob([new Uint8Array(4_000_000)]);
    const owner = await openOwner({ transactionLimitMs: 100 });
    await holdingBack(1_200, () => owner.stage([{ key: [1, 0], value: blob }]));
    await holdingBack(1_200, () => owner.post({ build: '', method: 'm', args: [{ files: [blob] }] }));
    const small = holdingBack(1_200, () => owner.stage([{ key: [1, 1], value: 1 }]));
    await expect(small).rejects.toThrow(/not known/);
  });

  /** Starts something whose transaction completes as ever, but tells so later. */
  function holdingBack<Result>(ms: number, run: () => Promise<Result>): Promise<Result> {
    const { transaction } = IDBDatabase.prototype;
    IDBDatabase.prototype.transaction = function (...args) {
      const begun = transaction.apply(this, args);
      const holdBack = (event: Event) => {
        event.stopImmediatePropagation();
        begun.removeEventListener('complete', holdBack);
        setTimeout(() => begun.dispatchEvent(new Event('complete')), ms);
      };
      begun.addEventListener('complete', holdBack);
      return begun;
    };
    try {
      return run();
    } finally {
      IDBDatabase.prototype.transaction = transaction;
    }
  }
});

describe('an opening that another tab blocks', () => {
  /** A tab of the first version, which does not react to a newer one. */
  async function openOld(): Promise<IDBPDatabase> {
    const database = await openDB(name(), 1, {
      upgrade: (created, _from, _to, transaction) => {
        const upgrading = [created, 0, transaction] as unknown as Parameters<typeof upgradeStores>;
        upgradeStores(...upgrading);
        (transaction as IDBPTransaction<unknown, string[], 'versionchange'>)
          .objectStore('instances')
          .deleteIndex('parent');
        const { owner, checkpoint } = newMeta();
        transaction.objectStore('meta').put(owner, 'owner');
        transaction.objectStore('meta').put(checkpoint, 'checkpoint');
      },
    });
    opened.push(database);
    return database;
  }

  it('is reported, and ends when the time is over', async () => {
    await openOld();
    const told: boolean[] = [];
    const store = open({ openLimitMs: 100, onBlocked: (isBlocked) => told.push(isBlocked) });
    const reading = store.read({});
    await expect(reading).rejects.toThrow(HubUnavailableError);
    await expect(reading).rejects.toThrow(/another tab with an older version.*close or reload/);
    // Who comes later is told the same, and waits behind the same request.
    await expect(store.read({})).rejects.toThrow(HubUnavailableError);
    await expect(store.takeOver()).rejects.toThrow(HubUnavailableError);
    expect(told).toEqual([true]);
  });

  it('goes on as soon as that tab lets go', async () => {
    const old = await openOld();
    const told: boolean[] = [];
    const store = open({
      onBlocked: (isBlocked) => {
        told.push(isBlocked);
        if (isBlocked) old.close();
      },
    });
    expect((await store.takeOver()).epoch).toBe(1);
    expect(told).toEqual([true, false]);
  });

  it('goes on at a later try, when the tab has let go meanwhile', async () => {
    const old = await openOld();
    const told: boolean[] = [];
    let free = () => {};
    const freed = new Promise<void>((resolve) => {
      free = resolve;
    });
    const store = open({
      openLimitMs: 100,
      onBlocked: (isBlocked) => {
        told.push(isBlocked);
        if (!isBlocked) free();
      },
    });
    await expect(store.read({})).rejects.toThrow(HubUnavailableError);
    old.close();
    await freed;
    expect((await store.takeOver()).epoch).toBe(1);
    expect(told).toEqual([true, false]);
  });

  it('goes on within a later try that waits', async () => {
    const old = await openOld();
    const store = open({ openLimitMs: 300 });
    await expect(store.read({})).rejects.toThrow(HubUnavailableError);
    const second = store.read({});
    old.close();
    expect((await second).meta.epoch).toBe(0);
  });
});

describe('an opening that is answered late', () => {
  it('is given up, and what it gives then is closed at once', async () => {
    // A deletion that waits for a tab: what comes after it in the line hears nothing at all.
    const held = await openRaw();
    const deleting = deleteDB(name());
    const requests = await openings(async () => {
      const reading = open({ openLimitMs: 100 }).read({});
      await expect(reading).rejects.toThrow(StorageTimeoutError);
      await expect(reading).rejects.toThrow(/not answered/);
    });
    expect(requests).toHaveLength(1);
    const answered = new Promise((resolve) => requests[0]!.addEventListener('success', resolve));
    held.close();
    await deleting;
    await answered;
    // A connection that is closed begins no transaction.
    expect(() => requests[0]!.result.transaction('meta')).toThrow(/clos/);
  });
});

describe('a connection that is lost in the middle', () => {
  it('is opened anew, and what was read is read again', async () => {
    const owner = await openOwner();
    await owner.commit({ record: record(1) });
    const { seen, result } = await aborting(1, () => owner.read({ logAbove: 0 }));
    expect((await result).records).toEqual([record(1)]);
    // The one that was lost, that which looks whether the database is the same, and the second try.
    expect(seen()).toBe(3);
  });

  it('is opened anew only once', async () => {
    const owner = await openOwner();
    const { result } = await aborting(9, () => owner.read({ logAbove: 0 }));
    await expect(result).rejects.toThrow(StorageError);
    expect((await owner.read({ logAbove: 0 })).records).toEqual([]);
  });

  it('does not repeat what may have been written', async () => {
    const owner = await openOwner();
    const { seen, result } = await aborting(1, () => owner.commit({ record: record(1) }));
    await expect(result).rejects.toThrow(StorageError);
    expect(seen()).toBe(1);
    await owner.commit({ record: record(2) });
    expect((await owner.read({ logAbove: 0 })).records).toEqual([record(2)]);
  });

  /** Aborts the next transactions of this page, as the end of the browser's storage process does. */
  async function aborting<Result>(count: number, run: () => Promise<Result>) {
    const { transaction } = IDBDatabase.prototype;
    let seen = 0;
    IDBDatabase.prototype.transaction = function (...args) {
      const begun = transaction.apply(this, args);
      if (++seen <= count) queueMicrotask(() => begun.abort());
      return begun;
    };
    try {
      const result = run();
      await result.catch(() => {});
      return { seen: () => seen, result };
    } finally {
      IDBDatabase.prototype.transaction = transaction;
    }
  }
});

describe('a database that was emptied', () => {
  async function empty(): Promise<void> {
    const database = await openRaw();
    const stores = [...database.objectStoreNames];
    const transaction = database.transaction(stores, 'readwrite');
    for (const store of stores) transaction.objectStore(store).clear();
    await transaction.done;
  }

  it('is told from a new one by who sees it for the first time', async () => {
    (await openOwner()).close();
    await empty();
    await expect(open().read({})).rejects.toThrow(ClearedError);
    await expect(open().takeOver()).rejects.toThrow(/were deleted, and not by perdure/);
    await expect(open().post({ build: '', method: '', args: [] })).rejects.toThrow(ClearedError);
  });

  it('is reported by who knew it, and nothing is written to it', async () => {
    const owner = await openOwner();
    await empty();
    await expect(owner.commit({ record: record(1) })).rejects.toThrow(ClearedError);
    await expect(owner.stage([{ key: [1, 0], value: 1 }])).rejects.toThrow(ClearedError);
    await expect(owner.read({})).rejects.toThrow(ClearedError);
    await expect(owner.takeOver()).rejects.toThrow(ClearedError);
    const database = await openRaw();
    expect(await Promise.all(['log', 'payloads', 'meta'].map((store) => database.count(store)))).toEqual([0, 0, 0]);
  });

  it('is another thing than one that was deleted', async () => {
    const owner = await openOwner();
    await deleteDB(name());
    await expect(owner.read({})).rejects.toThrow(/cleared while the page was open/);
    expect((await open().read({})).meta.epoch).toBe(0);
    await expect(owner.read({})).rejects.toThrow(/cleared while the page was open/);
  });
});

describe('a value that the browser has lost', () => {
  const gone = new DOMException('Data lost due to missing file.', 'NotReadableError');

  it.each([
    ['NotReadableError', 'Data lost due to missing file.', 1],
    ['DataError', 'Failed to read large IndexedDB value', 1],
    ['UnknownError', 'The operation failed for reasons unrelated to the database itself.', 2],
  ])('is undefined, and the others are not: %s', async (name, message, tries) => {
    const owner = await openOwner();
    await owner.stage([0, 1, 2].map((number) => ({ key: [1, number] as const, value: `value ${number}` })));
    const keys = [0, 1, 2].map((number) => [1, number] as const);
    const { found, seen } = await losing([1, 1], new DOMException(message, name), () => owner.readPayloads(keys));
    expect(found).toEqual(['value 0', undefined, 'value 2']);
    expect(seen).toBe(tries);
  });

  it('is not lost when it is the connection that is', async () => {
    const owner = await openOwner();
    await owner.stage([{ key: [1, 1], value: 1 }]);
    const error = new DOMException('Connection to Indexed Database server lost. Refresh the page', 'UnknownError');
    await expect(losing([1, 1], error, () => owner.readPayloads([[1, 1]]))).rejects.toThrow(StorageError);
    expect(await owner.readPayloads([[1, 1]])).toEqual([1]);
  });

  it('fails of histories only its own', async () => {
    const owner = await openOwner();
    const events = [{ type: 'OrchestratorStarted', at: 0 }] as unknown as HistoryChunk['events'];
    const chunks = ['a', 'b'].map((id) => ({ id, execution: 1, index: 0, events }));
    await owner.save({ ...noSlice, rows: ['a', 'b'].map((id) => row(id, { count: 1 })), chunks });
    const read = (id: string) => losing(['a', 1, 0], gone, () => owner.read({ histories: [id] }));
    await expect(read('a')).rejects.toThrow(/event 0 of 1 is missing in the stored history of instance 'a'/);
    expect((await read('b')).found.histories.get('b')).toEqual(events);
  });

  it('fails of rows only its own, and is left out where many are read', async () => {
    const owner = await openOwner();
    await owner.save({ ...noSlice, rows: ['a', 'b', 'c', 'd'].map((id) => row(id, { due: 1 })) });
    await expect(losing('b', gone, () => owner.read({ rows: ['b'] }))).rejects.toThrow(PayloadError);
    const ids = (rows: readonly InstanceRow[]) => rows.map(({ id }) => id).join('');
    const read = async (order: 'newest' | 'oldest') => {
      const request = { page: { order, limit: 2 }, due: { above: 0, upTo: 1 } };
      const { page, due } = (await losing('b', gone, () => owner.read(request))).found;
      return [ids(page), ids(due)];
    };
    expect(await read('oldest')).toEqual(['ac', 'acd']);
    expect(await read('newest')).toEqual(['dc', 'acd']);
  });

  it('is refused as a command, and does not hold up the others', async () => {
    const owner = await openOwner();
    for (const method of ['a', 'b', 'c']) await owner.post({ build: '', method, args: [] });
    const { inbox } = (await losing(2, gone, () => owner.read({ inboxAbove: 0 }))).found;
    expect(inbox.map(({ number, method }) => [number, method])).toEqual([
      [1, 'a'],
      [2, ''],
      [3, 'c'],
    ]);
  });

  type Read = (this: IDBObjectStore | IDBIndex, ...args: unknown[]) => IDBRequest;

  /** Fails, while `run` runs, the reads of one record: alone, and whatever others it would come with. */
  async function losing<Found>(lost: IDBValidKey, error: DOMException, run: () => Promise<Found>) {
    const prototypes = [IDBObjectStore.prototype, IDBIndex.prototype] as unknown as Record<string, Read>[];
    const restores: (() => void)[] = [];
    let seen = 0;
    for (const prototype of prototypes) {
      for (const method of ['get', 'getAll', 'getAllRecords']) {
        const original = prototype[method];
        if (!original) continue;
        restores.push(() => {
          prototype[method] = original;
        });
        prototype[method] = function (...args) {
          const request = original.apply(this, args);
          request.addEventListener('success', (event) => {
            const isLost =
              method === 'get' ? isKey(args[0], lost) : JSON.stringify(request.result).includes(marking(lost));
            if (!isLost) return;
            if (method === 'get') seen++;
            event.stopImmediatePropagation();
            Object.defineProperty(request, 'error', { value: error });
            request.dispatchEvent(new Event('error', { bubbles: true, cancelable: true }));
          });
          return request;
        };
      }
    }
    try {
      return { found: await run(), seen };
    } finally {
      for (const restore of restores) restore();
    }
  }

  function isKey(key: unknown, other: IDBValidKey): boolean {
    return indexedDB.cmp(key, other) === 0;
  }

  /** What the record of a key has in its value, and no other. */
  function marking(key: IDBValidKey): string {
    return typeof key === 'string' ? `"id":"${key}"` : typeof key === 'number' ? `"number":${key}` : '';
  }
});

describe('records that perdure did not write', () => {
  async function plant(store: string, value: unknown, key?: IDBValidKey): Promise<void> {
    await (await openRaw()).put(store, value, key);
  }

  it('are refused as commands, and do not hold up the others', async () => {
    const owner = await openOwner();
    await plant('inbox', { number: 1 });
    await plant('inbox', { number: 2, build: 'b', method: 7, args: [] });
    await plant('inbox', { number: 3, build: 'b', method: 'start', args: 'none' });
    await plant('inbox', { number: 'text', build: 'b', method: 'start', args: [] });
    const number = await owner.post({ build: 'b', method: 'start', args: ['hello'] });
    const nonsense = { build: '', method: '', args: [] };
    expect((await owner.read({ inboxAbove: 0 })).inbox).toEqual([
      { number: 1, ...nonsense },
      { number: 2, ...nonsense },
      { number: 3, ...nonsense },
      { number, build: 'b', method: 'start', args: ['hello'] },
    ]);
  });

  it.each([
    ['no entries', { commit: 1, epoch: 1 }],
    ['an entry that is none', { ...record(1), entries: [null] }],
    ['an entry without events', { ...record(1), entries: [{ kind: 'append', id: 'a', execution: 1 }] }],
  ])('are reported in the log, since nothing in it can be left out: %s', async (_, damaged) => {
    const owner = await openOwner();
    await plant('log', damaged);
    const reading = owner.read({ logAbove: -1 });
    await expect(reading).rejects.toThrow(StorageError);
    await expect(reading).rejects.toThrow(/record 1 of the log.*as perdure wrote it/);
  });

  it('are reported as who owns the hub and where its checkpoint stands', async () => {
    const owner = await openOwner();
    await plant('meta', { checkpoint: 'x' }, 'checkpoint');
    await expect(owner.read({})).rejects.toThrow(/where the checkpoint stands/);
    await expect(owner.takeOver()).rejects.toThrow(/where the checkpoint stands/);
    await plant('meta', { databaseId: 7 }, 'owner');
    await expect(open().read({})).rejects.toThrow(/who owns the hub/);
    await expect(open().read({})).rejects.toThrow(StorageError);
  });

  it('are nothing to a take-over as outcomes and as vitals', async () => {
    const owner = await openOwner();
    await plant('outcomes', null, 1);
    await plant('outcomes', { time: 'x' }, 2);
    await plant('meta', 'well', 'vitals');
    expect((await owner.read({ outcomes: [1, 2, 3] })).outcomes).toEqual(
      new Map([1, 2].map((number) => [number, { time: 0, failure: expect.objectContaining({ code: 'Storage' }) }])),
    );
    expect(await owner.takeOver({ outcomesBefore: 1 })).toMatchObject({ epoch: 2, vitals: { restarts: 0 } });
    expect((await owner.read({ outcomes: [1, 2] })).outcomes.size).toBe(0);
  });

  it('fail as a row only the instance', async () => {
    const owner = await openOwner();
    await owner.save({ ...noSlice, rows: [row('a'), row('c')] });
    await plant('instances', { id: 'b', createdTime: 0, due: 5, parent: { instanceId: 'p' } });
    await owner.save({
      ...noSlice,
      rows: [row('d', { due: 5, parent: { instanceId: 'p', name: 'hello', execution: 1, taskId: 1 } })],
    });

    await expect(owner.read({ rows: ['b'] })).rejects.toThrow(PayloadError);
    await expect(owner.read({ histories: ['b'] })).rejects.toThrow(
      /'b' cannot be read from the storage, or is damaged/,
    );
    const others = await owner.read({ rows: ['a', 'c'], children: ['p'], due: { above: -1, upTo: 9 } });
    expect([...others.rows.keys()]).toEqual(['a', 'c']);
    expect([others.due, others.children.get('p')].map((rows) => rows?.map(({ id }) => id))).toEqual([['d'], ['d']]);
    const ids = async (order: 'newest' | 'oldest', limit: number) =>
      (await owner.read({ page: { order, limit } })).page.map(({ id }) => id).join('');
    expect(await ids('oldest', 2)).toBe('ac');
    expect(await ids('newest', 3)).toBe('dca');
  });

  it.each([
    ['no events', 'none'],
    ['an event that is none', [null, null]],
  ])('fail as a part of a history only the instance: %s', async (_, damaged) => {
    const owner = await openOwner();
    const events = [{ type: 'TurnStarted', time: 0 }] as never;
    const chunk = { id: 'b', execution: 1, index: 0, events };
    await owner.save({ ...noSlice, rows: [row('a', { count: 2 }), row('b', { count: 1 })], chunks: [chunk] });
    await plant('history', damaged, ['a', 1, 0]);
    await expect(owner.read({ histories: ['a'] })).rejects.toThrow(PayloadError);
    expect((await owner.read({ histories: ['b'] })).histories.get('b')).toHaveLength(1);
  });
});

/** The requests to open a database that are made while `run` runs. */
async function openings(run: () => Promise<void>): Promise<IDBOpenDBRequest[]> {
  const { open } = IDBFactory.prototype;
  const requests: IDBOpenDBRequest[] = [];
  IDBFactory.prototype.open = function (...args) {
    const request = open.apply(this, args);
    requests.push(request);
    return request;
  };
  try {
    await run();
  } finally {
    IDBFactory.prototype.open = open;
  }
  return requests;
}
