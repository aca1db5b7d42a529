/** A tab of the fault app: its client, and all that can befall it. */
import { type CDPSession, expect, type Page, type Worker } from '@playwright/test';
import type { HistoryEvent, HubView, RuntimeStatus } from 'perdure';
import type { App } from '../app/page';
import type { Switches } from '../app/switches';
import type { TabBrowser } from './browser';
import { pause } from './chance';
import type { Oracle } from './oracle';

/** How a call ended. */
export type Outcome = { value: unknown } | { name: string; code: string; message: string };

type Command =
  | 'startNew'
  | 'raiseEvent'
  | 'terminate'
  | 'suspend'
  | 'resume'
  | 'purge'
  | 'getStatus'
  | 'waitForCompletion'
  | 'countInstances';

/** So long an instance may take to its end. */
const longestMs = 60_000;
/** So long it may take until a tab stands to the hub as it should. */
const roleMs = 30_000;
/** A hub that has not committed anything for so long has nothing to write. */
const idleMs = 1_000;
/** What a hub is at when its timers are stopped is over by then. */
const quietMs = 100;
/** A page is made to compute for so long at a time, to find its process. */
const burnMs = 200;

export class Tab {
  readonly page: Page;
  readonly #browser: TabBrowser;
  readonly #oracle: Oracle;
  #pid: number | undefined;
  #isQuiet = false;
  #session: CDPSession | undefined;

  constructor(page: Page, browser: TabBrowser, oracle: Oracle) {
    this.page = page;
    this.#browser = browser;
    this.#oracle = oracle;
  }

  // ------------------------------------------------------------------------------------------------ the client

  /** Calls the client. Errors come back as values, since those that leave a page lose their code. */
  call(method: Command, ...args: unknown[]): Promise<Outcome> {
    return this.page.evaluate(
      async ([method, args]) => {
        const client = window.faultApp.client as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
        try {
          return { value: await client[method]?.(...args) };
        } catch (error) {
          const { name, code = '', message } = error as Error & { code?: string };
          return { name, code, message };
        }
      },
      [method, args] as const,
    );
  }

  /** Starts an instance, and gives its id once that is acknowledged. */
  async start(name: keyof App, input?: unknown, instanceId?: string): Promise<string> {
    const outcome = await this.call('startNew', name, { input, ...(instanceId !== undefined && { instanceId }) });
    if (!('value' in outcome)) throw new Error(`'${name}' was not started: ${outcome.name}: ${outcome.message}`);
    this.#oracle.started(outcome.value as string, name, input);
    return outcome.value as string;
  }

  /** Like `start`, where it may be that it is refused. Gives how it ended. */
  async tryStart(name: keyof App, input: unknown, instanceId: string): Promise<Outcome> {
    const outcome = await this.call('startNew', name, { input, instanceId });
    if ('value' in outcome) this.#oracle.started(instanceId, name, input);
    return outcome;
  }

  /** Raises an event with a number, that no other has. */
  async raise(id: string, item: number): Promise<Outcome> {
    const outcome = await this.call('raiseEvent', id, 'item', item);
    if ('value' in outcome) this.#oracle.raised(id, item);
    return outcome;
  }

  /** How an instance ends: with an output, or an error. */
  async end(id: string, timeout = longestMs): Promise<{ output: unknown } | Exclude<Outcome, { value: unknown }>> {
    const outcome = await this.call('waitForCompletion', id, { timeout });
    return 'value' in outcome ? { output: (outcome.value as { output: unknown }).output } : outcome;
  }

  status(id: string): Promise<{ runtimeStatus: RuntimeStatus; parked?: string; completed: number }> {
    return this.page.evaluate(async (id) => {
      const { runtimeStatus, parked, history } = await window.faultApp.client.getStatus(id, { showHistory: true });
      const completed = (history ?? []).filter(({ type }) => type === 'TaskCompleted').length;
      return { runtimeStatus, completed, ...(parked && { parked: parked.reason }) };
    }, id);
  }

  async eventTypes(id: string): Promise<HistoryEvent['type'][]> {
    return this.page.evaluate(async (id) => (await window.faultApp.client.getHistory(id)).map(({ type }) => type), id);
  }

  /** What the page is shown of the hub. */
  hub(): Promise<Omit<HubView, 'error'> & { error: string | undefined }> {
    return this.page.evaluate(async () => {
      const { hub } = window.faultApp.client;
      // Followed from now on: only then it is more than this tab's role.
      hub.subscribe(() => {});
      const { error, ...view } = hub.get();
      return { ...view, error: error && `${error.name}: ${error.message}` };
    });
  }

  role(): Promise<HubView['role']> {
    return this.page.evaluate(() => window.faultApp.client.hub.get().role);
  }

