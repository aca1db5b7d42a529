import { expect, it } from 'vitest';
import { cdp } from 'vitest/browser';

const moduleOf = (source: string) => new Worker(URL.createObjectURL(new Blob([source], { type: 'text/javascript' })));

it('imagebitmap', async () => {
  const bitmap = await createImageBitmap(new ImageData(4, 4));
  const db = await new Promise<IDBDatabase>((resolve, reject) => {
    const r = indexedDB.open('zz-scratch', 1);
    r.onupgradeneeded = () => r.result.createObjectStore('s');
    r.onsuccess = () => resolve(r.result);
    r.onerror = () => reject(r.error);
  });
  for (const [name, value] of Object.entries({
    bitmap,
    dom: new DOMRect(1, 2, 3, 4),
    image: new ImageData(2, 2),
    key: await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt']),
    handle: await (await navigator.storage.getDirectory()).getFileHandle('zz', { create: true }),
  })) {
    try {
      const t = db.transaction('s', 'readwrite');
      t.objectStore('s').put(value, name);
      await new Promise((res, rej) => {
        t.oncomplete = res;
        t.onabort = () => rej(t.error);
      });
      const got = await new Promise((res, rej) => {
        const q = db.transaction('s').objectStore('s').get(name);
        q.onsuccess = () => res(q.result);
        q.onerror = () => rej(q.error);
      });
      console.log(name, 'stored', Object.prototype.toString.call(got));
    } catch (error) {
      console.log(name, String(error));
    }
  }
  db.close();
});

it('busy terminate', async () => {
  for (let i = 0; i < 3; i++) {
    const w = moduleOf(
      `navigator.locks.request('zz-${i}', () => { postMessage('held'); return new Promise(() => {}); }); onmessage = () => { for (;;); }`,
    );
    await new Promise((r) => {
      w.onmessage = r;
    });
    w.postMessage(1);
    await new Promise((r) => setTimeout(r, 50));
    const at = performance.now();
    w.terminate();
    await navigator.locks.request(`zz-${i}`, () => {});
    console.log('busy worker ended after', performance.now() - at);
  }
});

it('offline', async () => {
  const w =
    moduleOf(`onmessage = () => postMessage(navigator.onLine); addEventListener('offline', () => postMessage('offline event')); addEventListener('online', () => postMessage('online event'));
  const nested = new Worker(URL.createObjectURL(new Blob(["addEventListener('offline', () => postMessage('nested offline')); addEventListener('online', () => postMessage('nested online'))"]))); nested.onmessage = ({data}) => postMessage(data);`);
  const said: unknown[] = [];
  w.onmessage = ({ data }) => said.push(data);
  w.postMessage(1);
  await new Promise((r) => setTimeout(r, 300));
  const session = cdp() as unknown as { send(method: string, params?: object): Promise<unknown> };
  try {
    await session.send('Network.enable');
    await session.send('Network.emulateNetworkConditions', {
      offline: true,
      latency: 0,
      downloadThroughput: -1,
      uploadThroughput: -1,
    });
    await new Promise((r) => setTimeout(r, 500));
    w.postMessage(1);
    await new Promise((r) => setTimeout(r, 300));
    console.log('page online', navigator.onLine, 'worker said', JSON.stringify(said));
    await session.send('Network.emulateNetworkConditions', {
      offline: false,
      latency: 0,
      downloadThroughput: -1,
      uploadThroughput: -1,
    });
    await new Promise((r) => setTimeout(r, 500));
    w.postMessage(1);
    await new Promise((r) => setTimeout(r, 300));
    console.log('page online', navigator.onLine, 'worker said', JSON.stringify(said));
  } catch (error) {
    console.log('cdp', String(error));
  }
  expect(1).toBe(1);
}, 20000);
