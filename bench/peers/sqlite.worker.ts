/**
 * SQLocal's worker on the pool of access handles, the fastest of SQLite's ways into OPFS: SQLocal's own takes several
 * times as long, and needs headers that isolate the page.
 */
import sqlite3InitModule, { type SAHPoolUtil } from '@sqlite.org/sqlite-wasm';
import { SQLiteMemoryDriver, SQLocalProcessor } from 'sqlocal';

class PoolDriver extends SQLiteMemoryDriver {
  override readonly storageType = 'opfs';
  #pool: SAHPoolUtil | undefined;

  override async init(config: Parameters<SQLiteMemoryDriver['init']>[0]): Promise<void> {
    const path = `/${config.databasePath}`;
    this.sqlite3 ??= await sqlite3InitModule();
    this.#pool = await this.sqlite3.installOpfsSAHPoolVfs({ directory: path });
    this.db = new this.#pool.OpfsSAHPoolDb(path);
    this.config = config;
  }

  /** Nothing is to be left of a run. */
  override async destroy(): Promise<void> {
    await super.destroy();
    await this.#pool?.removeVfs();
  }
}

const processor = new SQLocalProcessor(new PoolDriver());
self.onmessage = (message) => processor.postMessage(message);
processor.onmessage = (message, transfer) => self.postMessage(message, { transfer });
