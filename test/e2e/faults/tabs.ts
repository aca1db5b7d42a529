/** The tabs of one scenario, in one browser, before one server. */
import type { Switches } from '../app/switches';
import type { AppServer } from './app-server';
import type { TabBrowser } from './browser';
import { Oracle } from './oracle';
import { Tab } from './tab';

/** What a page's address turns on in its workers. */
export type SwitchesAtStart = {
  hints?: NonNullable<Switches['hints']>;
  clock?: number;
  commit?: number;
  deaf?: number;
};

export class Tabs {
  readonly browser: TabBrowser;
  readonly oracle = new Oracle();
  readonly #server: AppServer;
  readonly #all: Tab[] = [];

  constructor(browser: TabBrowser, server: AppServer) {
    this.browser = browser;
    this.#server = server;
  }

  /** Opens the app in a new tab, in front of the others. */
  async open(switches: SwitchesAtStart = {}): Promise<Tab> {
    const tab = await this.#new();
    const query = new URLSearchParams(Object.entries(switches).map(([name, value]) => [name, String(value)]));
    await tab.page.goto(`${this.#server.origin}/?${query}`);
    return tab;
  }

  /** Opens two: the first runs the hub, and the second is in front. */
  async openTwo(switches: SwitchesAtStart = {}): Promise<[first: Tab, second: Tab]> {
    const first = await this.open(switches);
    await first.toBe('owner');
    const second = await this.open(switches);
    await second.toBe('waiting');
    return [first, second];
  }

  /** Opens five at once. */
  openFive(): Promise<Tab[]> {
    return Promise.all(Array.from({ length: 5 }, () => this.open()));
  }

  /** Opens a page of the same origin that is not the app. */
  async openBlank(): Promise<Tab> {
    const tab = await this.#new();
    await tab.page.goto(`${this.#server.origin}/blank`);
    return tab;
  }

  /** Checks what was promised, from a tab that has just come. */
  async check(): Promise<void> {
    const tab = await this.open();
    await this.oracle.check(tab);
    await tab.close();
  }

  async end(): Promise<void> {
    // What is stopped cannot end.
    for (const tab of this.#all) tab.wake();
    await this.browser.stop();
  }

  async #new(): Promise<Tab> {
    const tab = new Tab(await this.browser.context.newPage(), this.browser, this.oracle);
    this.#all.push(tab);
    return tab;
  }
}
