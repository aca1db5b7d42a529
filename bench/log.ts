/**
 * When a checkpoint has taken up a hub's whole log. No call of the client tells, so the page looks into the database: in
 * short transactions that only read, since one that writes the log waits for them.
 */

/** Looks so often, in milliseconds. It is how exact the time is, too. */
const everyMs = 10;

/**
 * The log is empty when the newest record that is left in it has been taken up: perdure never drops the newest. A hub
 * waits for 200 ms without work before it begins a checkpoint of its own accord, so that pause is in.
 */
export async function untilLogIsEmpty(name: string): Promise<void> {
  const database = await answerOf(indexedDB.open(name));
  try {
    while (!(await isLogEmpty(database))) await new Promise((resolve) => setTimeout(resolve, everyMs));
  } finally {
    database.close();
  }
}

async function isLogEmpty(database: IDBDatabase): Promise<boolean> {
  const transaction = database.transaction(['log', 'meta'], 'readonly');
  const [newest, meta] = await Promise.all([
    answerOf(transaction.objectStore('log').openKeyCursor(null, 'prev')),
    answerOf<{ checkpoint: number } | undefined>(transaction.objectStore('meta').get('checkpoint')),
  ]);
  return newest === null || (meta !== undefined && Number(newest.key) <= meta.checkpoint);
}

function answerOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
