/**
 * How time passes in a test hub. It stands still as long as anything runs. When somebody waits for an instance to end
 * and nothing runs, it goes at once to the next moment at which something is due; if nothing is due either, the wait
 * has no end, and whoever waits is told.
 */
import { clearTimer, setTimer, type Timer } from '../../worker/platform';
import type { ActivityTask } from '../../worker/pool';
import type { VirtualClock } from './clock';
import type { Work } from './work';

/** Somebody who waits for an instance to end. Called at most once, and not any more after that. */
export interface Waiter {
  readonly instanceId: string;
  /** When they give up, by the virtual clock. */
  readonly deadline: number | undefined;
  onDeadline(): void;
  /** Nothing will end the wait. */
  onStuck(): void;
}

/** What the flow of time depends on. */
export interface FlowOptions {
  clock: VirtualClock;
  work: Work;
  /** The activities that run and are going to answer. */
  running(): readonly ActivityTask[];
  /** When the next timer of an instance is due. */
  nextDue(): number | undefined;
  /** Whether an instance cannot go on whatever time brings. */
  isParked(instanceId: string): boolean;
}

/** Who waits while time has gone on so often waits for an instance that others keep company, and that never ends. */
const mostSteps = 10_000;
/** Whoever waits for an activity so long, in real milliseconds, is told what keeps time from passing. */
const patienceMs = 2_000;

export class Flow {
  readonly #options: FlowOptions;
  /** The waiters, and how often time has gone on for each. */
  readonly #waiters = new Map<Waiter, number>();
  #flowing: Promise<void> | undefined;
  /** Something has happened since it was last looked at what runs. */
  #isNew = false;
  #onNews: (() => void)[] = [];
  #patience: Timer | undefined;
  #isClosed = false;

  constructor(options: FlowOptions) {
    this.#options = options;
  }

  /** Something has happened. */
  wake(): void {
    this.#isNew = true;
    clearTimer(this.#patience);
    for (const onNews of this.#onNews.splice(0)) onNews();
    this.#flowing ??= this.#flow();
  }

  /** Lets time pass until the waiter is content, which the returned function tells. */
  wait(waiter: Waiter): () => void {
    this.#waiters.set(waiter, 0);
    this.wake();
    return () => this.#waiters.delete(waiter);
  }

  /** Resolves when nothing runs and nothing is due. */
  async rest(): Promise<void> {
    for (;;) {
      this.wake();
      await this.#flowing;
      if (this.#isClosed || this.#options.running().length === 0) return;
      await new Promise<void>((resolve) => this.#onNews.push(resolve));
    }
  }

  /** Lets time pass up to a moment, from one due timer to the next. */
  async advanceTo(time: number): Promise<void> {
    const { clock, nextDue } = this.#options;
    await this.rest();
    for (let due = nextDue(); due !== undefined && due <= time && !this.#isClosed; due = nextDue()) {
      // One that was due before and has not fired will when the hub next looks at its timers.
      clock.moveTo(due > clock.now() ? due : Math.min(clock.nextTimer ?? time, time));
      await this.rest();
      if (clock.now() >= time) break;
    }
    clock.moveTo(time);
    await this.rest();
  }

  close(): void {
    this.#isClosed = true;
    this.#waiters.clear();
    this.wake();
  }

  async #flow(): Promise<void> {
    const { work, clock } = this.#options;
    do {
      this.#isNew = false;
      await work.done();
    } while (!this.#isClosed && (this.#isNew || clock.fireDue() || this.#goOn()));
    this.#flowing = undefined;
  }

  /** Lets time pass for those who wait, if nothing runs. @returns whether it did */
  #goOn(): boolean {
    const running = this.#options.running();
    if (running.length > 0) this.#patience = setTimer(() => this.#warn(running), patienceMs);
    if (running.length > 0 || this.#waiters.size === 0) return false;
    const { clock, nextDue, isParked } = this.#options;
    const next = Math.min(
      nextDue() ?? Infinity,
      ...[...this.#waiters.keys()].map(({ deadline }) => deadline ?? Infinity),
    );
    for (const [waiter, steps] of this.#waiters) {
      if (next === Infinity || steps >= mostSteps || isParked(waiter.instanceId)) this.#tell(waiter, 'onStuck');
      else this.#waiters.set(waiter, steps + 1);
    }
    if (this.#waiters.size === 0) return false;
    // One that is due already and has not fired will when the hub next looks at its timers.
    clock.moveTo(next > clock.now() ? next : (clock.nextTimer ?? next));
    for (const waiter of this.#waiters.keys()) {
      if ((waiter.deadline ?? Infinity) <= clock.now()) this.#tell(waiter, 'onDeadline');
    }
    return true;
  }

  #tell(waiter: Waiter, what: 'onStuck' | 'onDeadline'): void {
    this.#waiters.delete(waiter);
    waiter[what]();
  }

  #warn(running: readonly ActivityTask[]): void {
    if (this.#waiters.size === 0 && this.#onNews.length === 0) return;
    const which = running.slice(0, 5).map(({ name, instanceId }) => `'${name}' of '${instanceId}'`);
    console.warn(
      `[perdure/testing] time stands still: activity ${which.join(', ')} runs. One that is not to answer needs \`never\` in its place`,
    );
  }
}
