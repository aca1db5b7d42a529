/**
 * The database of the hub as it is, behind the client's back: how much lies where, what the log says, and which payloads
 * nobody refers to.
 */
import { type Packed, unpack } from '../../worker/packed';

export interface LogLine {
  commit: number;
  epoch: number;
  entries: { kind: string; id: string; execution: number; index?: number; events?: number }[];
}

export interface Contents {
  /** How many records each store has. */
  records: Record<string, number>;
  epoch: number;
  log: LogLine[];
  /** Bytes, as the browser says, of all that the origin stores. */
  used: number;
  /** If asked: of payloads, what is there and not referred to, and what is referred to and not there. */
  orphans?: string[];
  missing?: string[];
}

const payloadKey = 'perdure:payload';

export async function inspect(name: string, referred: boolean): Promise<Contents> {
  const database = await settled(indexedDB.open(name));
  try {
    const stores = [...database.objectStoreNames];
    const transaction = database.transaction(stores);
    const store = (each: string) => transaction.objectStore(each);
    const [counts, log, owner] = await Promise.all([
      Promise.all(stores.map((each) => settled(store(each).count()))),
      settled(store('log').getAll()),
      settled(store('meta').get('owner')),
    ]);
    const records = Object.fromEntries(stores.map((each, i) => [each, counts[i] ?? 0]));
    const { usage = 0 } = await navigator.storage.estimate();
    const contents: Contents = { records, epoch: owner.epoch, log: log.map(lineOf), used: usage };
    return referred ? { ...contents, ...(await payloadsIn(database)) } : contents;
  } finally {
    database.close();
  }
}

function lineOf({ commit, epoch, entries }: { commit: number; epoch: number; entries: Packed<Entry> }): LogLine {
  return {
    commit,
    epoch,
    entries: (unpack(entries) ?? []).map(({ kind, id, execution, index, events }) => ({
      kind,
      id,
      execution,
      ...(index !== undefined && { index }),
      ...(events && { events: events.length }),
    })),
  };
}

interface Entry {
  kind: string;
  id: string;
  execution: number;
  index?: number;
  events?: unknown[];
}

/** At a moment when everything is checkpointed: the log is not folded here. */
async function payloadsIn(database: IDBDatabase): Promise<Pick<Contents, 'orphans' | 'missing'>> {
  const transaction = database.transaction(['instances', 'history', 'payloads', 'log']);
  const [rows, chunks, keys, values] = await Promise.all([
    settled(transaction.objectStore('instances').getAll()),
    settled(transaction.objectStore('history').getAll()),
    settled(transaction.objectStore('payloads').getAllKeys()),
    settled(transaction.objectStore('payloads').getAll()),
  ]);
  const referred = new Set<string>();
  const histories = [...rows.map(({ events }) => events), ...chunks].map((events) => unpack(events));
  for (const each of [rows, histories, values]) refer(each, referred);
  const stored = new Set(keys.map(String));
  return {
    orphans: [...stored].filter((key) => !referred.has(key)),
    missing: [...referred].filter((key) => !stored.has(key)),
  };
}

function refer(value: unknown, found: Set<string>): void {
  if (typeof value !== 'object' || value === null || value instanceof Blob || ArrayBuffer.isView(value)) return;
  const { [payloadKey]: reference } = value as { [payloadKey]?: { execution: number; number: number } };
  if (reference) found.add(`${reference.execution},${reference.number}`);
  else for (const each of Object.values(value)) refer(each, found);
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