  async toBe(role: HubView['role'], timeout = roleMs): Promise<void> {
    const standing = () =>
      this.page.evaluate(() => {
        const { role, error } = window.faultApp.client.hub.get();
        return { role, error: error?.message };
      });
    await expect.poll(standing, { timeout, intervals: [20, 50, 100] }).toMatchObject({ role });
  }

  // ------------------------------------------------------------------------------------------------ what befalls it

  /** Brings it to the front: the others are hidden. */
  async show(): Promise<void> {
    await this.page.bringToFront();
  }

  async reload(): Promise<void> {
    await this.page.reload();
  }

  async close(): Promise<void> {
    await this.page.close();
  }

  /** Ends the process that shows the page. */
  async crash(): Promise<void> {
    const session = await this.#cdp();
    const crashed = this.page.waitForEvent('crash');
    // It gives no answer any more.
    session.send('Page.crash').catch(() => {});
    await crashed;
    await this.page.close();
  }

  /** Ends the host worker, behind its page's back. */
  async killHost(): Promise<void> {
    await this.page.evaluate(() => window.faultApp.hosts.at(-1)?.terminate());
  }

  /** Turns switches in the host worker that runs now. */
  async disturb(switches: Partial<Switches>): Promise<void> {
    await (await this.#host()).evaluate((given) => void Object.assign(faults, given), switches);
  }

  /** The switches of the host worker that runs now, and what it has noted. */
  async switches(): Promise<Switches> {
    return (await this.#host()).evaluate(() => faults);
  }

  /** Waits until it has written all that it had to: who is stopped in the middle of a transaction holds up all others. */
  private async untilIdle(): Promise<void> {
    const commits = async () => (await this.switches()).committedAt.length;
    let last = -1;
    for (let now = await commits(); now !== last; now = await commits()) {
      last = now;
      // Its checkpoint comes after a pause.
      await pause(idleMs);
    }
  }

  /** Freezes it as browsers do, with an event before. Another tab must be in front. */
  async freeze(): Promise<void> {
    await (await this.#cdp()).send('Page.setWebLifecycleState', { state: 'frozen' });
  }

  async thaw(): Promise<void> {
    await (await this.#cdp()).send('Page.setWebLifecycleState', { state: 'active' });
  }

  /** Stops its process: nothing is told before, and nothing of it runs, until `wake`. */
  async stop(): Promise<void> {
    this.#pid ??= await this.#findPid();
    process.kill(this.#pid, 'SIGSTOP');
  }

  /**
   * The same once its hub has nothing to do, and between two of its looks at the storage: a process that stands still in
   * the middle of a transaction keeps all others from the hub. Gives the moment.
   */
  async stopIdle(): Promise<number> {
    await this.untilIdle();
    await this.prepareStop();
    await this.disturb({ isQuiet: true });
    this.#isQuiet = true;
    await pause(quietMs);
    const at = Date.now();
    await this.stop();
    return at;
  }

  wake(): void {
    if (this.#pid !== undefined) process.kill(this.#pid, 'SIGCONT');
    // Its host may be another one by then.
    if (this.#isQuiet) this.disturb({ isQuiet: false }).catch(() => {});
    this.#isQuiet = false;
  }

  /** Ends its process, even one that stands still. */
  kill(): void {
    if (this.#pid !== undefined) process.kill(this.#pid, 'SIGKILL');
    this.#pid = undefined;
  }

  /** Finds the process that it will be stopped by. Takes a while, so it is done before what is measured. */
  async prepareStop(): Promise<void> {
    this.#pid ??= await this.#findPid();
  }

  /** No protocol tells which process shows a page: so it is made to compute, until there is no doubt. */
  async #findPid(): Promise<number> {
    const atFirst = new Map<number, number>();
    for (;;) {
      for (const { pid, cpuTime } of await this.#browser.renderers()) {
        if (!atFirst.has(pid)) atFirst.set(pid, cpuTime);
      }
      await this.page.evaluate((ms) => {
        const end = performance.now() + ms;
        while (performance.now() < end);
      }, burnMs);
      const [first, second] = (await this.#browser.renderers())
        .map(({ pid, cpuTime }) => ({ pid, computed: cpuTime - (atFirst.get(pid) ?? cpuTime) }))
        .sort((a, b) => b.computed - a.computed);
      if (first && first.computed > burnMs / 1_000 && first.computed > 4 * (second?.computed ?? 0)) return first.pid;
    }
  }

  /** The host worker that runs now; its activity workers have a name. */
  async #host(): Promise<Worker> {
    for (const worker of this.page.workers().reverse()) {
      const name = await worker.evaluate(() => self.name).catch(() => undefined);
      if (name === '') return worker;
    }
    throw new Error('the page has no host worker');
  }

  async #cdp(): Promise<CDPSession> {
    this.#session ??= await this.page.context().newCDPSession(this.page);
    return this.#session;
  }
}
