/**
 * Finds what kills its hub again and again: an orchestrator that loops for ever, an activity that crashes the tab. Each
 * take-over is counted, and some healthy seconds clear the count. When there have been too many in a row, whatever is
 * about to run is written down first, one thing at a time; and so is an activity task that has outlasted too many owners,
 * however long they lived. What is found written down at two take-overs running, or when the page had to end a host that
 * hung, is the culprit. A page that goes away in good health leaves a note, so no user's reload condemns an innocent.
 */
import { nextVitals } from '../store/meta';
import type { Running, Store, Vitals } from '../store/store';
import type { TimerClock } from './timers';

/** From this take-over in a row on, the hub says what it runs. */
const suspiciousRestarts = 3;
/** So many milliseconds of work clear the hub of suspicion. */
const healthyMs = 10_000;
/** A task that is still open after so many take-overs runs alone. */
const suspiciousTries = 3;
/** Tasks whose take-overs are counted. With more, it is not one of them that kills the hub each time. */
const mostTries = 1_000;

/** How the last owner ended, if that is known: its page ended it since it hung, or the page itself went away. */
export type FormerEnd = 'wedged' | 'left' | undefined;

export class Vigil {
  /** What killed the owners before this one. It must not run. */
  readonly culprit: Running | undefined;
  readonly #store: Store;
  readonly #clock: TimerClock;
  readonly #suspect: Running | undefined;
  readonly #tries = new Map<string, number>();
  /** The tries of the owner before, while this one takes over. */
  #formerTries: Readonly<Record<string, number>> | undefined;
  readonly #isTry: boolean;
  #restarts: number;
  #isOver: boolean;
  /** Who runs now. */
  #holder: { key: string; running: Running } | undefined;
  readonly #waiting: { key: string; running: Running; go(): void }[] = [];
  #timer: unknown;

  /** @param found the vitals as the last owner left them */
  constructor(store: Store, clock: TimerClock, found: Vitals, former: FormerEnd) {
    this.#store = store;
    this.#clock = clock;
    const { running, suspect } = found;
    const isSuspicious = former === 'wedged' || (former === undefined && isSame(running, suspect));
    this.culprit = isSuspicious ? running : undefined;
    // Who leaves in good health leaves no suspect behind.
    const next = former === 'left' ? { ...found, suspect: undefined } : nextVitals(found);
    this.#restarts = next.restarts;
    this.#suspect = next.suspect;
    this.#formerTries = next.tries ?? {};
    this.#isTry = former !== 'left';
    this.#isOver = former !== 'wedged' && this.#restarts < suspiciousRestarts;
    this.#timer = clock.setTimer(() => this.#clear(), healthyMs);
  }

  /** Notes a task that is to be run again, if that is because of the take-over. */
  again(key: string): void {
    if (!this.#formerTries || this.#tries.size >= mostTries) return;
    this.#tries.set(key, (this.#formerTries[key] ?? 0) + (this.#isTry ? 1 : 0));
  }

  /** All tasks that were open have been noted. */
  async takenOver(): Promise<void> {
    const isNew = this.#tries.size > 0 || Object.keys(this.#formerTries ?? {}).length > 0;
    this.#formerTries = undefined;
    if (isNew) await this.#write();
  }

  /** Whether it has to `enter` before it runs: an instance or a task, by its key. */
  runsAlone(key: string): boolean {
    return !this.#isOver || (this.#tries.get(key) ?? 0) >= suspiciousTries;
  }

  /** Waits until nothing else runs that runs alone, and writes down what runs now. `leave` with the same key ends it. */
  async enter(key: string, running: Running): Promise<void> {
    if (!this.runsAlone(key)) return;
    if (this.#holder) await new Promise<void>((go) => this.#waiting.push({ key, running, go }));
    else this.#holder = { key, running };
    // What cannot be written down runs all the same: if the storage fails, the commits will tell.
    if (this.#holder?.key === key) await this.#write();
  }

  leave(key: string): void {
    this.#tries.delete(key);
    if (this.#holder?.key !== key) return;
    const next = this.#waiting.shift();
    this.#holder = next;
    if (next) next.go();
    else void this.#write();
  }

  stop(): void {
    this.#clock.clearTimer(this.#timer);
    for (const { go } of this.#waiting.splice(0)) go();
  }

  /** The hub is well. What runs alone on its own account goes on doing so. */
  #clear(): void {
    this.#restarts = 0;
    this.#isOver = true;
    for (const each of this.#waiting.splice(0)) {
      if (this.runsAlone(each.key)) this.#waiting.push(each);
      else each.go();
    }
    if (this.#holder && !this.runsAlone(this.#holder.key)) this.leave(this.#holder.key);
    else void this.#write();
  }

  async #write(): Promise<void> {
    const running = this.#holder?.running;
    await this.#store
      .setVitals({
        restarts: this.#restarts,
        ...(this.#tries.size > 0 && { tries: Object.fromEntries(this.#tries) }),
        ...(running && { running }),
        ...(this.#suspect && { suspect: this.#suspect }),
      })
      .catch(() => {});
  }
}

function isSame(a: Running | undefined, b: Running | undefined): boolean {
  return a !== undefined && a.instanceId === b?.instanceId && a.execution === b.execution && a.taskId === b.taskId;
}
