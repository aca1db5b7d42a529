/**
 * One session of the WebDriver protocol. It has a current tab, so commands go one by one, and each comes with the tab
 * that it is for. WebKit speaks it over HTTP, Firefox over a socket of its own.
 */
import { Tab } from './engine';

/** The protocol's commands, as far as they are needed. */
export type Command =
  | 'NewWindow'
  | 'SwitchToWindow'
  | 'CloseWindow'
  | 'Navigate'
  | 'Refresh'
  | 'ExecuteScript'
  | 'ExecuteAsyncScript'
  | 'DeleteSession';

export type Send = (command: Command, parameters: object) => Promise<unknown>;

export class WebDriverSession {
  readonly #send: Send;
  #last: Promise<unknown> = Promise.resolve();
  #current: string | undefined;

  constructor(send: Send) {
    this.#send = send;
  }

  /** Opens an address in a new tab and waits until it is loaded. */
  async open(url: string): Promise<Tab> {
    const { handle } = (await this.#next(() => this.#send('NewWindow', { type: 'tab' }))) as { handle: string };
    const tab = new WebDriverTab(this, handle);
    await tab.load('Navigate', { url });
    return tab;
  }

  /** Sends a command to a tab. */
  in(handle: string, command: Command, parameters: object): Promise<unknown> {
    return this.#next(async () => {
      if (this.#current !== handle) await this.#send('SwitchToWindow', { handle });
      this.#current = command === 'CloseWindow' ? undefined : handle;
      return this.#send(command, parameters);
    });
  }

  /** Ends the browser. */
  async delete(): Promise<void> {
    await this.#next(() => this.#send('DeleteSession', {}));
  }

  #next(command: () => Promise<unknown>): Promise<unknown> {
    const done = this.#last.then(command);
    this.#last = done.catch(() => {});
    return done;
  }
}

class WebDriverTab extends Tab {
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
    await this.#execute('ExecuteScript', `(window.callsOfTest ??= {})[${call}] = ${expression};`);
    for (;;) {
      const answer = (await this.#execute(
        'ExecuteAsyncScript',
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
    return this.load('Refresh', {});
  }

  /** The driver may answer before the new page has begun to load; so it is asked for. */
  async load(command: 'Navigate' | 'Refresh', parameters: object): Promise<void> {
    const look = () =>
      this.#execute(
        'ExecuteScript',
        'return { page: performance.timeOrigin, state: document.readyState };',
      ) as Promise<{
        page: number;
        state: DocumentReadyState;
      }>;
    const before = await look();
    await this.#session.in(this.#handle, command, parameters);
    for (;;) {
      const { page, state } = await look();
      if (page !== before.page && state === 'complete') return;
    }
  }

  async close(): Promise<void> {
    await this.#session.in(this.#handle, 'CloseWindow', {});
  }

  #execute(command: 'ExecuteScript' | 'ExecuteAsyncScript', script: string): Promise<unknown> {
    return this.#session.in(this.#handle, command, { script, args: [] });
  }
}
