/**
 * A browser whose profile outlives it: it can be closed or killed, and started again with what it had stored. All that
 * its pages and workers write to the console is kept, over all its lives.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type LaunchOptions } from '@playwright/test';
import { Demo } from './demo';

/** An activity has begun; its context's `log` tells. */
export interface ActivityRun {
  readonly instanceId: string;
  readonly activity: string;
  /** What it logged. */
  readonly text: string;
  /** When, in milliseconds since 1970. */
  readonly at: number;
}

type ContextOptions = NonNullable<Parameters<typeof chromium.launchPersistentContext>[1]>;

export class Profile {
  readonly runs: ActivityRun[] = [];
  readonly folder: string;
  readonly #options: ContextOptions;
  #context: BrowserContext | undefined;
  #problems: string[] = [];

  static async create(options: LaunchOptions & ContextOptions): Promise<Profile> {
    return new Profile(await mkdtemp(join(tmpdir(), 'perdure-e2e-')), options);
  }

  private constructor(folder: string, options: ContextOptions) {
    this.folder = folder;
    this.#options = options;
  }

  /** The running browser; it is started if there is none. */
  async context(): Promise<BrowserContext> {
    this.#context ??= this.#watch(await chromium.launchPersistentContext(this.folder, this.#options));
    return this.#context;
  }

  /** Opens the demo in a new tab. */
  async open(path = '/'): Promise<Demo> {
    const page = await (await this.context()).newPage();
    await page.goto(path);
    return new Demo(page);
  }

  async close(): Promise<void> {
    await this.#context?.close();
    this.#context = undefined;
  }

  /** Ends the browser's process as a power cut would: nothing in it gets to finish anything. */
  async kill(): Promise<void> {
    const context = await this.context();
    const browser = context.browser();
    if (!browser) throw new Error('the context has no browser');
    const session = await browser.newBrowserCDPSession();
    const { processInfo } = await session.send('SystemInfo.getProcessInfo');
    const browserPid = processInfo.find(({ type }) => type === 'browser')?.id;
    if (browserPid === undefined) throw new Error('the browser has no process');
    const closed = context.waitForEvent('close');
    // The browser first, so that it does not see the others die; then those, which might still write to the profile.
    for (const pid of [browserPid, ...processInfo.map(({ id }) => id)]) if (pid > 0) endProcess(pid);
    await closed;
    this.#context = undefined;
  }

  /** Errors on the console and uncaught ones, since the last time. */
  takeProblems(): string[] {
    const problems = this.#problems;
    this.#problems = [];
    return problems;
  }

  async delete(): Promise<void> {
    await this.close();
    await rm(this.folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }

  #watch(context: BrowserContext): BrowserContext {
    context.on('weberror', (error) => this.#problems.push(String(error.error())));
    context.on('console', (message) => {
      if (message.type() === 'error') this.#problems.push(message.text());
      const found = /^\[perdure activity (\S+) (\S+)\] (.*)$/.exec(message.text());
      if (!found) return;
      const [, instanceId = '', activity = '', text = ''] = found;
      this.runs.push({ instanceId, activity, text, at: message.timestamp() });
    });
    return context;
  }
}

function endProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    // It has gone with its parent.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
