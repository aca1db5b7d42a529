/** What every store does, whatever it keeps its records in. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NewerSchemaError, PayloadError, StorageError } from '../../src/core/errors';
import type { HistoryEvent } from '../../src/core/history';
import type { OwnerRecord } from '../../worker/store/meta';
import { type InstanceRow, type LogRecord, schemaVersion } from '../../worker/store/records';
import {
  type Commit,
  FencedError,
  type PageRequest,
  type ReadRequest,
  type Slice,
  type Store,
  UnstorableError,
} from '../../worker/store/store';

/** One database. */
export interface StoreHarness {
  /** A new connection to it. */
  open(): Store;
  /** Changes its owner record behind the stores' backs. */
  tamper(change: Partial<OwnerRecord>): Promise<void>;
}

const everything: ReadRequest = {
  logAbove: -1,
  page: { order: 'oldest', limit: 1_000 },
  due: { above: -1, upTo: Number.POSITIVE_INFINITY },
  inboxAbove: -1,
};

function events(from: number, to: number): HistoryEvent[] {
  return Array.from({ length: to - from }, (_, at) => ({ type: 'EventRaised', name: 'n', input: from + at }));
}

function logRecord(commit: number, change: Partial<LogRecord> = {}): LogRecord {
  return { commit, epoch: 1, time: 0, counts: [], carry: [], entries: [], ...change };
}

/** A record that holds the value as an event's input. */
function recordWith(commit: number, input: unknown): LogRecord {
  const raised: HistoryEvent = { type: 'EventRaised', name: 'n', input };
  return logRecord(commit, { entries: [{ kind: 'append', id: 'a', execution: 1, index: 0, events: [raised] }] });
}

function row(id: string, change: Partial<InstanceRow> = {}): InstanceRow {
  return {
    id,
    execution: 1,
    commit: 1,
    name: 'hello',
    status: 'Running',
    createdTime: 0,
    updatedTime: 0,
    waits: [],
    open: [],
    payloads: 0,
    count: 0,
    ...change,
  };
}

function slice(change: Partial<Slice>): Slice {
  return { rows: [], chunks: [], deletedRows: [], deletedExecutions: [], ...change };
}

const command = { build: 'b', method: 'start', args: ['hello'] };
const notStorable = () => {};

