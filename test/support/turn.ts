import type { Guarded } from '../../worker/determinism';

/** An execution's side of a guarded turn, without the execution: it tells what was asked of it. */
export class Turn implements Guarded {
  readonly instanceId = 'an-instance';
  readonly startedAt = Date.UTC(2030, 0, 1);
  now = Date.UTC(2030, 0, 1, 12, 34, 56, 789);
  drawn = 0;
  readonly timers: { callback: () => void; ms: number }[] = [];
  readonly cleared: number[] = [];
  readonly forbidden: string[] = [];

  random(): number {
    // Far from each other, and the same in every turn.
    return (++this.drawn * 0.618_033_988_749_894_9) % 1;
  }

  setTimeout(callback: () => void, ms: number): number {
    return this.timers.push({ callback, ms });
  }

  clearTimeout(timer: number): void {
    this.cleared.push(timer);
  }

  forbid(call: string, instead: string): Error {
    this.forbidden.push(call);
    return new Error(`${call}: ${instead}`);
  }
}
