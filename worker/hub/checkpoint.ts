/**
 * Moves what the log's tail says into rows and history chunks, so that the log can be dropped and a restart stays
 * quick. It goes in small slices between the commits, since transactions that share a store wait for each other; each
 * slice is taken of the last completed commit, and may be repeated or lost without harm.
 */
import type { CountChange } from '../store/records';
import type { Store } from '../store/store';
import type { Tail, Writing } from '../store/tail';

/** Instances that one slice writes: with 16, a commit waits about 2 ms behind it. */
const sliceSize = 16;

/** A checkpoint begins at so many bytes of log, or at so many changed instances if nothing else is to do, or when idle. */
const changedInstances = 1_000;
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

  /**
   * @param complete the number up to which the last checkpoint went
   * @param isInUse whether the hub needs an instance in memory, also once its row says all
   */
  constructor(
    store: Store,
    tail: Tail,
    complete: number,
    readonly isInUse: (id: string) => boolean,
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

  /** @param isBusy messages wait: then a checkpoint is put off until the log is long, since it delays their commits */
  isDue(isBusy: boolean): boolean {
    if (this.#current || this.#bytes >= logBytes) return true;
    return !isBusy && this.#tail.changed.size >= changedInstances;
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
    while (writings.length < sliceSize) {
      const { done, value: id } = ids.next();
      if (done) break;
      const instance = this.#tail.get(id);
      if (instance) writings.push(this.#tail.toWrite(instance));
    }
    try {
      if (writings.length > 0) {
        await this.#save(writings);
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
