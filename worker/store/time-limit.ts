/**
 * How long something may stand still. A browser can leave a request of its storage unanswered for ever: Safari after a
 * long sleep, any browser behind a frozen tab that holds a transaction. What moves on, however slowly, starts the time
 * anew.
 */
import { clearTimer, monotonicNow, setTimer, type Timer } from '../platform';

/** A timer that comes so much too late tells that this thread was held up, and not what is waited for. */
const lateMs = 1_000;
/** Storage is expected to take at least so many bytes in a millisecond: a phone's, when it is busy. */
const bytesPerMs = 2_000;

/** What large writes that are under way add to the limits. */
let allowanceMs = 0;

/**
 * Runs a large write. While a browser writes a Blob it tells nothing; and what waits behind it, of this connection or
 * another, cannot be quicker. So all limits of this worker that begin meanwhile are longer.
 */
export async function writing<Result>(bytes: number, write: () => Promise<Result>): Promise<Result> {
  const ms = Math.ceil(bytes / bytesPerMs);
  allowanceMs += ms;
  try {
    return await write();
  } finally {
    allowanceMs -= ms;
  }
}

export class TimeLimit {
  readonly #ms: number;
  readonly #onOver: () => void;
  #since = monotonicNow();
  #due = 0;
  #timer: Timer | undefined;

  /** @param onOver nothing has moved on for so long; called once at most */
  constructor(ms: number, onOver: () => void) {
    this.#ms = ms + allowanceMs;
    this.#onOver = onOver;
    this.#setTimer(this.#ms);
  }

  /** Something has moved on. */
  restart(): void {
    // The timer stays as it is, and looks when it comes: this is called for each request.
    this.#since = monotonicNow();
  }

  stop(): void {
    clearTimer(this.#timer);
  }

  #setTimer(ms: number): void {
    this.#due = monotonicNow() + ms;
    this.#timer = setTimer(() => this.#look(), ms);
  }

  #look(): void {
    const now = monotonicNow();
    // Answers may be waiting behind this timer.
    if (now - this.#due > lateMs) this.#since = now;
    const leftMs = this.#since + this.#ms - now;
    if (leftMs > 0) this.#setTimer(leftMs);
    else this.#onOver();
  }
}
