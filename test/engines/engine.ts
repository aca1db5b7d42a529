/**
 * What the scenarios ask of a browser, whichever it is: a profile that outlives it, tabs, and functions that run in
 * them. Values cross as JSON, since the protocols behind this do not agree on anything else.
 */

export interface Engine {
  /** What to do if it is not there to run in; undefined if it is. */
  readonly missing: string | undefined;
  /** Starts a browser with what the folder has kept of earlier ones. */
  start(folder: string): Promise<Browser>;
}

export interface Browser {
  readonly version: string;
  /** Uncaught errors of pages and workers, and what they wrote to the console as errors. */
  readonly problems: readonly string[];
  /** Opens an address in a new tab and waits until it is loaded. */
  open(url: string): Promise<Tab>;
  /** Ends all its processes as a power cut would: nothing in it gets to finish anything. */
  kill(): Promise<void>;
  /** Closes it as its user would. After that, `problems` is complete. */
  close(): Promise<void>;
}

/** An error that a page threw. */
export class PageError extends Error {
  constructor(
    override readonly name: string,
    message: string,
    readonly code: unknown,
  ) {
    super(message);
  }
}

type Answer = { readonly value?: unknown; readonly error?: { name: string; message: string; code?: unknown } };

/** How long `until` waits. */
const limitMs = 20_000;

export abstract class Tab {
  abstract reload(): Promise<void>;
  abstract close(): Promise<void>;

  /** Evaluates an expression that gives a promise of a string. Other calls may be under way. */
  protected abstract run(expression: string): Promise<string>;

  /** Calls a function in the page. It has only its arguments; they and its result are JSON. */
  evaluate<A extends readonly unknown[], R>(fn: (...args: A) => R | Promise<R>, ...args: A): Promise<R> {
    return this.#answer(`(${fn})(...${JSON.stringify(args)})`) as Promise<R>;
  }

  /**
   * Calls a function in the page until it gives something true, and gives that.
   *
   * @param what is missing if it never does
   */
  until<A extends readonly unknown[], R>(
    what: string,
    fn: (...args: A) => R | Promise<R>,
    ...args: A
  ): Promise<NonNullable<R>> {
    return this.#answer(`(async (fn, args) => {
      const end = Date.now() + ${limitMs};
      for (;;) {
        const value = await fn(...args);
        if (value) return value;
        if (Date.now() > end) throw new Error(${JSON.stringify(`Not within ${limitMs} ms: ${what}`)});
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    })(${fn}, ${JSON.stringify(args)})`) as Promise<NonNullable<R>>;
  }

  async #answer(expression: string): Promise<unknown> {
    const { value, error } = JSON.parse(
      await this.run(`(async () => {
        try {
          return JSON.stringify({ value: await ${expression} });
        } catch (error) {
          const { name, message, code } = error;
          return JSON.stringify({ error: { name, message, code } });
        }
      })()`),
    ) as Answer;
    if (error) throw new PageError(error.name, error.message, error.code);
    return value;
  }
}
