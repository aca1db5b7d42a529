/**
 * Moves what the log's tail says into rows and history chunks, so that the log can be dropped and a restart stays
 * quick. It goes in small slices between the commits, since transactions that share a store wait for each other; each
 * slice is taken of the last completed commit, and may be repeated or lost without harm.
 */
import type { CountChange } from '../store/records';
import type { Store } from '../store/store';
import type { Tail, Writing } from '../store/tail';

/**
 * How long a slice may take, in milliseconds: the next commit waits behind it, though its turns run meanwhile. Slices grow
 * with the log, so that it cannot outgrow them.
 */
const sliceMs = 16;
/** Instances in a slice. */
const [fewest, most] = [8, 256];
/** What an instance in a slice takes, as long as none was measured. */
const firstGuessMs = 0.25;

/** A checkpoint begins at so many bytes of log, or when the hub is idle. */
const logBytes = 4 * 2 ** 20;
/** Above this, new starts wait until the log is shorter. */
const fullLogBytes = 16 * 2 ** 20;

export class Checkpoint {
  readonly #store: Store;
  readonly #tail: Tail;
  /** Sizes of the records in the log, the oldest first. */
  readonly #records: { commit: number; bytes: number }[] = [];
  #bytes = 0;
  /** All records up to this commit number are in rows and chunks. */
  #complete: number;
  #current: { upTo: number; counts: CountChange[]; ids: Iterator<string> } | undefined;
  #msPerInstance = firstGuessMs;

  /**
   * @param complete the number up to which the last checkpoint went
   * @param isInUse whether the hub needs an instance in memory, also once its row says all
   */
  constructor(
    store: Store,
    tail: Tail,
    complete: number,
    readonly isInUse: (id: string) => boolean,
    readonly monotonicNow: () => number,
  ) {
    this.#store = store;
    this.#tail = tail;
    this.#complete = complete;
  }

  /** Notes that a commit added so many bytes to the log. */
  committed(commit: number, bytes: number): void {
    this.#records.push({ commit, bytes });
    this.#bytes += bytes;
  }

  /** Whether it cannot be put off until nothing else is to do. */
  get isDue(): boolean {
    return this.#current !== undefined || this.#bytes >= logBytes;
  }

  /** Whether there is anything that a checkpoint would write. */
  get isUseful(): boolean {
    return this.#tail.newest > this.#complete;
  }

  get isLogFull(): boolean {
    return this.#bytes >= fullLogBytes;
  }

  /**
   * Does the next part of a checkpoint, and begins one if none is under way. What it writes is taken before it returns.
   * @returns whether the checkpoint is complete
   * @throws FencedError, StorageError
   */
  async next(): Promise<boolean> {
    this.#current ??= {
      upTo: this.#tail.newest,
      counts: this.#tail.counts,
      ids: [...this.#tail.changed].values(),
    };
    const { ids, upTo, counts } = this.#current;
    const writings: Writing[] = [];
    const ms = sliceMs * Math.max(this.#bytes / logBytes, 1) ** 2;
    const size = Math.min(Math.max(ms / this.#msPerInstance, fewest), most);
    while (writings.length < size) {
      const { done, value: id } = ids.next();
      if (done) break;
      const instance = this.#tail.get(id);
      if (instance) writings.push(this.#tail.toWrite(instance));
    }
    try {
      if (writings.length > 0) {
        const startedAt = this.monotonicNow();
        await this.#save(writings);
        this.#measured((this.monotonicNow() - startedAt) / writings.length);
        return false;
      }
      await this.#store.truncate(upTo, counts);
    } catch (error) {
      this.#current = undefined;
      throw error;
    }
    this.#current = undefined;
    this.#complete = upTo;
    while (this.#records[0] && this.#records[0].commit <= upTo) this.#bytes -= this.#records.shift()?.bytes ?? 0;
    return true;
  }

  #measured(ms: number): void {
    if (ms > 0) this.#msPerInstance = (this.#msPerInstance + ms) / 2;
  }

  async #save(writings: readonly Writing[]): Promise<void> {
    await this.#store.save({
      rows: writings.flatMap(({ row }) => row ?? []),
      chunks: writings.flatMap(({ chunk }) => chunk ?? []),
      deletedRows: writings.flatMap(({ row, instance }) => (row ? [] : instance.row.id)),
      deletedExecutions: writings.flatMap(({ gone }) => gone),
    });
    for (const writing of writings) {
      this.#tail.markWritten(writing);
      const { id } = writing.instance.row;
      if (!this.isInUse(id)) this.#tail.drop(id);
    }
  }
}
