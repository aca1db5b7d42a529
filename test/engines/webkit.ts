/** WebKitGTK by its WebDriver, on a display of its own that nobody sees. The browser is ours: webkit-window.mjs. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { advice, webkit as programs } from '../../scripts/engines.mjs';
import { freePort } from '../../scripts/free-port.mjs';
import { type Browser, type Engine, Tab } from './engine';
import { endTree, endTreeNow } from './processes';
import { WebDriverSession } from './webdriver';

export const webkit: Engine = {
  missing: advice(programs),
  start: (folder) => WebKitBrowser.start(folder),
};

class WebKitBrowser implements Browser {
  readonly problems: string[];
  readonly #display: ChildProcess;
  readonly #driver: ChildProcess;
  readonly #session: WebDriverSession;

  static async start(folder: string): Promise<WebKitBrowser> {
    const { PERDURE_WEBKIT_DRIVER: driverPath, PERDURE_GJS: gjs, PERDURE_XVFB: xvfb } = programs.programs;
    // It takes the first number that is free, and writes it to a pipe when it is ready.
    const screen = ['-displayfd', '3', '-screen', '0', '1280x800x24', '-nolisten', 'tcp'];
    const display = spawn(xvfb!, screen, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
    endWithUs(display);
    const [number] = (await once(display.stdio[3] as Readable, 'data')) as [Buffer];

    const port = await freePort();
    const driver = spawn(driverPath!, [`--port=${port}`], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, DISPLAY: `:${String(number).trim()}`, NO_AT_BRIDGE: '1', GSETTINGS_BACKEND: 'memory' },
    });
    endWithUs(driver);
    const problems: string[] = [];
    for (const output of [driver.stdout, driver.stderr]) {
      createInterface(output).on('line', (line) => {
        if (/CONSOLE (\S+ )?ERROR/.test(line)) problems.push(line);
      });
    }

    const args = ['-m', fileURLToPath(new URL('webkit-window.mjs', import.meta.url)), folder];
    const session = await WebDriverSession.create(`http://127.0.0.1:${port}`, {
      'webkitgtk:browserOptions': { binary: gjs, args },
    });
    return new WebKitBrowser(display, driver, session, problems);
  }

  private constructor(display: ChildProcess, driver: ChildProcess, session: WebDriverSession, problems: string[]) {
    this.#display = display;
    this.#driver = driver;
    this.#session = session;
    this.problems = problems;
  }

  get version(): string {
    return `WebKitGTK/${this.#session.browserVersion}`;
  }

  async open(url: string): Promise<Tab> {
    const handle = await this.#session.newTab();
    const tab = new WebKitTab(this.#session, handle);
    await tab.load('url', { url });
    return tab;
  }

  async kill(): Promise<void> {
    const closed = once(this.#driver, 'close');
    await endTree(this.#driver.pid!);
    await endTree(this.#display.pid!);
    await closed;
  }

  async close(): Promise<void> {
    await this.#session.delete();
    await this.kill();
  }
}

class WebKitTab extends Tab {
  readonly #session: WebDriverSession;
  readonly #handle: string;
  #calls = 0;

  constructor(session: WebDriverSession, handle: string) {
    super();
    this.#session = session;
    this.#handle = handle;
  }

  /**
   * A script that waits would hold up the whole session, all tabs of it. So the page keeps the call, and is asked for
   * its answer until there is one.
   */
  protected async run(expression: string): Promise<string> {
    const call = this.#calls++;
    await this.#execute('sync', `(window.callsOfTest ??= {})[${call}] = ${expression};`);
    for (;;) {
      const answer = (await this.#execute(
        'async',
        `const [tell] = arguments;
        const call = window.callsOfTest?.[${call}];
        if (!call) tell({ lost: true });
        else Promise.race([call, new Promise((resolve) => setTimeout(resolve, 20))]).then((value) => tell({ value }));`,
      )) as { lost?: true; value?: string | null };
      if (answer.lost) throw new Error('The page went away while it was called.');
      if (typeof answer.value === 'string') return answer.value;
    }
  }

  reload(): Promise<void> {
    return this.load('refresh', {});
  }

  /** The driver may answer before the new page has begun to load; so it is asked for. */
  async load(command: 'url' | 'refresh', body: object): Promise<void> {
    const look = () =>
      this.#execute('sync', 'return { page: performance.timeOrigin, state: document.readyState };') as Promise<{
        page: number;
        state: DocumentReadyState;
      }>;
    const before = await look();
    await this.#session.post(this.#handle, command, body);
    for (;;) {
      const { page, state } = await look();
      if (page !== before.page && state === 'complete') return;
    }
  }

  async close(): Promise<void> {
    await this.#session.closeTab(this.#handle);
  }

  #execute(kind: 'sync' | 'async', script: string): Promise<unknown> {
    return this.#session.post(this.#handle, `execute/${kind}`, { script, args: [] });
  }
}

/** A run that is cut off leaves nothing behind. */
function endWithUs(child: ChildProcess): void {
  const end = () => endTreeNow(child.pid!);
  process.once('exit', end);
  child.once('exit', () => process.off('exit', end));
}
