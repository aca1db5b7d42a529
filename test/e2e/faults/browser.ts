/** The browser of a scenario, with a profile that goes with it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext } from '@playwright/test';
import { PlainBrowser } from '../../support/plain-browser';

/** A process of the browser that shows pages. */
export interface Renderer {
  readonly pid: number;
  /** Seconds of computing. */
  readonly cpuTime: number;
}

export class TabBrowser {
  readonly #browser: PlainBrowser;
  readonly #folder: string;

  static async start(flags: readonly string[] = []): Promise<TabBrowser> {
    const folder = await mkdtemp(join(tmpdir(), 'perdure-faults-'));
    return new TabBrowser(await PlainBrowser.start(folder, flags), folder);
  }

  private constructor(browser: PlainBrowser, folder: string) {
    this.#browser = browser;
    this.#folder = folder;
  }

  get context(): BrowserContext {
    return this.#browser.context;
  }

  async renderers(): Promise<Renderer[]> {
    const { processInfo } = await this.#browser.session.send('SystemInfo.getProcessInfo');
    return processInfo.filter(({ type }) => type === 'renderer').map(({ id, cpuTime }) => ({ pid: id, cpuTime }));
  }

  async stop(): Promise<void> {
    await this.#browser.stop();
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}
