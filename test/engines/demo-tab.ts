/** The demo in a tab of any engine: what `window.durable` answers, and what the page shows. */
import type { RuntimeStatus } from 'perdure';
import type * as orchestrations from '../../demo/orchestrations';
import type { EventShape } from '../e2e/demo';
import type { Browser, Tab } from './engine';

declare global {
  interface Window {
    takenOver: Promise<number>;
  }
}

export class DemoTab {
  readonly tab: Tab;

  static async open(browser: Browser, url: string): Promise<DemoTab> {
    const demo = new DemoTab(await browser.open(url));
    await demo.#toBeLoaded();
    return demo;
  }

  private constructor(tab: Tab) {
    this.tab = tab;
  }

  async reload(): Promise<void> {
    await this.tab.reload();
    await this.#toBeLoaded();
  }

  async #toBeLoaded(): Promise<void> {
    await this.tab.until('the demo is loaded', () => 'durable' in window);
  }

  /** Starts an instance and gives its id. */
  start(name: keyof typeof orchestrations, input: unknown, instanceId?: string): Promise<string> {
    return this.tab.evaluate(
      (name, options) => window.durable.startNew(name, options as never) as Promise<string>,
      name,
      { input, ...(instanceId !== undefined && { instanceId }) },
    );
  }

  raiseEvent(id: string, name: string, data?: unknown): Promise<void> {
    return this.tab.evaluate(
      async (id, name, ...data) => {
        await window.durable.raiseEvent(id, name, ...(data as []));
      },
      id,
      name,
      ...(data === undefined ? [] : [data]),
    );
  }

  /** Waits until an instance has completed and gives its output. */
  completion(id: string): Promise<unknown> {
    return this.tab.evaluate(async (id) => (await window.durable.waitForCompletion(id)).output as unknown, id);
  }

  status(id: string): Promise<RuntimeStatus> {
    return this.tab.evaluate(async (id) => (await window.durable.getStatus(id)).runtimeStatus, id);
  }

  history(id: string): Promise<EventShape[]> {
    return this.tab.evaluate(async (id) => {
      const { history = [] } = await window.durable.getStatus(id, { showHistory: true });
      let turn = 0;
      return history.map((event) => {
        if (event.type === 'OrchestratorStarted') turn = event.at;
        return {
          type: event.type,
          turn,
          ...('taskId' in event && { taskId: event.taskId }),
          ...(event.type === 'TaskScheduled' && { name: event.name }),
        };
      });
    }, id);
  }

  /** Waits until so many activities of an instance are completed. */
  async untilCompleted(id: string, activities: number): Promise<void> {
    await this.tab.until(
      `${activities} activities completed`,
      async (id, activities) => {
        const { history = [] } = await window.durable.getStatus(id, { showHistory: true });
        return history.filter(({ type }) => type === 'TaskCompleted').length >= activities;
      },
      id,
      activities,
    );
  }

  role(): Promise<string> {
    return this.tab.evaluate(() => window.durable.hub.get().role);
  }

  /** Has the page note when it comes to run the hub. */
  async noteTakeOver(): Promise<void> {
    await this.tab.evaluate(() => {
      window.takenOver = new Promise((resolve) => {
        const stop = window.durable.hub.subscribe(() => {
          if (window.durable.hub.get().role !== 'owner') return;
          stop();
          resolve(Date.now());
        });
      });
    });
  }

  takenOverAt(): Promise<number> {
    return this.tab.evaluate(() => window.takenOver);
  }

  /** Waits for how this tab stands to the hub. */
  async toBe(role: 'owner' | 'waiting'): Promise<void> {
    await this.tab.until(`the tab is ${role}`, (role) => window.durable.hub.get().role === role, role);
  }

  /** Waits until the status view's list has an instance, and this with it. */
  async toShow(id: string, text: string): Promise<void> {
    await this.tab.until(
      `the list shows ${id} with ${text}`,
      (id, text) => {
        const rows = [...document.querySelectorAll('.pd-list button')].map(({ textContent }) => textContent ?? '');
        return rows.some((row) => row.includes(id) && row.includes(text));
      },
      id,
      text,
    );
  }

  /** Whatever tells how this tab stands to the hub. */
  describe(): Promise<string> {
    return this.tab.evaluate(async () => {
      const { held = [], pending = [] } = await navigator.locks.query();
      const shorter = ({ name, mode, clientId }: LockInfo) => `${name} ${mode} ${clientId}`;
      return JSON.stringify({
        visibility: document.visibilityState,
        hub: window.durable.hub.get(),
        error: String(window.durable.hub.get().error),
        held: held.map(shorter),
        pending: pending.map(shorter),
      });
    });
  }

  /** When this page's scripts began to run. */
  loadedAt(): Promise<number> {
    return this.tab.evaluate(() => {
      const [navigation] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
      return performance.timeOrigin + (navigation?.domInteractive ?? 0);
    });
  }
}
