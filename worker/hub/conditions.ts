/**
 * Whether the conditions hold that activities wait for. Of the network, the page tells: Chromium fires its events there
 * only. Whether a page of the app is seen, and whether anybody uses one, concerns all tabs, and any of them may crash: so
 * each holds a shared lock as long as it is seen, and one while it is used, and whoever wants to know looks which are held.
 */
import type { RunCondition } from '../../src/core';
import type { Environment } from './environment';
import { SharedLock } from './shared-lock';

export interface PageState {
  isOnline: boolean;
  isVisible: boolean;
  /** Somebody has touched it in the last moments. */
  isUsed: boolean;
}

/** A tab that crashed tells nobody: as long as somebody asks for a condition, it is looked at this often. */
const lookEveryMs = 5_000;

export class Conditions {
  readonly #environment: Environment;
  readonly #visible: SharedLock;
  readonly #used: SharedLock;
  readonly #onChange: () => void;
  readonly #onPage: () => void;
  #isVisible = false;
  #isUsed = false;
  #isOnline = true;
  #timer: unknown;
  #isClosed = false;

  /**
   * @param onChange something holds now that did not, or the other way round
   * @param onPage this tab's page has changed: the other tabs should look
   */
  constructor(taskHub: string, environment: Environment, onChange: () => void, onPage: () => void) {
    this.#environment = environment;
    this.#onChange = onChange;
    this.#onPage = onPage;
    this.#visible = new SharedLock(`perdure-visible/${taskHub}`, environment.locks);
    this.#used = new SharedLock(`perdure-used/${taskHub}`, environment.locks);
    void this.look();
  }

  holds(condition: RunCondition): boolean {
    if (condition === 'online') return this.#isOnline;
    this.#lookLater();
    return condition === 'visible' ? this.#isVisible : !this.#isUsed;
  }

  /** What this tab's page says. */
  async setPage({ isOnline, isVisible, isUsed }: PageState): Promise<void> {
    if (this.#isClosed) return;
    const hasChanged = isOnline !== this.#isOnline;
    this.#isOnline = isOnline;
    if (hasChanged) this.#onChange();
    await Promise.all([this.#visible.hold(isVisible), this.#used.hold(isUsed)]);
    if (this.#isClosed) return;
    this.#onPage();
    await this.look();
  }

  /** Looks at all tabs. */
  async look(): Promise<void> {
    const { held = [] } = (await this.#environment.locks?.query()) ?? {};
    if (this.#isClosed) return;
    const isVisible = held.some(({ name }) => name === this.#visible.name);
    const isUsed = held.some(({ name }) => name === this.#used.name);
    if (isVisible === this.#isVisible && isUsed === this.#isUsed) return;
    this.#isVisible = isVisible;
    this.#isUsed = isUsed;
    this.#onChange();
  }

  close(): void {
    this.#isClosed = true;
    this.#environment.clock.clearTimer(this.#timer);
    void this.#visible.hold(false);
    void this.#used.hold(false);
  }

  #lookLater(): void {
    if (this.#isClosed) return;
    this.#timer ??= this.#environment.clock.setTimer(() => {
      this.#timer = undefined;
      // Whoever still waits asks again.
      void this.look().then(() => this.#isClosed || this.#onChange());
    }, lookEveryMs);
  }
}
