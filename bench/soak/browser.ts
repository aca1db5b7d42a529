/** The browser of a soak, which also tells what its processes take. */
import { readdir, readFile } from 'node:fs/promises';
import type { BrowserContext } from 'playwright';
import { PlainBrowser } from '../../test/support/plain-browser';
import { hostName } from './breaks';

/** Megabytes. */
export interface Memory {
  /** Of all processes of the browser, what they share counted once. */
  processes: number;
  /** JS heaps of the host workers, collected; the greatest first. */
  hosts: number[];
  activities: number;
  pages: number;
}

const answerMs = 8_000;
const megabyte = 2 ** 20;

export class SoakBrowser {
  readonly #browser: PlainBrowser;

  static async start(profile: string): Promise<SoakBrowser> {
    return new SoakBrowser(await PlainBrowser.start(profile));
  }

  private constructor(browser: PlainBrowser) {
    this.#browser = browser;
  }

  get context(): BrowserContext {
    return this.#browser.context;
  }

  get version(): string {
    return this.#browser.version;
  }

  stop(): Promise<void> {
    return this.#browser.stop();
  }

  async #processes(type?: string): Promise<number[]> {
    const { processInfo } = await this.#browser.session.send('SystemInfo.getProcessInfo');
    return processInfo.filter((each) => type === undefined || each.type === type).map(({ id }) => id);
  }

  /** Processes that run workers: one for each tab, if nothing has made two share one. */
  async tabProcesses(): Promise<number[]> {
    const found: number[] = [];
    for (const pid of await this.#processes('renderer')) {
      const threads = await readdir(`/proc/${pid}/task`).catch(() => []);
      const names = threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/comm`, 'utf8').catch(() => ''));
      if ((await Promise.all(names)).some((name) => name.startsWith('DedicatedWorker'))) found.push(pid);
    }
    return found;
  }

  /** A tab that stands still meanwhile is not in it. */
  async memory(): Promise<Memory> {
    const sizes = await Promise.all((await this.#processes()).map(sizeOf));
    const { targetInfos } = await this.#browser.session.send('Target.getTargets', {
      filter: [{ type: 'worker' }, { type: 'page' }],
    });
    const heaps = { hosts: [] as number[], activities: 0, pages: 0 };
    for (const { targetId, title, type } of targetInfos) {
      const heap = (await this.#heapOf(targetId)) / megabyte;
      if (type === 'page') heaps.pages += heap;
      else if (title.startsWith(hostName)) heaps.hosts.push(heap);
      else heaps.activities += heap;
    }
    heaps.hosts.sort((a, b) => b - a);
    return { processes: sizes.reduce((sum, each) => sum + each, 0) / megabyte, ...heaps };
  }

  /** Bytes in use once what nobody needs is collected; 0 for what gives no answer. */
  async #heapOf(targetId: string): Promise<number> {
    const session = this.#browser.session;
    let attached: string | undefined;
    const waiting = new Map<number, (result: { usedSize?: number; backingStorageSize?: number }) => void>();
    const onMessage = ({ sessionId, message }: { sessionId: string; message: string }) => {
      if (sessionId !== attached) return;
      const { id, result } = JSON.parse(message);
      waiting.get(id)?.(result ?? {});
    };
    session.on('Target.receivedMessageFromTarget', onMessage);
    try {
      const asked = (async () => {
        attached = (await session.send('Target.attachToTarget', { targetId, flatten: false })).sessionId;
        const send = (id: number, method: string) => {
          const answer = new Promise<{ usedSize?: number; backingStorageSize?: number }>((resolve) => {
            waiting.set(id, resolve);
          });
          const message = JSON.stringify({ id, method });
          return session
            .send('Target.sendMessageToTarget', { sessionId: attached as string, message })
            .then(() => answer);
        };
        await send(1, 'HeapProfiler.collectGarbage');
        const { usedSize = 0, backingStorageSize = 0 } = await send(2, 'Runtime.getHeapUsage');
        return usedSize + backingStorageSize;
      })();
      return await Promise.race([asked, new Promise<number>((resolve) => setTimeout(resolve, answerMs, 0))]);
    } catch {
      return 0;
    } finally {
      session.off('Target.receivedMessageFromTarget', onMessage);
      if (attached) session.send('Target.detachFromTarget', { sessionId: attached }).catch(() => {});
    }
  }
}

/** Bytes that a process takes, with its part of what it shares. */
async function sizeOf(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
  return Number(/^Pss:\s+(\d+) kB/m.exec(text)?.[1] ?? 0) * 1_024;
}
