import { describe, expect, it } from 'vitest';
import { StorageError } from '../../src/core/errors';
import { type Fault, MemoryDatabase, MemoryStore, type StoreOperation } from '../../worker/store/memory';
import { storeContract } from '../contract/store';

describe('memory store', () => {
  storeContract(() => {
    const database = new MemoryDatabase();
    return {
      open: () => new MemoryStore(database),
      tamper: async (change) => {
        Object.assign(database.meta.owner, change);
      },
    };
  });

  describe('with faults', () => {
    const record = (commit: number) => ({ commit, epoch: 1, time: 0, counts: [], carry: [], entries: [] });

    function openWith(faults: Partial<Record<StoreOperation, Fault>>, database = new MemoryDatabase()) {
      return { database, store: new MemoryStore(database, { faults: (operation) => faults[operation] ?? 'ok' }) };
    }

    it('fails before anything is written', async () => {
      const { database, store } = openWith({ commit: 'fail-before' });
      await store.takeOver();
      await expect(store.commit({ record: record(1) })).rejects.toThrow(StorageError);
      expect((await new MemoryStore(database).read({ logAbove: 0 })).records).toEqual([]);
    });

    it('fails after all is written', async () => {
      const { database, store } = openWith({ commit: 'fail-after' });
      await store.takeOver();
      await expect(store.commit({ record: record(1) })).rejects.toThrow(StorageError);
      expect((await new MemoryStore(database).read({ logAbove: 0 })).records).toEqual([record(1)]);
    });

    it('does not own a database whose take-over was not answered', async () => {
      const { database, store } = openWith({ takeOver: 'fail-after' });
      await expect(store.takeOver()).rejects.toThrow(StorageError);
      expect((await new MemoryStore(database).read({})).meta.epoch).toBe(1);
      await expect(store.commit({ record: record(1) })).rejects.toThrow('has not taken over');
    });

    it('asks once for every operation, in the order of the calls', async () => {
      const asked: StoreOperation[] = [];
      const store = new MemoryStore(new MemoryDatabase(), {
        faults: (operation) => {
          asked.push(operation);
          return 'ok';
        },
      });
      await Promise.all([store.takeOver(), store.post({ build: '', method: '', args: [] }), store.read({})]);
      expect(asked).toEqual(['takeOver', 'post', 'read']);
    });
  });
});