export function storeContract(makeHarness: () => StoreHarness): void {
  let harness: StoreHarness;
  let opened: Store[];
  beforeEach(() => {
    harness = makeHarness();
    opened = [];
  });
  afterEach(() => {
    for (const store of opened) store.close();
  });

  function open(): Store {
    const store = harness.open();
    opened.push(store);
    return store;
  }

  async function openOwner(): Promise<Store> {
    const store = open();
    await store.takeOver();
    return store;
  }

  describe('a new database', () => {
    it('is empty, and nobody has taken it over', async () => {
      const { meta, ...rest } = await open().read({ ...everything, rows: ['a'], histories: ['a'], outcomes: [1] });
      expect(meta).toEqual({ databaseId: expect.any(String), epoch: 0, checkpoint: 0, counts: [] });
      const nothing = {
        records: [],
        children: new Map(),
        page: [],
        due: [],
        inbox: [],
        rows: new Map(),
        histories: new Map(),
        outcomes: new Map(),
      };
      expect(rest).toEqual(nothing);
    });

    it('keeps its id', async () => {
      const first = await open().read({});
      const second = await open().takeOver();
      expect(second.databaseId).toBe(first.meta.databaseId);
    });
  });

  describe('a take-over', () => {
    it('raises the epoch each time', async () => {
      const store = open();
      expect((await store.takeOver()).epoch).toBe(1);
      expect((await store.takeOver()).epoch).toBe(2);
      expect((await open().takeOver()).epoch).toBe(3);
      expect((await store.read({})).meta.epoch).toBe(3);
    });

    it('shows to all by which build the hub is owned, as far as its owner says so', async () => {
      const reader = open();
      expect((await reader.read({})).meta).not.toHaveProperty('build');
      expect(await open().takeOver({ build: 'one' })).toMatchObject({ epoch: 1, build: 'one' });
      expect((await reader.read({})).meta.build).toBe('one');
      await open().takeOver({ build: 'two' });
      expect((await reader.read({})).meta.build).toBe('two');
      await open().takeOver();
      expect((await reader.read({})).meta).not.toHaveProperty('build');
    });

    it('is told where the checkpoint stands', async () => {
      const counts = [{ name: 'hello', status: 'Running', by: 3 }] as const;
      const owner = await openOwner();
      await owner.truncate(7, counts);
      expect(await open().takeOver()).toMatchObject({ epoch: 2, checkpoint: 7, counts });
    });

    it('deletes payloads that no commit refers to, and keeps the others', async () => {
      const owner = await openOwner();
      await owner.stage([
        { key: [5, 0], value: 'referred to' },
        { key: [5, 1], value: 'orphan' },
        { key: [6, 0], value: 'referred to, too' },
      ]);
      await owner.commit({
        record: logRecord(1),
        payloads: [
          [5, 0],
          [6, 0],
        ],
      });
      const keys = [
        [5, 0],
        [5, 1],
        [6, 0],
      ] as const;
      expect(await owner.readPayloads(keys)).toEqual(['referred to', 'orphan', 'referred to, too']);

      const next = await openOwner();
      expect(await next.readPayloads(keys)).toEqual(['referred to', undefined, 'referred to, too']);
    });
  });

  describe('a commit', () => {
    it('is read by every connection once it has resolved', async () => {
      const owner = await openOwner();
      const record = logRecord(1, {
        entries: [{ kind: 'create', id: 'a', execution: 1, createdTime: 5, events: events(0, 3) }],
      });
      await owner.commit({ record });
      expect((await owner.read({ logAbove: 0 })).records).toEqual([record]);
      expect((await open().read({ logAbove: 0 })).records).toEqual([record]);
    });

    it('is read in commit order, from the number asked for', async () => {
      const owner = await openOwner();
      for (const commit of [1, 2, 3, 10, 11]) await owner.commit({ record: logRecord(commit) });
      const { records } = await owner.read({ logAbove: 2 });
      expect(records.map(({ commit }) => commit)).toEqual([3, 10, 11]);
      expect((await owner.read({})).records).toEqual([]);
    });

    it('is applied in the order of the calls, though they overlap', async () => {
      const owner = await openOwner();
      const first = owner.commit({ record: logRecord(1) });
      const before = owner.read({ logAbove: 0 });
      const second = owner.commit({ record: logRecord(2) });
      const after = owner.read({ logAbove: 0 });
      await Promise.all([first, second]);
      expect((await before).records).toHaveLength(1);
      expect((await after).records).toHaveLength(2);
    });

    it('never replaces a record', async () => {
      const owner = await openOwner();
      await owner.commit({ record: recordWith(1, 'first') });
      await expect(owner.commit({ record: recordWith(1, 'second') })).rejects.toThrow(StorageError);
      expect((await owner.read({ logAbove: 0 })).records).toEqual([recordWith(1, 'first')]);
    });

    it('writes what it was given at the call, whatever becomes of it', async () => {
      const owner = await openOwner();
      const list = [1, 2];
      const committed = owner.commit({ record: recordWith(1, list) });
      list.push(3);
      await committed;
      expect((await owner.read({ logAbove: 0 })).records).toEqual([recordWith(1, [1, 2])]);
    });

    it('gives every reader values of its own', async () => {
      const owner = await openOwner();
      await owner.commit({ record: recordWith(1, ['as written']) });
      const first = await owner.read({ logAbove: 0 });
      const second = await owner.read({ logAbove: 0 });
      expect(first.records[0]).toEqual(second.records[0]);
      expect(first.records[0]).not.toBe(second.records[0]);
      expect(first.records[0]?.entries).not.toBe(second.records[0]?.entries);
    });

    it('takes rich values and gives them back', async () => {
      const circle: { self?: unknown } = {};
      circle.self = circle;
      const value = {
        date: new Date(5),
        map: new Map([['a', new Set([1])]]),
        bytes: new Uint8Array([1, 2, 3]),
        buffer: new Uint8Array([4, 5]).buffer,
        big: 2n ** 70n,
        nothing: undefined,
        zero: -0,
        nan: Number.NaN,
        pattern: /a+/g,
        error: new RangeError('far'),
        circle,
      };
      const owner = await openOwner();
      await owner.stage([{ key: [1, 0], value }]);
      await owner.commit({ record: recordWith(1, value), payloads: [[1, 0]] });
      expect((await owner.read({ logAbove: 0 })).records).toEqual([recordWith(1, value)]);
      expect(await owner.readPayloads([[1, 0]])).toStrictEqual([value]);
    });

    it('takes Blobs and gives them back', async () => {
      const owner = await openOwner();
      await owner.stage([{ key: [1, 0], value: { picture: new Blob(['pixels'], { type: 'image/png' }) } }]);
      const [value] = (await owner.readPayloads([[1, 0]])) as [{ picture: Blob }];
      expect(value.picture).toBeInstanceOf(Blob);
      expect(await value.picture.text()).toBe('pixels');
    });
  });

  describe('the fence', () => {
    const writes: [name: string, write: (store: Store) => Promise<void>][] = [
      ['commit', (store) => store.commit({ record: logRecord(50), consumed: [{ number: 1, outcome: { time: 0 } }] })],
      ['stage', (store) => store.stage([{ key: [50, 0], value: 'late' }])],
      ['save', (store) => store.save(slice({ rows: [row('late')], deletedRows: ['kept'] }))],
      ['truncate', (store) => store.truncate(50, [{ name: 'late', status: 'Failed', by: 1 }])],
    ];

    async function contents(store: Store) {
      return [await store.read({ ...everything, outcomes: [1] }), await store.readPayloads([[50, 0]])];
    }

    describe.each(writes)('%s', (_name, write) => {
      it('is refused to a former owner, and writes nothing', async () => {
        const former = await openOwner();
        const owner = await openOwner();
        await owner.post(command);
        await owner.save(slice({ rows: [row('kept')] }));
        await owner.commit({ record: logRecord(1) });
        await owner.commit({ record: logRecord(2) });
        const before = await contents(owner);

        await expect(write(former)).rejects.toThrow(FencedError);
        expect(await contents(owner)).toEqual(before);
        await write(owner);
        expect(await contents(owner)).not.toEqual(before);
      });

      it('is refused to who never took over', async () => {
        await openOwner();
        const store = open();
        await expect(write(store)).rejects.toThrow(FencedError);
      });

      it('is refused when the database is another one, though the epoch is the same', async () => {
        const owner = await openOwner();
        const before = await contents(open());
        const { databaseId } = (before[0] as Awaited<ReturnType<Store['read']>>).meta;
        await harness.tamper({ databaseId: 'another' });
        await expect(write(owner)).rejects.toThrow(FencedError);
        await harness.tamper({ databaseId });
        expect(await contents(open())).toEqual(before);
      });
    });

    it('lets a take-over come between a former owner’s commits, and tells which were written', async () => {
      const former = await openOwner();
      const next = open();
      await next.read({});
      const commit = (number: number) => former.commit({ record: logRecord(number) });
      const commits = [commit(1), commit(2)];
      const taken = next.takeOver();
      commits.push(commit(3), commit(4));
      await taken;
      commits.push(commit(5));
      const settled = await Promise.allSettled(commits);
      const written = settled.flatMap(({ status }, at) => (status === 'fulfilled' ? [at + 1] : []));
      expect((await next.read({ logAbove: -1 })).records.map(({ commit }) => commit)).toEqual(written);
      expect(settled[4]).toMatchObject({ status: 'rejected', reason: { name: 'FencedError' } });
    });

    it('lets a former owner write again once it has taken over again', async () => {
      const former = await openOwner();
      await openOwner();
      await former.takeOver();
      await former.commit({ record: logRecord(1) });
      expect((await former.read({ logAbove: 0 })).records).toHaveLength(1);
    });
  });

  describe('a value that cannot be stored', () => {
    async function prepared() {
      const owner = await openOwner();
      const number = await owner.post(command);
      await owner.stage([{ key: [1, 0], value: 'staged' }]);
      return { owner, number };
    }

    it.each<[where: string, commit: (number: number) => Commit]>([
      ['in the record', () => ({ record: recordWith(1, notStorable) })],
      [
        'in an outcome',
        (number) => ({ record: logRecord(1), consumed: [{ number, outcome: { time: 0, value: notStorable } }] }),
      ],
    ])('%s takes the whole commit with it', async (_where, commit) => {
      const { owner, number } = await prepared();
      await expect(owner.commit({ ...commit(number), payloads: [[1, 0]] })).rejects.toThrow(UnstorableError);

      const { records, inbox, outcomes } = await owner.read({ logAbove: -1, inboxAbove: 0, outcomes: [number] });
      expect({ records, inbox: inbox.length, outcomes: outcomes.size }).toEqual({ records: [], inbox: 1, outcomes: 0 });
      const next = await openOwner();
      expect(await next.readPayloads([[1, 0]])).toEqual([undefined]);
    });

    it('leaves the commits before and after it alone', async () => {
      const { owner } = await prepared();
      const [first, second, third] = await Promise.allSettled([
        owner.commit({ record: logRecord(1) }),
        owner.commit({ record: recordWith(2, notStorable) }),
        owner.commit({ record: logRecord(2) }),
      ]);
      expect([first.status, second.status, third.status]).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      expect((await owner.read({ logAbove: 0 })).records).toEqual([logRecord(1), logRecord(2)]);
    });

    it('takes all payloads that were to be staged with it', async () => {
      const { owner } = await prepared();
      const staging = owner.stage([
        { key: [2, 0], value: 'good' },
        { key: [2, 1], value: notStorable },
      ]);
      await expect(staging).rejects.toThrow(UnstorableError);
      expect(
        await owner.readPayloads([
          [2, 0],
          [2, 1],
        ]),
      ).toEqual([undefined, undefined]);
    });

    it('takes the whole slice with it', async () => {
      const { owner } = await prepared();
      const saving = owner.save(slice({ rows: [row('good'), row('bad', { output: notStorable })] }));
      await expect(saving).rejects.toThrow(UnstorableError);
      expect((await owner.read({ rows: ['good', 'bad'] })).rows.size).toBe(0);
    });

    it('is refused in a command', async () => {
      const { owner, number } = await prepared();
      await expect(owner.post({ ...command, args: [notStorable] })).rejects.toThrow(UnstorableError);
      expect((await owner.read({ inboxAbove: number })).inbox).toEqual([]);
    });
  });

  describe('a checkpoint', () => {
    it('may write its slices in any order and more than once', async () => {
      const owner = await openOwner();
      const slices = [
        slice({ rows: [row('a', { count: 5 })], chunks: [{ id: 'a', execution: 1, index: 0, events: events(0, 5) }] }),
        slice({ rows: [row('b', { count: 2, events: events(0, 2) })] }),
        slice({ deletedRows: ['gone'], deletedExecutions: [{ id: 'gone', execution: 9 }] }),
      ];
      await owner.save(slice({ rows: [row('gone')] }));
      for (const at of [2, 0, 1, 0, 2, 1]) await owner.save(slices[at]!);
      const { rows, histories } = await owner.read({ rows: ['gone'], histories: ['a', 'b', 'gone'] });
      expect([...rows.values()]).toEqual([slices[0]?.rows[0], slices[1]?.rows[0]]);
      expect(histories).toEqual(
        new Map([
          ['a', events(0, 5)],
          ['b', events(0, 2)],
        ]),
      );
    });

    it('drops the log up to its number, and says so', async () => {
      const owner = await openOwner();
      for (const commit of [1, 2, 3, 4]) await owner.commit({ record: logRecord(commit) });
      const counts = [{ name: 'hello', status: 'Completed', by: 2 }] as const;
      await owner.truncate(2, counts);
      const { meta, records } = await owner.read({ logAbove: -1 });
      expect(records.map(({ commit }) => commit)).toEqual([3, 4]);
      expect(meta).toMatchObject({ checkpoint: 2, counts });
    });

    it('never drops the newest record', async () => {
      const owner = await openOwner();
      await owner.truncate(0, []);
      for (const commit of [1, 2, 3]) await owner.commit({ record: logRecord(commit) });
      for (const checkpoint of [3, 3, 10]) {
        await owner.truncate(checkpoint, []);
        const { meta, records } = await owner.read({ logAbove: -1 });
        expect(records).toEqual([logRecord(3)]);
        expect(meta.checkpoint).toBe(checkpoint);
      }
    });

    it('leaves to readers at every moment either a record or the row that reflects it', async () => {
      const owner = await openOwner();
      const reader = open();
      let done = false;
      const last = 60;
      async function write() {
        for (let commit = 1; commit <= last; commit++) {
          await owner.commit({ record: logRecord(commit) });
          if (commit % 3 !== 0) continue;
          await owner.save(slice({ rows: [row('a', { commit })] }));
          await owner.truncate(commit, []);
        }
        done = true;
      }
      async function read() {
        let seen = 0;
        while (!done) {
          const { meta, records, rows } = await reader.read({ logAbove: -1, rows: ['a'] });
          const reflected = rows.get('a')?.commit ?? 0;
          const tail = records.map(({ commit }) => commit).filter((commit) => commit > reflected);
          expect(tail).toEqual(tail.map((_, at) => reflected + 1 + at));
          expect(meta.checkpoint).toBeLessThanOrEqual(reflected);
          expect(records[0]?.commit ?? 0).toBeGreaterThanOrEqual(meta.checkpoint);
          const newest = reflected + tail.length;
          expect(newest).toBeGreaterThanOrEqual(seen);
          seen = newest;
        }
        return seen;
      }
      const [seen] = await Promise.all([read(), write()]);
      expect(seen).toBeGreaterThan(0);
    });
  });

  describe('a history', () => {
    const chunk = (index: number, to: number, execution = 1) => ({
      id: 'a',
      execution,
      index,
      events: events(index, to),
    });

    it('is put together from its chunks, in order', async () => {
      const owner = await openOwner();
      await owner.save(
        slice({ rows: [row('a', { count: 300 })], chunks: [chunk(100, 256), chunk(256, 300), chunk(0, 100)] }),
      );
      expect((await owner.read({ histories: ['a'] })).histories.get('a')).toEqual(events(0, 300));
    });

    it('ends where the row says, whatever else the chunks hold', async () => {
      const owner = await openOwner();
      await owner.save(slice({ rows: [row('a', { count: 6 })], chunks: [chunk(0, 4), chunk(4, 8), chunk(8, 12)] }));
      const { rows, histories } = await owner.read({ histories: ['a'] });
      expect(histories.get('a')).toEqual(events(0, 6));
      expect(rows.get('a')).toEqual(row('a', { count: 6 }));
    });

    it('takes each event once though chunks overlap', async () => {
      const owner = await openOwner();
      await owner.save(slice({ rows: [row('a', { count: 9 })], chunks: [chunk(0, 6), chunk(2, 4), chunk(4, 9)] }));
      expect((await owner.read({ histories: ['a'] })).histories.get('a')).toEqual(events(0, 9));
    });

    it('is that of the row’s execution', async () => {
      const owner = await openOwner();
      const others = [chunk(0, 5, 1), chunk(0, 5, 3), { ...chunk(0, 5, 2), id: 'b' }, { ...chunk(0, 5, 2), id: '' }];
      const mine = { ...chunk(0, 2, 2), events: events(40, 42) };
      await owner.save(slice({ rows: [row('a', { execution: 2, count: 2 })], chunks: [...others, mine] }));
      expect((await owner.read({ histories: ['a'] })).histories.get('a')).toEqual(events(40, 42));
    });

    it('may lie in the row, or be empty', async () => {
      const owner = await openOwner();
      await owner.save(slice({ rows: [row('a', { count: 3, events: events(0, 3) }), row('b')] }));
      const { histories } = await owner.read({ histories: ['a', 'b', 'c'] });
      expect(histories).toEqual(
        new Map([
          ['a', events(0, 3)],
          ['b', []],
        ]),
      );
    });

    it.each([
      ['at the start', [chunk(2, 6)], 0],
      ['in the middle', [chunk(0, 2), chunk(4, 6)], 2],
      ['at the end', [chunk(0, 5)], 5],
      ['everywhere', [], 0],
    ])('with a hole %s is an error that names the instance and the event', async (_where, chunks, index) => {
      const owner = await openOwner();
      await owner.save(slice({ rows: [row('a', { count: 6 })], chunks }));
      const reading = owner.read({ histories: ['a'] });
      await expect(reading).rejects.toThrow(PayloadError);
      await expect(reading).rejects.toThrow(new RegExp(`event ${index} of 6 .* instance 'a'`));
    });
  });

  describe('a deleted execution', () => {
    it('takes its history and its payloads with it, and nobody else’s', async () => {
      const owner = await openOwner();
      const chunks = [
        { id: 'a', execution: 1, index: 0, events: events(0, 2) },
        { id: 'a', execution: 1, index: 2, events: events(2, 4) },
        { id: 'a', execution: 10, index: 0, events: events(0, 4) },
        { id: 'b', execution: 2, index: 0, events: events(0, 4) },
      ];
      const rows = [row('a', { execution: 10, count: 4 }), row('b', { execution: 2, count: 4 })];
      await owner.save(slice({ rows, chunks }));
      const keys = [
        [1, 0],
        [1, 7],
        [10, 0],
        [2, 0],
      ] as const;
      await owner.stage(keys.map((key) => ({ key, value: 'value' })));
      await owner.commit({ record: logRecord(1), payloads: keys });

      await owner.save(slice({ deletedExecutions: [{ id: 'a', execution: 1 }] }));
      expect(await owner.readPayloads(keys)).toEqual([undefined, undefined, 'value', 'value']);
      const { histories } = await owner.read({ histories: ['a', 'b'] });
      expect([...histories.values()]).toEqual([events(0, 4), events(0, 4)]);

      await owner.save(slice({ rows: [row('a', { execution: 1, count: 4 })] }));
      await expect(owner.read({ histories: ['a'] })).rejects.toThrow(PayloadError);
    });
  });

  describe('children', () => {
    it('are found by the instance that started them', async () => {
      const owner = await openOwner();
      const parent = (instanceId: string) => ({ parent: { instanceId, execution: 1, taskId: 0, name: 'hello' } });
      const rows = [row('p'), row('b', parent('p')), row('a', parent('p')), row('c', parent('q'))];
      await owner.save(slice({ rows }));
      const { children } = await owner.read({ children: ['p', 'q', 'a'] });
      const ids = [...children].map(([id, found]) => [id, found.map((each) => each.id)]);
      expect(ids).toEqual([
        ['p', ['a', 'b']],
        ['q', ['c']],
        ['a', []],
      ]);
    });
  });

  describe('vitals', () => {
    const running = { instanceId: 'a', execution: 1 };

    it('count take-overs until somebody clears them', async () => {
      const store = open();
      expect((await store.takeOver()).vitals).toEqual({ restarts: 0 });
      expect((await open().takeOver()).vitals).toEqual({ restarts: 1 });
      const third = open();
      expect((await third.takeOver()).vitals).toEqual({ restarts: 2 });
      await third.setVitals({ restarts: 0 });
      expect((await open().takeOver()).vitals).toEqual({ restarts: 0 });
    });

    it('name what ran when the last owner went, and what ran when the one before it went', async () => {
      const first = open();
      await first.takeOver();
      await first.setVitals({ restarts: 3, running });
      const second = open();
      expect((await second.takeOver()).vitals).toEqual({ restarts: 3, running });
      await second.setVitals({ restarts: 4, suspect: running, running: { ...running, taskId: 7 } });
      expect((await open().takeOver()).vitals).toEqual({
        restarts: 4,
        suspect: running,
        running: { ...running, taskId: 7 },
      });
      expect((await open().takeOver()).vitals).toEqual({ restarts: 5, suspect: { ...running, taskId: 7 } });
    });

    it('are for the owner to write', async () => {
      const former = await openOwner();
      await open().takeOver();
      await expect(former.setVitals({ restarts: 0 })).rejects.toThrow(FencedError);
    });
  });

  describe('a list', () => {
    const rows = [
      row('b', { createdTime: 2 }),
      row('c', { createdTime: 2 }),
      row('a', { createdTime: 2 }),
      row('z', { createdTime: 1 }),
      row('Z', { createdTime: 3 }),
    ];

    async function walk(order: 'newest' | 'oldest', limit: number) {
      const owner = await openOwner();
      await owner.save(slice({ rows }));
      const pages: string[][] = [];
      let after: readonly [number, string] | undefined;
      do {
        const { page }: { page: readonly InstanceRow[] } = await owner.read({
          page: { order, limit, ...(after && { after }) },
        });
        pages.push(page.map(({ id }) => id));
        const last = page.at(-1);
        after = last && [last.createdTime, last.id];
      } while (after);
      return pages;
    }

    it('keeps to a range of creation times, in both orders, whatever page it is', async () => {
      const owner = await openOwner();
      await owner.save(slice({ rows: ['a', 'b', 'c'].map((id, i) => row(id, { createdTime: i + 1 })) }));
      const ids = async (page: PageRequest) => (await owner.read({ page })).page.map(({ id }) => id);
      for (const order of ['oldest', 'newest'] as const) {
        const inOrder = (list: string[]) => (order === 'oldest' ? list : list.toReversed());
        expect(await ids({ order, limit: 9, from: 2 })).toEqual(inOrder(['b', 'c']));
        expect(await ids({ order, limit: 9, to: 2 })).toEqual(['a']);
        expect(await ids({ order, limit: 9, from: 2, to: 3 })).toEqual(['b']);
        expect(await ids({ order, limit: 9, from: 3, to: 2 })).toEqual([]);
        expect(await ids({ order, limit: 9, from: 4 })).toEqual([]);
      }
      expect(await ids({ order: 'oldest', limit: 9, from: 1, after: [2, 'b'] })).toEqual(['c']);
      expect(await ids({ order: 'oldest', limit: 9, from: 3, after: [1, 'a'] })).toEqual(['c']);
      expect(await ids({ order: 'newest', limit: 9, to: 3, after: [2, 'b'] })).toEqual(['a']);
      expect(await ids({ order: 'newest', limit: 9, to: 2, after: [3, 'c'] })).toEqual(['a']);
    });

    it('goes from the oldest on, page by page, and by id where times are equal', async () => {
      expect(await walk('oldest', 2)).toEqual([['z', 'a'], ['b', 'c'], ['Z'], []]);
    });

    it('goes from the newest back', async () => {
      expect(await walk('newest', 2)).toEqual([['Z', 'c'], ['b', 'a'], ['z'], []]);
    });

    it('begins after a row that is gone', async () => {
      const owner = await openOwner();
      await owner.save(slice({ rows }));
      await owner.save(slice({ deletedRows: ['b'] }));
      const ids = async (order: 'newest' | 'oldest') =>
        (await owner.read({ page: { order, limit: 9, after: [2, 'b'] } })).page.map(({ id }) => id);
      expect(await ids('oldest')).toEqual(['c', 'Z']);
      expect(await ids('newest')).toEqual(['a', 'z']);
    });

    it('may be asked for no rows', async () => {
      const owner = await openOwner();
      await owner.save(slice({ rows }));
      for (const order of ['oldest', 'newest'] as const) {
        expect((await owner.read({ page: { order, limit: 0 } })).page).toEqual([]);
      }
    });

    it('gives whole rows, once each, in their newest state', async () => {
      const owner = await openOwner();
      await owner.save(slice({ rows: [row('a', { status: 'Running' })] }));
      await owner.save(slice({ rows: [row('a', { status: 'Completed', output: 'done' })] }));
      const { page } = await owner.read({ page: { order: 'newest', limit: 9 } });
      expect(page).toEqual([row('a', { status: 'Completed', output: 'done' })]);
    });
  });

  describe('due rows', () => {
    const rows = [
      row('task', { due: 0 }),
      row('later', { due: 30 }),
      row('b', { due: 20 }),
      row('a', { due: 20 }),
      row('sleeps'),
    ];

    it.each([
      [-1, 20, ['task', 'a', 'b']],
      [0, 30, ['a', 'b', 'later']],
      [20, 29, []],
      [20, 20, []],
      [30, 20, []],
      [-1, Number.POSITIVE_INFINITY, ['task', 'a', 'b', 'later']],
    ])('above %d and up to %d', async (above, upTo, expected) => {
      const owner = await openOwner();
      await owner.save(slice({ rows }));
      const { due } = await owner.read({ due: { above, upTo } });
      expect(due.map(({ id }) => id)).toEqual(expected);
    });

    it('are none once nothing is due', async () => {
      const owner = await openOwner();
      await owner.save(slice({ rows }));
      await owner.save(slice({ rows: [row('a'), row('b')], deletedRows: ['task'] }));
      const { due } = await owner.read({ due: { above: -1, upTo: 100 } });
      expect(due.map(({ id }) => id)).toEqual(['later']);
    });
  });

  describe('the inbox', () => {
    it('numbers commands in order, whoever posts them', async () => {
      const [one, other] = [open(), open()];
      const numbers = [
        await one.post(command),
        await other.post({ ...command, method: 'raise' }),
        await one.post(command),
      ];
      expect(numbers[0]).toBeGreaterThan(0);
      expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
      expect(new Set(numbers).size).toBe(3);
      const { inbox } = await other.read({ inboxAbove: numbers[0]! });
      expect(inbox).toEqual([
        { ...command, method: 'raise', number: numbers[1] },
        { ...command, number: numbers[2] },
      ]);
    });

    it('never gives a number twice, though its commands are gone', async () => {
      const owner = await openOwner();
      const first = await owner.post(command);
      await owner.commit({ record: logRecord(1), consumed: [{ number: first, outcome: { time: 0 } }] });
      await owner.forget([first]);
      expect(await open().post(command)).toBeGreaterThan(first);
    });

    it('loses a command in the commit that consumes it, and gains its outcome', async () => {
      const owner = await openOwner();
      const [first, second] = [await owner.post(command), await owner.post(command)];
      const outcome = { time: 5, value: 'done' };
      await owner.commit({ record: logRecord(1), consumed: [{ number: first, outcome }] });
      const { inbox, outcomes } = await owner.read({ inboxAbove: -1, outcomes: [first, second] });
      expect(inbox.map(({ number }) => number)).toEqual([second]);
      expect(outcomes).toEqual(new Map([[first, outcome]]));
    });

    it('sweeps at a take-over the outcomes that nobody has come for', async () => {
      const owner = await openOwner();
      const numbers = [await owner.post(command), await owner.post(command)];
      const consumed = numbers.map((number, i) => ({ number, outcome: { time: i * 1_000 } }));
      await owner.commit({ record: logRecord(1), consumed });
      await owner.takeOver({ outcomesBefore: 500 });
      const { outcomes } = await owner.read({ outcomes: numbers });
      expect([...outcomes.keys()]).toEqual([numbers[1]]);
    });

    it('forgets outcomes that were read', async () => {
      const owner = await openOwner();
      const numbers = [await owner.post(command), await owner.post(command), await owner.post(command)];
      const consumed = numbers.map((number) => ({ number, outcome: { time: number } }));
      await owner.commit({ record: logRecord(1), consumed });
      await open().forget([numbers[0]!, numbers[2]!]);
      const { outcomes } = await owner.read({ outcomes: numbers });
      expect([...outcomes.keys()]).toEqual([numbers[1]]);
    });
  });

  describe('a database of a newer perdure', () => {
    it('is refused, and left as it is', async () => {
      const store = open();
      await store.read({});
      await harness.tamper({ schema: schemaVersion + 1 });
      await expect(store.takeOver()).rejects.toThrow(NewerSchemaError);
      await expect(store.read({ logAbove: 0 })).rejects.toThrow(NewerSchemaError);
      const late = open();
      await expect(late.post(command)).rejects.toThrow(NewerSchemaError);
      await expect(late.readPayloads([[1, 0]])).rejects.toThrow(NewerSchemaError);

      await harness.tamper({ schema: schemaVersion });
      const { meta, inbox } = await open().read({ inboxAbove: -1 });
      expect({ epoch: meta.epoch, inbox }).toEqual({ epoch: 0, inbox: [] });
    });
  });

  describe('a database that was replaced', () => {
    it('is told apart by who knew the old one', async () => {
      const store = open();
      await store.read({});
      await harness.tamper({ databaseId: 'another' });
      await expect(store.read({})).rejects.toThrow(/cleared/);
      await expect(store.takeOver()).rejects.toThrow(StorageError);
      expect((await open().takeOver()).epoch).toBe(1);
    });
  });

  describe('a closed store', () => {
    it('does nothing any more', async () => {
      const store = await openOwner();
      store.close();
      await expect(store.read({})).rejects.toThrow(StorageError);
      await expect(store.commit({ record: logRecord(1) })).rejects.toThrow(StorageError);
      expect((await open().read({ logAbove: 0 })).records).toEqual([]);
    });

    it('completes what it was doing', async () => {
      const store = await openOwner();
      const committed = store.commit({ record: logRecord(1) });
      store.close();
      await committed;
      expect((await open().read({ logAbove: 0 })).records).toHaveLength(1);
    });
  });
}
