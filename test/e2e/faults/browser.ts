/**
 * A Chromium whose tabs are as a user's: only the one in front is seen, those behind can be frozen, pages come back from
 * the back/forward cache, and timers of hidden pages are slowed down. Playwright's own launch turns all of that off, so
 * this one is started by hand and attached to.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContext, type CDPSession, chromium } from '@playwright/test';
import { launchOptions } from '../../../scripts/browser.mjs';

/** A process of the browser that shows pages. */
export interface Renderer {
  readonly pid: number;
  /** Seconds of computing. */
  readonly cpuTime: number;
}

const startMs = 60_000;

export class TabBrowser {
  readonly context: BrowserContext;
  readonly #process: ChildProcess;
  readonly #folder: string;
  readonly #browser: Browser;
  readonly #session: CDPSession;

  static async start(flags: readonly string[] = []): Promise<TabBrowser> {
    const folder = await mkdtemp(join(tmpdir(), 'perdure-faults-'));
    const { executablePath = chromium.executablePath(), args } = launchOptions;
    const all = [
      ...args,
      '--headless=new',
      '--remote-debugging-port=0',
      '--no-default-browser-check',
      '--password-store=basic',
      '--mute-audio',
      ...flags,
      `--user-data-dir=${folder}`,
      'about:blank',
    ];
    const process = spawn(executablePath, all, { stdio: 'ignore' });
    try {
      const browser = await chromium.connectOverCDP(await addressIn(folder), { noDefaults: true });
      return new TabBrowser(process, folder, browser, await browser.newBrowserCDPSession());
    } catch (error) {
      process.kill('SIGKILL');
      throw error;
    }
  }

  private constructor(process: ChildProcess, folder: string, browser: Browser, session: CDPSession) {
    this.#process = process;
    this.#folder = folder;
    this.#browser = browser;
    this.#session = session;
    this.context = browser.contexts()[0] as BrowserContext;
  }

  async renderers(): Promise<Renderer[]> {
    const { processInfo } = await this.#session.send('SystemInfo.getProcessInfo');
    return processInfo.filter(({ type }) => type === 'renderer').map(({ id, cpuTime }) => ({ pid: id, cpuTime }));
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    await this.#session.send('Browser.close').catch(() => {});
    const killed = setTimeout(() => this.#process.kill('SIGKILL'), 10_000);
    if (this.#process.exitCode === null && this.#process.signalCode === null) await ended;
    clearTimeout(killed);
    await this.#browser.close();
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}

/** Chromium writes down where it listens. */
async function addressIn(folder: string): Promise<string> {
  for (const end = Date.now() + startMs; Date.now() < end; ) {
    const text = await readFile(join(folder, 'DevToolsActivePort'), 'utf8').catch(() => '');
    const [port, path] = text.split('\n');
    if (port && path) return `ws://127.0.0.1:${port}${path}`;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('the browser did not start');
}
