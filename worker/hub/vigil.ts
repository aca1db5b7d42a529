/**
 * Finds what kills its hub again and again: an orchestrator that loops for ever, an activity that crashes the tab. Each
 * take-over is counted, and some healthy seconds clear the count. When there have been too many in a row, whatever is
 * about to run is written down first, one thing at a time. What is found there at two take-overs running, or when the
 * page had to end a host that hung, is the culprit. So no user's reload condemns an innocent.
 */
import type { FormerEnd } from '../../src/protocol';
import type { Running, Store, Vitals } from '../store/store';
import type { TimerClock } from './timers';

/** From this take-over in a row on, the hub says what it runs. */
const suspiciousRestarts = 3;
/** So many milliseconds of work clear the hub of suspicion. */
const healthyMs = 10_000;

interface Waiting {
  key: string;
  go(): void;
}

export class Vigil {
  /** What killed the owners before this one. It must not run. */
  culprit: Running | undefined;
  readonly #store: Store;
  readonly #clock: TimerClock;
  readonly #vitals: Vitals;
  #isOver: boolean;
  /** Who runs now. */
  #holder: string | undefined;
  readonly #waiting: Waiting[] = [];
  #timer: unknown;

  /**
   * @param found the vitals as the last owner left them
   * @param former how the last owner ended, if this page knows
   */
  constructor(store: Store, clock: TimerClock, found: Vitals, former: FormerEnd | undefined) {
    this.#store = store;
    this.#clock = clock;
    // Who leaves in good health leaves no suspect behind.
    const { restarts, running, suspect } = former === 'left' ? { restarts: found.restarts - 1 } : found;
    if (running && (former === 'wedged' || isSame(running, suspect))) this.culprit = running;
    this.#vitals = { restarts: restarts + 1, ...(running && { suspect: running }) };
    this.#isOver = former !== 'wedged' && this.#vitals.restarts < suspiciousRestarts;
    this.#timer = clock.setTimer(() => this.#clear(), healthyMs);
  }

  /** Nothing is suspicious: whoever wants to run runs. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Waits until nothing else runs, and writes down what runs now. `leave` with the same key ends it. */
  async enter(key: string, running: Running): Promise<void> {
    if (this.#isOver) return;
    if (this.#holder === undefined) this.#holder = key;
    else await new Promise<void>((go) => this.#waiting.push({ key, go }));
    // What cannot be written down runs all the same: if the storage fails, the commits will tell.
    if (!this.#isOver) await this.#store.setVitals({ ...this.#vitals, running }).catch(() => {});
  }

  leave(key: string): void {
    if (this.#holder !== key) return;
    const next = this.#waiting.shift();
    this.#holder = next?.key;
    if (next) next.go();
    else if (!this.#isOver) this.#store.setVitals(this.#vitals).catch(() => {});
  }

  stop(): void {
    this.#clock.clearTimer(this.#timer);
    this.#release();
  }

  #clear(): void {
    this.#release();
    this.#store.setVitals({ restarts: 0 }).catch(() => {});
  }

  #release(): void {
    this.#isOver = true;
    this.#holder = undefined;
    for (const { go } of this.#waiting.splice(0)) go();
  }
}

function isSame(a: Running, b: Running | undefined): boolean {
  return a.instanceId === b?.instanceId && a.execution === b.execution && a.taskId === b.taskId;
}
