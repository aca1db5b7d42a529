/**
 * A word from a page that goes away to whoever runs the hub next, in this tab or another: that its host was the owner, of
 * this epoch, and was well. A hub whose owner goes again and again looks for the culprit among what it ran, and a user
 * who reloads or closes a page is none.
 */
export interface FarewellOptions {
  taskHub: string;
  /** The epoch of this page's host, if it owns the hub and is well. */
  epoch(): number | undefined;
  /** Another page, whose host was the owner of this epoch, has left. */
  onLeft(epoch: number): void;
}

export class Farewell {
  readonly #options: FarewellOptions;
  readonly #key: string;
  readonly #onHide = () => this.leave();
  readonly #onShow = ({ persisted }: PageTransitionEvent) => persisted && this.#forget();
  readonly #onStorage = ({ key, newValue }: StorageEvent) => {
    if (key === this.#key && newValue !== null) this.#options.onLeft(Number(newValue));
  };

  constructor(options: FarewellOptions) {
    this.#options = options;
    this.#key = `perdure/${options.taskHub}/left`;
    globalThis.addEventListener?.('pagehide', this.#onHide);
    // It comes back from the browser's cache, and has not left.
    globalThis.addEventListener?.('pageshow', this.#onShow);
    globalThis.addEventListener?.('storage', this.#onStorage);
  }

  /** The epoch of the last owner that left a word. */
  get last(): number | undefined {
    try {
      const written = localStorage.getItem(this.#key);
      return written === null ? undefined : Number(written);
    } catch {
      // Without storage of its own, a page is taken for one that crashed.
      return undefined;
    }
  }

  leave(): void {
    const epoch = this.#options.epoch();
    try {
      if (epoch !== undefined) localStorage.setItem(this.#key, String(epoch));
    } catch {
      // As above.
    }
  }

  stop(): void {
    globalThis.removeEventListener?.('pagehide', this.#onHide);
    globalThis.removeEventListener?.('pageshow', this.#onShow);
    globalThis.removeEventListener?.('storage', this.#onStorage);
  }

  #forget(): void {
    try {
      localStorage.removeItem(this.#key);
    } catch {
      // As above.
    }
  }
}
