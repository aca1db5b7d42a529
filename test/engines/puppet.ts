/** A browser that Puppeteer drives: Chromium by its own protocol, Firefox by WebDriver BiDi. */
import { type Browser as Driven, type LaunchOptions, launch, type Page } from 'puppeteer-core';
import { type Browser, Tab } from './engine';
import { endTree } from './processes';

export class Puppet implements Browser {
  readonly version: string;
  readonly problems: string[] = [];
  readonly #driven: Driven;

  static async start(options: LaunchOptions): Promise<Puppet> {
    const driven = await launch({ headless: true, ...options });
    return new Puppet(driven, await driven.version());
  }

  private constructor(driven: Driven, version: string) {
    this.#driven = driven;
    this.version = version;
  }

  async open(url: string): Promise<Tab> {
    const page = await this.#driven.newPage();
    page.on('pageerror', (error) => this.problems.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') this.problems.push(message.text());
    });
    await page.goto(url);
    return new PuppetTab(page);
  }

  async kill(): Promise<void> {
    const pid = this.#driven.process()?.pid;
    if (pid === undefined) throw new Error('the browser has no process');
    const gone = new Promise((resolve) => this.#driven.once('disconnected', resolve));
    await endTree(pid);
    await gone;
  }

  async close(): Promise<void> {
    await this.#driven.close();
  }
}

class PuppetTab extends Tab {
  readonly #page: Page;

  constructor(page: Page) {
    super();
    this.#page = page;
  }

  protected run(expression: string): Promise<string> {
    return this.#page.evaluate(expression) as Promise<string>;
  }

  async reload(): Promise<void> {
    await this.#page.reload();
  }

  close(): Promise<void> {
    return this.#page.close();
  }
}
