/**
 * Counts what a worker writes to IndexedDB, so that both sides can be held to about as many bytes. It takes time, so it
 * is on only in runs that nobody times.
 */

export interface Written {
  /** Records in the log, and their bytes as structured clones. */
  records: number;
  bytes: number;
  /** What else was written, such as the rows of a checkpoint. */
  otherRecords: number;
  otherBytes: number;
}

/** What a counting worker answers to any message on its channel. */
export interface Count {
  written: Written;
  /** The records of the log, as text. */
  text: string;
}

/** The name that the page gives to a worker that is to count, and to the channel on which it answers. */
export const counting = 'counting';

/** So much text is kept: more than any record is long. */
const textLength = 2 ** 20;

/** In a worker that is to count: counts from now on. */
export function countIfAsked(): void {
  if (self.name !== counting) return;
  const written: Written = { records: 0, bytes: 0, otherRecords: 0, otherBytes: 0 };
  let text = '';
  for (const method of ['add', 'put'] as const) {
    const original = IDBObjectStore.prototype[method];
    IDBObjectStore.prototype[method] = function (value: unknown, ...key: [IDBValidKey?]) {
      const isLog = this.name === 'log';
      written[isLog ? 'records' : 'otherRecords']++;
      written[isLog ? 'bytes' : 'otherBytes'] += clonedSize(value);
      if (isLog && text.length < textLength) text += JSON.stringify(value);
      return original.call(this, value, ...key);
    };
  }
  const channel = new BroadcastChannel(counting);
  channel.onmessage = () => channel.postMessage({ written, text: text.slice(0, textLength) } satisfies Count);
}

/** The bytes of a structured clone as V8 writes it, for the types that the two sides write. */
function clonedSize(value: unknown): number {
  if (typeof value === 'string') {
    const bytes = /[^\0-\xff]/.test(value) ? value.length * 2 : value.length;
    return 1 + varintSize(bytes) + bytes;
  }
  if (typeof value === 'number')
    return Number.isInteger(value) && Math.abs(value) < 2 ** 30 ? 1 + varintSize(value * 2) : 9;
  if (typeof value !== 'object' || value === null) return 1;
  // An array has its length before and after its items, an object the number of its properties after them.
  if (Array.isArray(value)) {
    return value.reduce<number>((size, item) => size + clonedSize(item), 3 + 2 * varintSize(value.length));
  }
  const entries = Object.entries(value);
  return entries.reduce(
    (size, [key, item]) => size + clonedSize(key) + clonedSize(item),
    2 + varintSize(entries.length),
  );
}

function varintSize(n: number): number {
  let size = 1;
  for (let rest = Math.abs(n); rest >= 128; rest /= 128) size++;
  return size;
}
