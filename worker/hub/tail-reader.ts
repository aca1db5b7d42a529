/**
 * The log's tail as a tab sees it that does not own the hub. A read holds up the owner's commits, so the fold is kept,
 * and only what has been added to the log since is read.
 */
import type { Store } from '../store/store';
import type { Tail } from '../store/tail';
import { idsIn, readRows, recoverTail } from './recovery';
import { SharedLook } from './shared-look';

export class TailReader {
  readonly #store: Store;
  #tail: Tail | undefined;
  #checkpoint = 0;
  readonly #reading = new SharedLook(() => (this.#tail ? this.#readOn(this.#tail) : this.#readAll()));

  constructor(store: Store) {
    this.#store = store;
  }

  /** The tail as of now. */
  read(): Promise<Tail> {
    return this.#reading.take();
  }

  /** Gives the memory back. */
  forget(): void {
    this.#tail = undefined;
  }

  async #readAll(): Promise<Tail> {
    const { tail, meta } = await recoverTail(this.#store);
    this.#tail = tail;
    this.#checkpoint = meta.checkpoint;
    return tail;
  }

  async #readOn(tail: Tail): Promise<Tail> {
    const { meta, records } = await this.#store.read({ logAbove: tail.newest });
    // What was added since may have been dropped again.
    if (meta.checkpoint > tail.newest) return this.#readAll();
    const unknown = idsIn(records).filter((id) => !tail.get(id));
    for (const row of await readRows(this.#store, unknown)) tail.seed(row);
    for (const record of records) tail.apply(record);
    if (meta.checkpoint > this.#checkpoint) tail.forget(meta.checkpoint);
    this.#checkpoint = meta.checkpoint;
    return tail;
  }
}
