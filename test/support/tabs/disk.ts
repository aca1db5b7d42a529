/**
 * One database and the connections of several processes to it. Transactions take effect one after the other, in the order
 * in which they were begun; one whose process dies before its turn never does, and whoever is frozen hears late.
 */

import { type Fault, MemoryDatabase, MemoryStore, type StoreOperation } from '../../../worker/store/memory';
import type { LogRecord } from '../../../worker/store/records';
import type { Store } from '../../../worker/store/store';
import type { Process } from './process';

export interface DiskOptions {
  faults(operation: StoreOperation): Fault;
  /** Resolves when a transaction's turn has come. */
  takesTime(): Promise<void>;
  onRecord(record: LogRecord): void;
}

/** A database that tells of each record that is added to its log. */
class WatchedDatabase extends MemoryDatabase {
  constructor(onRecord: (record: LogRecord) => void) {
    super();
    const set = this.log.set.bind(this.log);
    this.log.set = (commit, record) => {
      onRecord(record);
      return set(commit, record);
    };
  }
}

export class Disk {
  readonly #options: DiskOptions;
  readonly database: MemoryDatabase;
  #queue: Promise<void> = Promise.resolve();

  constructor(options: DiskOptions) {
    this.#options = options;
    this.database = new WatchedDatabase(options.onRecord);
  }

  /** A connection of one process. */
  connect(process: Process): Store {
    const { faults } = this.#options;
    const store = new MemoryStore(this.database, { faults });
    return new Proxy<Store>(store, {
      get: (_, name: keyof Store) => {
        const method = store[name].bind(store) as (...args: unknown[]) => Promise<unknown>;
        if (name === 'close') return method;
        return (...args: unknown[]) => process.passOrDie(this.#inTurn(process, cloned(args), method));
      },
    });
  }

  #inTurn(process: Process, args: unknown[], method: (...args: unknown[]) => Promise<unknown>): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#queue = this.#queue.then(async () => {
        await this.#options.takesTime();
        if (!process.isDead) await method(...args).then(resolve, reject);
      });
    });
  }
}

/** What is written is what was handed in, as of then. What cannot be cloned is for the store to refuse. */
function cloned(args: unknown[]): unknown[] {
  try {
    return structuredClone(args);
  } catch {
    return args;
  }
}
