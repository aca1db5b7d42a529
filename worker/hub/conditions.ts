/**
 * Whether the conditions hold that activities wait for. Of the network, the page tells: Chromium fires its events there
 * only. Whether a page of the app is
 * seen, and whether anybody uses one, concerns all tabs, and any of them may crash: so each holds a shared lock as long
 * as it is seen, and one while it is used, and whoever wants to know looks which are held.
 */
import type { RunCondition } from '../../src/core';
import { clearTimer, locks, setTimer, type Timer } from '../platform';

export interface PageState {
  isOnline: boolean;
  isVisible: boolean;
  /** Somebody has touched it in the last moments. */
  isUsed: boolean;
}

/** A tab that crashed tells nobody: as long as somebody asks for a condition, it is looked at this often. */
const lookEveryMs = 5_000;

export class Conditions {
  readonly #visible: SharedLock;
  readonly #used: SharedLock;
  readonly #onChange: () => void;
  readonly #onPage: () => void;
  #isVisible = false;
  #isUsed = false;
  #isOnline = true;
  #timer: Timer | undefined;
  #isClosed = false;

  /**
   * @param onChange something holds now that did not, or the other way round
   * @param onPage this tab's page has changed: the other tabs should look
   */
  constructor(taskHub: string, onChange: () => void, onPage: () => void) {
    this.#onChange = onChange;
    this.#onPage = onPage;
    this.#visible = new SharedLock(`perdure-visible/${taskHub}`);
    this.#used = new SharedLock(`perdure-used/${taskHub}`);
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
    const { held = [] } = await locks.query();
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
    clearTimer(this.#timer);
    void this.#visible.hold(false);
    void this.#used.hold(false);
  }

  #lookLater(): void {
    if (this.#isClosed) return;
    this.#timer ??= setTimer(() => {
      this.#timer = undefined;
      // Whoever still waits asks again.
      void this.look().then(() => this.#isClosed || this.#onChange());
    }, lookEveryMs);
  }
}

/** A lock that many can hold, each for a while. */
class SharedLock {
  readonly name: string;
  #isHeld = false;
  #release = () => {};
  #changing: Promise<void> = Promise.resolve();

  constructor(name: string) {
    this.name = name;
  }

  /** Resolves once it is held, or is not any more. */
  hold(isHeld: boolean): Promise<void> {
    this.#changing = this.#changing.then(() => this.#change(isHeld));
    return this.#changing;
  }

  async #change(isHeld: boolean): Promise<void> {
    if (isHeld === this.#isHeld) return;
    this.#isHeld = isHeld;
    if (!isHeld) {
      this.#release();
      return;
    }
    await new Promise<void>((held) => {
      void locks.request(this.name, { mode: 'shared' }, () => {
        held();
        return new Promise<void>((release) => {
          this.#release = release;
        });
      });
    });
  }
}
