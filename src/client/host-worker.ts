/**
 * A host worker as its page sees it, from its start to its end. Nothing in a browser tells that a worker has died or
 * hangs, nor that its file does not do what it should: so it must say hello in time, holds a lock as long as it lives, and
 * is asked whether it is well.
 */
import type { HostMessage, PageMessage } from '../protocol';
import type { Page } from './page';
import { Watchdog } from './watchdog';

/** What is needed of a worker. */
export interface HostPort {
  postMessage(message: PageMessage): void;
  terminate(): void;
  onmessage: ((event: MessageEvent<HostMessage>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
}

/** Why a host is no good any more. */
export type HostEnd =
  /** Its file could not be loaded. */
  | { kind: 'unloadable'; detail: string }
  /** It has not said hello. */
  | { kind: 'mute' }
  | { kind: 'died' }
  /** It does not answer any more. */
  | { kind: 'wedged' };

export interface HostWorkerOptions {
  page: Page;
  port: HostPort;
  /** One that has not answered for so long hangs. */
  deadlineMs: number;
  /** One that has not said hello by then never will; its file may have a long way. */
  helloMs: number;
  /** Whether anybody on the page waits for it. */
  isWaiting(): boolean;
  /** It says hello: now it gets all that waits. */
  onOpen(): void;
  onMessage(message: HostMessage): void;
  /** Called at most once. The worker has been ended. */
  onEnd(end: HostEnd): void;
}

const ticksToHello = 10;

export class HostWorker {
  readonly #options: HostWorkerOptions;
  readonly #watchdog: Watchdog;
  readonly #life = new AbortController();
  #isOpen = false;
  #helloTimer: unknown;

  constructor(options: HostWorkerOptions) {
    const { page, port, deadlineMs, isWaiting } = options;
    this.#options = options;
    this.#watchdog = new Watchdog({
      page,
      deadlineMs,
      isWaiting,
      ping: () => this.post({ kind: 'ping' }),
      onSilent: () => this.#lost({ kind: 'wedged' }),
    });
    port.onmessage = ({ data }) => this.#receive(data);
    port.onerror = ({ message }) => {
      // An uncaught error in a worker that runs does not end it.
      if (!this.#isOpen) this.#lost({ kind: 'unloadable', detail: message ? `: ${message}` : '' });
    };
    this.#awaitHello(ticksToHello);
  }

  /** It has been loaded and listens. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Whether it was well when it was asked last. */
  get isWell(): boolean {
    return this.#watchdog.isAnswered;
  }

  post(message: PageMessage): void {
    if (this.#isOpen) this.#options.port.postMessage(message);
  }

  /** Somebody waits for it now. */
  wake(): void {
    this.#watchdog.wake();
  }

  /** Another tab asks whether it is there. */
  nudge(): void {
    this.#watchdog.nudge();
  }

  end(): void {
    const { page, port } = this.#options;
    page.clearTimer(this.#helloTimer);
    this.#watchdog.stop();
    this.#isOpen = false;
    this.#life.abort();
    // What it said last may still be under way.
    port.onmessage = null;
    port.onerror = null;
    port.terminate();
  }

  #lost(end: HostEnd): void {
    this.end();
    this.#options.onEnd(end);
  }

  /** In ticks, as the watchdog counts: a page that was held has not listened. */
  #awaitHello(ticks: number): void {
    const { page, helloMs } = this.#options;
    this.#helloTimer = page.setTimer(() => {
      if (ticks > 1) this.#awaitHello(ticks - 1);
      else this.#lost({ kind: 'mute' });
    }, helloMs / ticksToHello);
  }

  #receive(message: HostMessage): void {
    this.#watchdog.heard();
    if (message.kind === 'hello') this.#open(message.lock);
    else if (message.kind !== 'pong') this.#options.onMessage(message);
  }

  #open(lock: string | undefined): void {
    const { page } = this.#options;
    page.clearTimer(this.#helloTimer);
    this.#isOpen = true;
    this.#options.onOpen();
    this.#watchdog.start();
    if (lock === undefined) return;
    page.locks
      ?.request(lock, { signal: this.#life.signal }, () => {
        if (!this.#life.signal.aborted) this.#lost({ kind: 'died' });
      })
      // Given up with the worker.
      .catch(() => {});
  }
}
