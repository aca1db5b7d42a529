/**
 * What can be made to go wrong in a worker of this app. It must be the first import of the worker's file: the library
 * takes the globals as it finds them when it is loaded. The page's address sets the switches at the start (`?hints=lost`),
 * and a test turns them while the worker runs, as `faults`.
 */

/** What becomes of the hints between the tabs; not of their talk about who owns the hub, which nothing stands in for. */
export type HintFault = 'lost' | 'doubled' | 'shuffled';

export interface Switches {
  hints: HintFault | undefined;
  /** How far this worker's clock is ahead of the real one, in milliseconds. */
  clockMs: number;
  /** How long a commit is held open before it is finished, in milliseconds. */
  commitMs: number;
  /** How long it takes until this worker hears that its lock was stolen, in milliseconds. */
  deafMs: number;
  /** No timer fires: so nothing is looked at in the storage that nobody asks for. */
  isQuiet: boolean;
  /** A commit is held open now. */
  isHolding: boolean;
  /** When this worker had taken the hub over, and when its commits were complete; by the real clock. */
  readonly tookOverAt: number[];
  readonly committedAt: number[];
}

declare global {
  var faults: Switches;
}

const given = new URL(location.href).searchParams;

globalThis.faults = {
  hints: (given.get('hints') ?? undefined) as HintFault | undefined,
  clockMs: Number(given.get('clock') ?? 0),
  commitMs: Number(given.get('commit') ?? 0),
  deafMs: Number(given.get('deaf') ?? 0),
  isQuiet: false,
  isHolding: false,
  tookOverAt: [],
  committedAt: [],
};

const monotonicNow = performance.now.bind(performance);
const realNow = Date.now;
const random = Math.random;
const setTimer = setTimeout.bind(globalThis);

/** Keeps the thread for so long. An orchestrator has no clock of its own to do it by. */
export function keepThread(ms: number): void {
  const end = monotonicNow() + ms;
  while (monotonicNow() < end);
}

moveClock();
hushTimers();
hearLate();
if (typeof BroadcastChannel !== 'undefined') disturbHints();
if (typeof IDBTransaction !== 'undefined') {
  noteCommits();
  holdCommits();
  keepLog();
}

function moveClock(): void {
  Date.now = () => realNow() + faults.clockMs;
}

function hushTimers(): void {
  const current = new Map<number, number>();
  const clear = clearTimeout.bind(globalThis);
  const set = setTimer as (run: () => void, ms?: number) => unknown as (run: () => void, ms?: number) => number;
  globalThis.setTimeout = ((callback: (...args: unknown[]) => void, ms?: number, ...args: unknown[]) => {
    const fire = () => {
      if (faults.isQuiet) {
        current.set(id, set(fire, 10));
        return;
      }
      current.delete(id);
      callback(...args);
    };
    const id = set(fire, ms);
    current.set(id, id);
    return id;
  }) as typeof setTimeout;
  globalThis.clearTimeout = ((id: number | undefined) => {
    if (id === undefined) return;
    clear(current.get(id) ?? id);
    current.delete(id);
  }) as typeof clearTimeout;
}

/** Whoever does not know that it has lost its lock goes on writing. */
function hearLate(): void {
  type Request = (...args: unknown[]) => Promise<unknown>;
  const locks = LockManager.prototype as unknown as { request: Request };
  const { request } = locks;
  locks.request = function (...args) {
    return request.apply(this, args).catch(async (error: unknown) => {
      if (faults.deafMs > 0) await new Promise<void>((resolve) => setTimer(resolve, faults.deafMs));
      throw error;
    });
  };
}

function disturbHints(): void {
  const { postMessage } = BroadcastChannel.prototype;
  const shuffled: (() => void)[] = [];
  BroadcastChannel.prototype.postMessage = function (message: unknown) {
    const post = () => postMessage.call(this, message);
    switch (this.name.startsWith('perdure/') ? faults.hints : undefined) {
      case 'lost':
        return;
      case 'doubled':
        post();
        post();
        return;
      case 'shuffled':
        shuffled.splice(Math.floor(random() * (shuffled.length + 1)), 0, () => {
          // Whoever sent it may be gone.
          try {
            post();
          } catch {}
        });
        setTimer(() => shuffled.pop()?.(), random() * 300);
        return;
      default:
        post();
    }
  };
}

function noteCommits(): void {
  const { add, put } = IDBObjectStore.prototype;
  const note = ({ transaction }: IDBObjectStore, moments: number[]) =>
    transaction.addEventListener('complete', () => moments.push(realNow()));
  IDBObjectStore.prototype.add = function (...args) {
    if (this.name === 'log') note(this, faults.committedAt);
    return add.apply(this, args);
  };
  IDBObjectStore.prototype.put = function (...args) {
    if (this.name === 'meta' && args[1] === 'owner') note(this, faults.tookOverAt);
    return put.apply(this, args);
  };
}

/** A commit is under way as long as it is asked for something, so that a tab can be killed or frozen in the middle of it. */
function holdCommits(): void {
  const { commit } = IDBTransaction.prototype;
  IDBTransaction.prototype.commit = function () {
    if (faults.commitMs === 0) return commit.call(this);
    const end = monotonicNow() + faults.commitMs;
    const store = this.objectStore(this.objectStoreNames[0] as string);
    const hold = () => {
      faults.isHolding = monotonicNow() < end;
      if (faults.isHolding) store.count(-1).onsuccess = hold;
      else commit.call(this);
    };
    hold();
  };
}

/** The log is what tells afterwards who has written what, and in which order: so what a checkpoint drops is kept. */
function keepLog(): void {
  const { delete: remove } = IDBObjectStore.prototype;
  IDBObjectStore.prototype.delete = function (key) {
    return this.name === 'log' ? (this.count(-1) as unknown as IDBRequest<undefined>) : remove.call(this, key);
  };
}
