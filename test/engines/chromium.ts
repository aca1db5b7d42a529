/** Chromium by Playwright, which the other tests drive it by too. */
import { chromium as driver, type Page } from 'playwright';
import { launchOptions } from '../../scripts/browser.mjs';
import { type Browser, type Engine, Tab } from './engine';
import { endTree } from './processes';

export const chromium: Engine = {
  missing: launchOptions.executablePath
    ? undefined
    : 'No Chromium to run in: node scripts/ensure-browser.mjs finds or installs one.',
  start: startChromium,
};

async function startChromium(folder: string): Promise<Browser> {
  const context = await driver.launchPersistentContext(folder, launchOptions);
  const browser = context.browser();
  if (!browser) throw new Error('the context has no browser');
  const problems: string[] = [];
  context.on('weberror', (error) => problems.push(String(error.error())));
  context.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });

  return {
    version: `Chromium/${browser.version()}`,
    problems,
    async open(url) {
      const page = await context.newPage();
      await page.goto(url);
      return new ChromiumTab(page);
    },
    async kill() {
      const session = await browser.newBrowserCDPSession();
      const { processInfo } = await session.send('SystemInfo.getProcessInfo');
      const pid = processInfo.find(({ type }) => type === 'browser')?.id;
      if (pid === undefined) throw new Error('the browser has no process');
      const closed = context.waitForEvent('close');
      await endTree(pid);
      await closed;
    },
    close: () => context.close(),
  };
}

class ChromiumTab extends Tab {
  readonly #page: Page;

  constructor(page: Page) {
    super();
    this.#page = page;
  }

  protected run(expression: string): Promise<string> {
    return this.#page.evaluate(expression);
  }

  async reload(): Promise<void> {
    await this.#page.reload();
  }

  close(): Promise<void> {
    return this.#page.close();
  }
}
