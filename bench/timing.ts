/**
 * Times a worker's commits from inside, as no call of the client shows one by itself: from making the transaction until
 * it is complete. It is on only in workers that are asked to by their name.
 */

/** Milliseconds of each commit. */
export interface Commits {
  all: number[];
  /** Those that were begun while a checkpoint was under way. */
  duringCheckpoint: number[];
}

/** The name that the page gives to a worker that is to time, and to the channel on which it answers. */
export const timing = 'timing';

/** In a worker that is to time: times from now on. A message on the channel is answered, and begins anew. */
export function timeIfAsked(): void {
  if (self.name !== timing) return;
  // The worker's own clock is another one within turns.
  const now = performance.now.bind(performance);
  let commits: Commits = { all: [], duringCheckpoint: [] };
  const added = new WeakSet<IDBTransaction>();
  const truncated = new WeakSet<IDBTransaction>();
  let isCheckpointing = false;

  noteOn('add', added);
  noteOn('delete', truncated);
  const original = IDBDatabase.prototype.transaction;
  IDBDatabase.prototype.transaction = function (names, mode, options) {
    const begun = now();
    const transaction = original.call(this, names, mode, options);
    if (mode !== 'readwrite') return transaction;
    const stores = transaction.objectStoreNames;
    if (stores.contains('instances') || stores.contains('history')) isCheckpointing = true;
    const isDuring = isCheckpointing;
    transaction.addEventListener('complete', () => {
      if (truncated.has(transaction)) isCheckpointing = false;
      if (!added.has(transaction)) return;
      const ms = now() - begun;
      commits.all.push(ms);
      if (isDuring) commits.duringCheckpoint.push(ms);
    });
    return transaction;
  };
  const channel = new BroadcastChannel(timing);
  channel.onmessage = () => {
    channel.postMessage(commits);
    commits = { all: [], duringCheckpoint: [] };
  };
}

/** Notes the transactions that do this to the log: a commit adds to it, and the end of a checkpoint deletes from it. */
function noteOn(method: 'add' | 'delete', transactions: WeakSet<IDBTransaction>): void {
  const original = IDBObjectStore.prototype[method] as (...args: unknown[]) => IDBRequest;
  Object.assign(IDBObjectStore.prototype, {
    [method](this: IDBObjectStore, ...args: unknown[]) {
      if (this.name === 'log') transactions.add(this.transaction);
      return original.apply(this, args);
    },
  });
}
