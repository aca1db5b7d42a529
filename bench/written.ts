/**
 * Counts what a worker writes to IndexedDB, so that both sides can be held to about as many bytes. It takes time, so it
 * is on only in runs that nobody times.
 */

export interface Written {
  /** Records in the log, and their bytes. */
  records: number;
  bytes: number;
  /** What else was written, such as the rows of a checkpoint. */
  otherRecords: number;
  otherBytes: number;
}

/** The name that the page gives to a worker that is to count. */
export const countingWorker = 'counting';
/** A channel of this name answers any message with the {@link Written} so far. */
export const countChannel = 'perdure-bench-written';

/** In a worker that is to count: counts from now on. */
export function countIfAsked(): void {
  if (self.name !== countingWorker) return;
  const written: Written = { records: 0, bytes: 0, otherRecords: 0, otherBytes: 0 };
  for (const method of ['add', 'put'] as const) {
    const original = IDBObjectStore.prototype[method];
    IDBObjectStore.prototype[method] = function (value: unknown, ...key: [IDBValidKey?]) {
      if (this.name === 'log') {
        written.records++;
        written.bytes += clonedSize(value);
      } else {
        written.otherRecords++;
        written.otherBytes += clonedSize(value);
      }
      return original.call(this, value, ...key);
    };
  }
  const channel = new BroadcastChannel(countChannel);
  channel.onmessage = () => channel.postMessage(written);
}

/** The bytes of a structured clone as V8 serializes it; of the types that either side writes. */
function clonedSize(value: unknown): number {
  if (typeof value === 'string') {
    const isLatin1 = !/[^\0-\xff]/.test(value);
    const bytes = isLatin1 ? value.length : value.length * 2;
    return 1 + varintSize(bytes) + bytes;
  }
  if (typeof value === 'number') return Number.isInteger(value) && Math.abs(value) < 2 ** 30 ? 1 + varintSize(value * 2) : 9;
  if (typeof value !== 'object' || value === null) return 1;
  // An array has its length in front and behind, an object its number of properties behind.
  if (Array.isArray(value)) {
    return value.reduce<number>((size, item) => size + clonedSize(item), 3 + 2 * varintSize(value.length));
  }
  const entries = Object.entries(value);
  return entries.reduce((size, [key, item]) => size + clonedSize(key) + clonedSize(item), 2 + varintSize(entries.length));
}

function varintSize(n: number): number {
  let size = 1;
  for (let rest = Math.abs(n); rest >= 128; rest /= 128) size++;
  return size;
}
