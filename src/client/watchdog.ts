/**
 * Notices a host worker that has stopped answering. Nothing in a browser tells: a worker that loops for ever looks like
 * one that has nothing to say, so it is asked, and must answer.
 *
 * The deadline counts the page's own running time, in ticks of a timer here: a page that was suspended, or held by a
 * dialog or a debugger, could not have heard an answer, and its worker may have been held with it.
 */

import type { Page } from './page';

export interface WatchdogOptions {
  page: Pick<Page, 'now' | 'setTimer' | 'clearTimer'>;
  deadlineMs: number;
  /** Whether anybody on the page waits for the host. If not, it is asked more rarely: other tabs may wait for it. */
  isWaiting(): boolean;
  ping(): void;
  /** It has not answered within the deadline. */
  onSilent(): void;
}

const ticksPerDeadline = 10;
const ticksOfDelay = 3;

export class Watchdog {
  readonly #options: WatchdogOptions;
  #timer: unknown;
  /** The timer runs at the rare pace. */
  #isRare = false;
  #tickedAt = 0;
  /** Ticks since it was asked; undefined if it has answered. */
  #unanswered: number | undefined;

  constructor(options: WatchdogOptions) {
    this.#options = options;
  }

  /** Whether the host was well when it was asked last; a moment's delay does not count. */
  get isAnswered(): boolean {
    return (this.#unanswered ?? 0) < ticksOfDelay;
  }

  start(): void {
    this.stop();
    this.#tickedAt = this.#options.page.now();
    this.#schedule();
  }

  stop(): void {
    this.#options.page.clearTimer(this.#timer);
    this.#timer = undefined;
    this.#unanswered = undefined;
  }

  /** Somebody waits for the host now. */
  wake(): void {
    if (this.#timer === undefined || !this.#isRare) return;
    this.#options.page.clearTimer(this.#timer);
    this.#schedule();
  }

  /**
   * Another tab asks for the host. That counts as a tick too: where a page is hidden for long, its timers run once a
   * minute, while messages still come. Those that had to wait while the page was held come together, and are one.
   */
  nudge(): void {
    const { deadlineMs, page } = this.#options;
    // They come a tick apart, some a moment earlier than that.
    if (this.#timer === undefined || page.now() - this.#tickedAt < (deadlineMs / ticksPerDeadline) * 0.9) return;
    page.clearTimer(this.#timer);
    this.#tick();
  }

  /** Whatever it says, it lives. */
  heard(): void {
    this.#unanswered = undefined;
  }

  #schedule(): void {
    const { deadlineMs, isWaiting, page } = this.#options;
    this.#isRare = this.#unanswered === undefined && !isWaiting();
    this.#timer = page.setTimer(() => this.#tick(), this.#isRare ? deadlineMs : deadlineMs / ticksPerDeadline);
  }

  #tick(): void {
    this.#tickedAt = this.#options.page.now();
    if (this.#unanswered === undefined) {
      this.#unanswered = 0;
      this.#options.ping();
    } else if (++this.#unanswered >= ticksPerDeadline) {
      this.stop();
      this.#options.onSilent();
      return;
    }
    this.#schedule();
  }
}
