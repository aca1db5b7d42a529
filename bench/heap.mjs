// @ts-check
// The heap of one worker, asked of the browser through its debugging protocol: `measureUserAgentSpecificMemory` needs a
// page that is isolated, and `performance.memory` knows nothing of workers.

/** How often a heap is looked at for its peak, in milliseconds. */
const everyMs = 20;

/**
 * @typedef {{ usedSize: number, backingStorageSize?: number }} Usage
 * @typedef {{ used(): Promise<number>, peakDuring<T>(run: () => Promise<T>): Promise<[T, number]>, detach(): Promise<void> }} Heap
 */

/**
 * @param {import('playwright').Browser} browser
 * @param {string} name the worker's name
 * @returns {Promise<Heap>}
 */
export async function heapOf(browser, name) {
  const cdp = await browser.newBrowserCDPSession();
  const { targetInfos } = await cdp.send('Target.getTargets', { filter: [{ type: 'worker' }] });
  const target = targetInfos.find(({ title }) => title === name);
  if (!target) throw new Error(`there is no worker '${name}'`);
  const { sessionId } = await cdp.send('Target.attachToTarget', { targetId: target.targetId, flatten: false });

  /** @type {Map<number, (result: Usage) => void>} */
  const waiting = new Map();
  cdp.on('Target.receivedMessageFromTarget', ({ message }) => {
    const { id, result } = JSON.parse(message);
    waiting.get(id)?.(result);
    waiting.delete(id);
  });
  let calls = 0;
  /** @param {string} method @returns {Promise<Usage>} */
  const send = (method) => {
    const id = calls++;
    const answer = new Promise((/** @type {(result: Usage) => void} */ resolve) => waiting.set(id, resolve));
    const message = JSON.stringify({ id, method });
    return cdp.send('Target.sendMessageToTarget', { sessionId, message }).then(() => answer);
  };
  /** Bytes, with what buffers have outside of the heap. */
  const usage = async () => {
    const { usedSize, backingStorageSize = 0 } = await send('Runtime.getHeapUsage');
    return usedSize + backingStorageSize;
  };

  return {
    /** Bytes in use once what nobody needs is collected. */
    async used() {
      await send('HeapProfiler.collectGarbage');
      return usage();
    },
    /** The most bytes in use meanwhile, what is not collected yet included. */
    async peakDuring(run) {
      let peak = await usage();
      let isOver = false;
      const looking = (async () => {
        while (!isOver) {
          peak = Math.max(peak, await usage());
          await new Promise((resolve) => setTimeout(resolve, everyMs));
        }
      })();
      const result = await run().finally(() => {
        isOver = true;
      });
      await looking;
      return [result, Math.max(peak, await usage())];
    },
    detach: () => cdp.detach(),
  };
}
