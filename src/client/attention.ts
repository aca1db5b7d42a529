/**
 * Tells the host whether this page is seen, and whether somebody uses it: activities can be made to wait for the one, or
 * for the absence of the other. It tells of the network as well: workers do not hear when that comes or goes.
 */
export interface AttentionState {
  /** Whether there is a network, as far as the browser knows. */
  isOnline: boolean;
  isVisible: boolean;
  isUsed: boolean;
}

/** Who has not touched the page for so long does not use it, in milliseconds. */
const restMs = 2_000;
/** Workers are not told of these. */
const network = ['online', 'offline'] as const;
/** What people do to a page. */
const touches = ['keydown', 'pointerdown', 'pointermove', 'wheel', 'touchstart', 'scroll'] as const;

export class Attention {
  readonly #tell: (state: AttentionState) => void;
  #isUsed = false;
  #touchedAt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #onVisibility = () => {
    if (document.visibilityState === 'hidden') this.#isUsed = false;
    this.tell();
  };
  readonly #onNetwork = () => this.tell();
  readonly #onTouch = () => {
    this.#touchedAt = performance.now();
    if (this.#isUsed || document.visibilityState === 'hidden') return;
    this.#isUsed = true;
    this.tell();
    this.#restLater(restMs);
  };

  constructor(tell: (state: AttentionState) => void) {
    this.#tell = tell;
    // Without a document nobody sees or uses anything.
    if (typeof document === 'undefined') return;
    document.addEventListener('visibilitychange', this.#onVisibility);
    for (const change of network) addEventListener(change, this.#onNetwork);
    for (const touch of touches) addEventListener(touch, this.#onTouch, { capture: true, passive: true });
  }

  tell(): void {
    const isVisible = typeof document !== 'undefined' && document.visibilityState === 'visible';
    const isOnline = globalThis.navigator?.onLine ?? true;
    this.#tell({ isOnline, isVisible, isUsed: this.#isUsed });
  }

  stop(): void {
    clearTimeout(this.#timer);
    if (typeof document === 'undefined') return;
    document.removeEventListener('visibilitychange', this.#onVisibility);
    for (const change of network) removeEventListener(change, this.#onNetwork);
    for (const touch of touches) removeEventListener(touch, this.#onTouch, { capture: true });
  }

  #restLater(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const rest = this.#touchedAt + restMs - performance.now();
      if (rest > 0) {
        this.#restLater(rest);
        return;
      }
      if (!this.#isUsed) return;
      this.#isUsed = false;
      this.tell();
    }, ms);
  }
}
