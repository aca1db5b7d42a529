/** One tab of the soak: what it is asked, and what befalls it. A tab that has gone gives no more answers, and says so. */
import type { CDPSession, Page } from 'playwright';
import type { SoakBrowser } from './browser';
import type { Command, CommandName, Commands, Reply, Told } from './commands';
import { pause } from './pause';

/** What comes of a command: an answer, or none as the tab has gone. */
export type Outcome<N extends CommandName> = Reply<N> | 'gone';

const changing: ReadonlySet<CommandName> = new Set([
  'start',
  'note',
  'terminate',
  'suspend',
  'resume',
  'purge',
] as const);

export class Tab {
  readonly number: number;
  readonly page: Page;
  role = 'starting';
  epoch: number | undefined;
  /** It answers: it is neither gone nor held. */
  isLive = false;
  /** Something befalls it just now. */
  isBusy = false;
  pid: number | undefined;
  readonly #session: CDPSession;
  readonly #waiting = new Map<number, { name: CommandName; settle: (outcome: Reply | 'gone') => void }>();
  readonly #onHub: (tab: Tab) => void;
  #unsent: Command[] = [];
  #calls = 0;

  static async open(browser: SoakBrowser, number: number, url: string, onHub: (tab: Tab) => void): Promise<Tab> {
    const page = await browser.context.newPage();
    const session = await browser.context.newCDPSession(page);
    const tab = new Tab(number, page, session, onHub);
    await session.send('Runtime.enable');
    await session.send('Runtime.addBinding', { name: 'tellDriver' });
    session.on('Runtime.bindingCalled', ({ payload }) => tab.#hear(JSON.parse(payload)));
    page.on('crash', () => tab.#gone());
    page.on('close', () => tab.#gone());
    await page.goto(url);
    tab.isLive = true;
    return tab;
  }

  private constructor(number: number, page: Page, session: CDPSession, onHub: (tab: Tab) => void) {
    this.number = number;
    this.page = page;
    this.#session = session;
    this.#onHub = onHub;
  }

  ask<N extends CommandName>(name: N, argument: Commands[N][0]): Promise<Outcome<N>> {
    if (!this.isLive) return Promise.resolve('gone');
    const call = this.#calls++;
    if (this.#unsent.length === 0) setImmediate(() => this.#send());
    this.#unsent.push({ call, name, argument } as Command);
    return new Promise((resolve) => {
      this.#waiting.set(call, { name, settle: resolve as (outcome: Reply | 'gone') => void });
    });
  }

  #send(): void {
    const expression = `soak.run(${JSON.stringify(this.#unsent)})`;
    this.#unsent = [];
    // A tab that does not take it any more will be found gone.
    this.#session.send('Runtime.evaluate', { expression }).catch(() => {});
  }

  #hear(told: Told): void {
    if (told.kind === 'hub') {
      this.role = told.role;
      this.epoch = told.epoch;
      this.#onHub(this);
      return;
    }
    for (const { call, reply } of told.replies) {
      this.#waiting.get(call)?.settle(reply);
      this.#waiting.delete(call);
    }
  }

  #gone(): void {
    this.isLive = false;
    this.role = 'gone';
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { settle } of waiting) settle('gone');
  }

  /** It is held: what only asks is asked elsewhere. Of what changes something, the answer comes when it is back. */
  #held(): void {
    for (const [call, { name, settle }] of [...this.#waiting]) {
      if (changing.has(name)) continue;
      this.#waiting.delete(call);
      settle('gone');
    }
  }

  // -------------------------------------------------------------------------------------------------- what befalls it

  show(): Promise<void> {
    return this.page.bringToFront();
  }

  async close(): Promise<void> {
    await this.page.close();
    this.#gone();
  }

  /** Its process ends at once. */
  async crash(): Promise<void> {
    const crashed = this.page.waitForEvent('crash', { timeout: 30_000 });
    this.#session.send('Page.crash').catch(() => {});
    await crashed;
    await this.page.close();
  }

  async reload(): Promise<void> {
    this.#gone();
    await this.page.reload();
    this.isLive = true;
  }

  async killHost(): Promise<void> {
    await this.#session.send('Runtime.evaluate', { expression: 'soak.killHost()' });
  }

  /** Frozen as browsers do it, after an event. It must be behind another. Its answers come when it is back, or never. */
  async freeze(ms: number): Promise<void> {
    this.#held();
    await this.#session.send('Page.setWebLifecycleState', { state: 'frozen' });
    await pause(ms);
    await this.#session.send('Page.setWebLifecycleState', { state: 'active' });
  }

  /** Its process is stopped: nothing is told before. */
  async stop(ms: number): Promise<void> {
    const { pid } = this;
    if (pid === undefined) return;
    process.kill(pid, 'SIGSTOP');
    this.#held();
    try {
      await pause(ms);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
  }

  async kill(): Promise<void> {
    if (this.pid === undefined) return this.crash();
    const crashed = this.page.waitForEvent('crash', { timeout: 30_000 });
    process.kill(this.pid, 'SIGKILL');
    await crashed;
    await this.page.close();
  }
}
