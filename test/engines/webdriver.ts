/**
 * One session of the WebDriver protocol, over HTTP. It has a current tab, so commands go one by one, and each comes
 * with the tab that it is for.
 */
import { setTimeout as pause } from 'node:timers/promises';

export class WebDriverSession {
  readonly browserVersion: string;
  readonly #url: string;
  #last: Promise<unknown> = Promise.resolve();
  #current: string | undefined;

  /** Waits until the driver listens. */
  static async create(driver: string, capabilities: object): Promise<WebDriverSession> {
    while (!(await isReady(driver))) await pause(10);
    const created = (await send(`${driver}/session`, 'POST', { capabilities: { alwaysMatch: capabilities } })) as {
      sessionId: string;
      capabilities: { browserVersion: string };
    };
    return new WebDriverSession(`${driver}/session/${created.sessionId}`, created.capabilities.browserVersion);
  }

  private constructor(url: string, browserVersion: string) {
    this.#url = url;
    this.browserVersion = browserVersion;
  }

  /** Opens an empty tab and gives its handle. */
  async newTab(): Promise<string> {
    const { handle } = (await this.#next(() => send(`${this.#url}/window/new`, 'POST', { type: 'tab' }))) as {
      handle: string;
    };
    return handle;
  }

  post(handle: string, command: string, body: object): Promise<unknown> {
    return this.#in(handle, () => send(`${this.#url}/${command}`, 'POST', body));
  }

  closeTab(handle: string): Promise<unknown> {
    return this.#in(handle, () => {
      this.#current = undefined;
      return send(`${this.#url}/window`, 'DELETE');
    });
  }

  /** Ends the browser. */
  delete(): Promise<unknown> {
    return this.#next(() => send(this.#url, 'DELETE'));
  }

  #in(handle: string, command: () => Promise<unknown>): Promise<unknown> {
    return this.#next(async () => {
      if (this.#current !== handle) await send(`${this.#url}/window`, 'POST', { handle });
      this.#current = handle;
      return command();
    });
  }

  #next(command: () => Promise<unknown>): Promise<unknown> {
    const done = this.#last.then(command);
    this.#last = done.catch(() => {});
    return done;
  }
}

async function isReady(driver: string): Promise<boolean> {
  try {
    await send(`${driver}/status`, 'GET');
    return true;
  } catch {
    return false;
  }
}

async function send(url: string, method: string, body?: object): Promise<unknown> {
  const answer = await fetch(url, { method, ...(body && { body: JSON.stringify(body) }) });
  const { value } = (await answer.json()) as { value: { error?: string; message?: string } };
  if (!answer.ok) throw new Error(`${value.error}: ${value.message}`);
  return value;
}
