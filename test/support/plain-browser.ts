/**
 * A Chromium whose tabs are as a user's: only the one in front is seen, those behind can be frozen, pages come back from
 * the back/forward cache, and timers of hidden pages are slowed down. Playwright's own launch turns all of that off, so
 * this one is started by hand and attached to.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Browser, type BrowserContext, type CDPSession, chromium } from 'playwright';
import { launchOptions } from '../../scripts/browser.mjs';

const startMs = 60_000;

export class PlainBrowser {
  readonly context: BrowserContext;
  readonly session: CDPSession;
  readonly #browser: Browser;
  readonly #process: ChildProcess;

  /** @param folder of the profile */
  static async start(folder: string, flags: readonly string[] = []): Promise<PlainBrowser> {
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
      return new PlainBrowser(process, browser, await browser.newBrowserCDPSession());
    } catch (error) {
      process.kill('SIGKILL');
      throw error;
    }
  }

  private constructor(process: ChildProcess, browser: Browser, session: CDPSession) {
    this.#process = process;
    this.#browser = browser;
    this.session = session;
    this.context = browser.contexts()[0] as BrowserContext;
  }

  get version(): string {
    return this.#browser.version();
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    await this.session.send('Browser.close').catch(() => {});
    const killed = setTimeout(() => this.#process.kill('SIGKILL'), 10_000);
    if (this.#process.exitCode === null && this.#process.signalCode === null) await ended;
    clearTimeout(killed);
    await this.#browser.close().catch(() => {});
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
