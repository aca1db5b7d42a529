/**
 * One request to open a task hub's database. It cannot be taken back, and may be answered late or never: while a tab
 * with an older version does not let go of the database, or since the browser hangs. Who waits for it can stop waiting;
 * a connection that comes after that is closed at once.
 */
import { openDB } from 'idb';
import { outside } from '../determinism';
import { BlockedError, StandstillError } from './failures';
import { newMeta } from './meta';
import { databaseName, databaseVersion, type Schema, upgradeStores } from './schema';
import { ClearedError } from './store';
import { TimeLimit } from './time-limit';
import type { Database } from './transaction';

export interface OpeningOptions {
  hub: string;
  /** Whether it has been open before. If so, it is never made anew. */
  isKnown: boolean;
  /** Told when a tab with an older version keeps it from opening, and when it does not any more. */
  onBlocked: (isBlocked: boolean) => void;
}

export class Opening {
  readonly #options: OpeningOptions;
  readonly #database: Promise<Database>;
  #limit: TimeLimit | undefined;
  #isAwaited = true;
  #isBlocked = false;

  constructor(options: OpeningOptions) {
    this.#options = options;
    this.#database = this.#request().finally(() => this.#setBlocked(false));
    this.#database.then(
      (database) => {
        if (!this.#isAwaited) database.close();
      },
      () => {},
    );
  }

  /** Whether it is still worth waiting for: it goes on as soon as another tab lets go. */
  get isBlocked(): boolean {
    return this.#isBlocked;
  }

  /**
   * Waits for the connection, but only so long. May be called again while it {@link isBlocked | is blocked}.
   * @throws StandstillError, BlockedError when the time is over
   * @throws ClearedError, and what the browser throws
   */
  within(ms: number): Promise<Database> {
    this.#isAwaited = true;
    return new Promise((resolve, reject) => {
      const limit = new TimeLimit(ms, () => {
        this.#isAwaited = false;
        // A hub that runs already takes it for what it is: a failure of the storage, and nobody's fault.
        const isBlocked = this.#isBlocked && !this.#options.isKnown;
        reject(isBlocked ? new BlockedError() : new StandstillError(ms, false));
      });
      this.#limit = limit;
      this.#database.then(resolve, reject).finally(() => limit.stop());
    });
  }

  async #request(): Promise<Database> {
    const { hub, isKnown } = this.#options;
    let isNew = false;
    try {
      // It takes the global `indexedDB`, and an async turn may be under way.
      return await outside(() =>
        openDB<Schema>(databaseName(hub), databaseVersion, {
          upgrade: (created, from, _to, transaction) => {
            this.#setBlocked(false);
            this.#limit?.restart();
            // Whatever fails here fails the opening too, and is reported there.
            const ignore = () => {};
            transaction.done.catch(ignore);
            isNew = from === 0;
            if (isNew && isKnown) return transaction.abort();
            upgradeStores(created, from, transaction);
            if (!isNew) return;
            const meta = transaction.objectStore('meta');
            const { owner, checkpoint } = newMeta();
            meta.put(owner, 'owner').catch(ignore);
            meta.put(checkpoint, 'checkpoint').catch(ignore);
          },
          blocked: () => this.#setBlocked(true),
        }),
      );
    } catch (error) {
      throw isNew && isKnown ? new ClearedError('deleted', error) : error;
    }
  }

  #setBlocked(isBlocked: boolean): void {
    if (this.#isBlocked === isBlocked) return;
    this.#isBlocked = isBlocked;
    this.#options.onBlocked(isBlocked);
  }
}
