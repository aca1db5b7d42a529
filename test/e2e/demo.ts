/** The demo in one tab: what a user does on the page, and what `window.durable` answers. */
import { expect, type Locator, type Page } from '@playwright/test';
import type { DurableClient, HistoryEvent, RuntimeStatus } from 'perdure';
import type * as orchestrations from '../../demo/orchestrations';

type Client = DurableClient<typeof orchestrations>;

declare global {
  interface Window {
    durable: Client;
  }
}

/** An event without its values: not all of them can leave the page. */
export interface EventShape {
  readonly type: HistoryEvent['type'];
  readonly taskId?: number;
  /** Of an activity. */
  readonly name?: string;
  /** The name of the file that an activity was given. */
  readonly file?: string;
  /** When the turn began that it belongs to. */
  readonly turn: number;
}

/** How a call ended. */
export type Outcome = { value: unknown } | { name: string; code: unknown; message: string };

type Command = 'startNew' | 'raiseEvent' | 'terminate' | 'purge' | 'getStatus' | 'waitForCompletion';

export class Demo {
  constructor(readonly page: Page) {}

  // ------------------------------------------------------------------------------------------------ the client

  /** Calls the client. Errors come back as values, since those that leave a page lose their code. */
  call(method: Command, ...args: unknown[]): Promise<Outcome> {
    return this.page.evaluate(
      async ([method, args]) => {
        const client = window.durable as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
        try {
          return { value: await client[method]?.(...args) };
        } catch (error) {
          const { name, code, message } = error as Error & { code?: unknown };
          return { name, code, message };
        }
      },
      [method, args] as const,
    );
  }

  /** Starts an instance and gives its id. */
  start(name: keyof typeof orchestrations, input: unknown, instanceId?: string): Promise<string> {
    const options = { input, ...(instanceId !== undefined && { instanceId }) };
    return this.page.evaluate(([name, options]) => window.durable.startNew(name, options as never), [
      name,
      options,
    ] as const);
  }

  /** Waits until an instance has completed and gives its output. */
  completion(id: string): Promise<unknown> {
    return this.page.evaluate(async (id) => (await window.durable.waitForCompletion(id)).output, id);
  }

  status(id: string): Promise<RuntimeStatus> {
    return this.page.evaluate(async (id) => (await window.durable.getStatus(id)).runtimeStatus, id);
  }

  history(id: string): Promise<EventShape[]> {
    return this.page.evaluate(async (id) => {
      const { history = [] } = await window.durable.getStatus(id, { showHistory: true });
      let turn = 0;
      return history.map((event) => {
        if (event.type === 'OrchestratorStarted') turn = event.at;
        const input = event.type === 'TaskScheduled' ? event.input : undefined;
        return {
          type: event.type,
          turn,
          ...('taskId' in event && { taskId: event.taskId }),
          ...(event.type === 'TaskScheduled' && { name: event.name }),
          ...(input instanceof File && { file: input.name }),
        };
      });
    }, id);
  }

  /** Waits for how this tab stands to the hub. */
  async toBe(role: 'owner' | 'waiting'): Promise<void> {
    await expect.poll(() => this.role()).toBe(role);
  }

  role(): Promise<string> {
    return this.page.evaluate(() => window.durable.hub.get().role);
  }

  /** How often the hub has changed hands; read from its database. */
  epoch(): Promise<number> {
    return this.page.evaluate(async () => {
      const settled = <T>(request: IDBRequest<T>) =>
        new Promise<T>((resolve, reject) => {
          request.onsuccess = () => resolve(request.result);
          request.onerror = () => reject(request.error);
        });
      const database = await settled(indexedDB.open('perdure/demo'));
      const owner = await settled(database.transaction('meta').objectStore('meta').get('owner'));
      database.close();
      return owner.epoch;
    });
  }

  /**
   * When this page's scripts began to run: after whatever was before it in this tab was gone, and before anything of
   * its own.
   */
  loadedAt(): Promise<number> {
    return this.page.evaluate(() => {
      const [navigation] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
      return performance.timeOrigin + (navigation?.domInteractive ?? 0);
    });
  }

  /** Ends the process that shows the page. */
  async crash(): Promise<void> {
    const session = await this.page.context().newCDPSession(this.page);
    const crashed = this.page.waitForEvent('crash');
    // It gives no answer any more.
    session.send('Page.crash').catch(() => {});
    await crashed;
    await this.page.close();
  }

  // ------------------------------------------------------------------------------------------------ the page

  /** Turns the gallery to a process. */
  async show(process: string): Promise<void> {
    await this.page.getByRole('navigation', { name: 'Processes' }).getByRole('link', { name: process }).click();
  }

  /** The process that the gallery shows. */
  card(process: string): Locator {
    return this.page.getByRole('article', { name: process });
  }

  /** The instance that the status view shows. */
  get details(): Locator {
    return this.page.getByRole('region', { name: 'Instance', exact: true });
  }

  /** The row of an instance in the status view's list. */
  row(id: string): Locator {
    return this.page.locator('.pd-list').getByRole('button').filter({ hasText: id });
  }

  /** The calls that the page shows, newest first. */
  get calls(): Locator {
    return this.page.getByRole('region', { name: 'Calls' }).getByRole('list').first().getByRole('listitem');
  }
}
