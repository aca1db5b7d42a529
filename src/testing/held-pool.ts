/**
 * Runs activities and keeps their results until somebody lets them go, one by one, in any order. It outlives its hub, so
 * that an activity runs once however often the hub crashes.
 */
import type { ActivityNote, ActivityPool, ActivityResult, ActivityTask, Cancellation } from '../../worker/pool';
import type { TestActivities } from './activities';
import type { VirtualClock } from './clock';
import { InProcessPool } from './pool';
import type { Work } from './work';

export class HeldPool implements ActivityPool {
  readonly #pool: InProcessPool;
  readonly #submitted = new Set<string>();
  #held: ActivityResult[] = [];
  #onHeld: (() => void)[] = [];
  /** Takes what is let go. */
  onResults: (results: readonly ActivityResult[]) => void = () => {};
  /** Takes what is told of what runs. */
  onNote: (note: ActivityNote) => void = () => {};

  constructor(activities: TestActivities, work: Work, clock: VirtualClock) {
    this.#pool = new InProcessPool({
      activities,
      work,
      clock,
      limits: new Map(),
      holds: () => true,
      onResults: (results) => {
        this.#held.push(...results);
        for (const onHeld of this.#onHeld.splice(0)) onHeld();
      },
      onNote: (note) => this.onNote(note),
    });
  }

  submit(tasks: readonly ActivityTask[]): void {
    const fresh = tasks.filter(({ key }) => !this.#submitted.has(key));
    for (const { key } of fresh) this.#submitted.add(key);
    if (fresh.length > 0) this.#pool.submit(fresh);
  }

  cancel(keys: readonly string[], reason: Cancellation): void {
    this.#pool.cancel(keys, reason);
    this.#held = this.#held.filter(({ key }) => !keys.includes(key));
  }

  get workers(): number {
    return this.#pool.workers;
  }

  hold(isHeld: boolean): void {
    this.#pool.hold(isHeld);
  }

  /** Its hub is gone. What runs goes on. */
  close(): void {
    this.onResults = () => {};
    this.onNote = () => {};
  }

  /** Resolves when all that answers has answered. */
  async answered(): Promise<void> {
    while (this.#pool.running.length > 0) await new Promise<void>((resolve) => this.#onHeld.push(resolve));
  }

  /** How many results are held. */
  get size(): number {
    return this.#held.length;
  }

  /** Lets a result go. */
  release(index: number): void {
    this.onResults(this.#held.splice(index, 1));
  }
}
