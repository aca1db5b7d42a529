/** The four tabs: who is asked, what befalls them, and who comes in the place of one that went. */

import type { Chance } from '../../test/support/chance';
import type { SoakBrowser } from './browser';
import { pause } from './pause';
import { Tab } from './tab';

/** How often each befalls a tab. */
const blows = { close: 3, reload: 3, crash: 3, kill: 1, killHost: 3, freeze: 2, stop: 2 } as const;
export type Blow = keyof typeof blows;

const crewSize = 4;
/** So many tabs are struck at a time, at most. */
const mostStruck = 2;

export class Crew {
  readonly tabs: Tab[] = [];
  readonly blows: Partial<Record<Blow, number>> = {};
  /** Blows that fell on who owned the hub. */
  ownersStruck = 0;
  epoch = 0;
  #opened = 0;
  #opening: Promise<unknown> = Promise.resolve();
  readonly #browser: SoakBrowser;
  readonly #url: string;
  readonly #chance: Chance;
  readonly #under: Set<Promise<void>> = new Set();

  constructor(browser: SoakBrowser, url: string, chance: Chance) {
    this.#browser = browser;
    this.#url = url;
    this.#chance = chance;
  }

  async fill(): Promise<void> {
    while (this.tabs.length < crewSize) await this.#open();
  }

  get owner(): Tab | undefined {
    return this.ready.find(({ role }) => role === 'owner');
  }

  /** Those that can be asked. */
  get ready(): Tab[] {
    return this.tabs.filter(({ isLive, isBusy }) => isLive && !isBusy);
  }

  /** Any that can be asked; waits until there is one. */
  async any(but?: Tab): Promise<Tab> {
    for (;;) {
      const { ready } = this;
      const others = ready.filter((tab) => tab !== but);
      if (others.length > 0) return this.#chance.one(others);
      if (ready[0]) return ready[0];
      await pause(50);
    }
  }

  /** One after the other: which process is whose is told by which is new. */
  #open(): Promise<void> {
    const opening = this.#opening.then(async () => {
      const tab = await Tab.open(this.#browser, this.#opened++, this.#url, ({ epoch }) => {
        this.epoch = Math.max(this.epoch, epoch ?? 0);
      });
      this.tabs.push(tab);
      await this.#find(tab);
    });
    this.#opening = opening.catch(() => {});
    return opening;
  }

  async #find(tab: Tab): Promise<void> {
    const others = this.tabs.filter((each) => each !== tab).map(({ pid }) => pid);
    for (let tries = 0; tries < 40; tries++) {
      const found = (await this.#browser.tabProcesses()).filter((pid) => !others.includes(pid));
      if (found.length === 1) {
        tab.pid = found[0];
        return;
      }
      await pause(100);
    }
  }

  /** Strikes one, soon on. The owner as often as all others together. */
  strike(): void {
    if (this.#under.size >= mostStruck || this.ready.length < 3) return;
    const tab = (this.#chance.is(0.5) && this.owner) || this.#chance.one(this.ready);
    const blow = this.#chance.weighted(blows);
    tab.isBusy = true;
    const done = this.#befall(tab, blow)
      .catch((error) => console.log(`tab ${tab.number}, ${blow}: ${error}`))
      .finally(() => {
        tab.isBusy = false;
        this.#under.delete(done);
      });
    this.#under.add(done);
  }

  async quiet(): Promise<void> {
    while (this.#under.size > 0) await Promise.all(this.#under);
  }

  async #befall(tab: Tab, blow: Blow): Promise<void> {
    this.blows[blow] = (this.blows[blow] ?? 0) + 1;
    if (tab.role === 'owner') this.ownersStruck++;
    const chance = this.#chance;
    switch (blow) {
      case 'reload':
        await tab.reload();
        break;
      case 'killHost':
        await tab.killHost();
        break;
      case 'freeze':
        await (await this.any(tab)).show();
        await tab.freeze(chance.between(500, 6_000));
        break;
      case 'stop':
        // Who is in front may take the hub from one that stands still.
        if (chance.is(0.8)) await (await this.any(tab)).show();
        await tab.stop(chance.between(500, 11_000));
        break;
      default:
        await tab[blow]();
        this.tabs.splice(this.tabs.indexOf(tab), 1);
        await pause(chance.between(0, 2_000));
        await this.#open();
    }
  }
}
