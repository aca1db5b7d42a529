/** What the hub needs of the world. All of it is handed in, so that a test can stop the clock and break the rest. */
import type { Execution, RunCondition } from '../../src/core';
import type { Coding } from '../codec';
import type { ActivityPool } from '../pool';
import type { Store } from '../store/store';
import type { LiveTasks } from './live-tasks';
import type { Registry } from './registry';
import type { RetentionPolicy } from './sweep';
import type { TimerClock } from './timers';

export interface HubClock extends TimerClock {
  /** Milliseconds from any point, never going back: for measuring, not for telling the time. */
  monotonicNow(): number;
}

export interface HubSurroundings {
  name: string;
  store: Store;
  /** How values are encoded that are written, and decoded that are read. */
  coding: Coding;
  pool: ActivityPool;
  clock: HubClock;
  /** Whether a condition that activities wait for holds now. */
  holds(condition: RunCondition): boolean;
  /** Takes what is known of activities that run. */
  liveTasks: LiveTasks;
  orchestrations: Registry;
  /** Names the code: what one build cannot go on with, another one tries again. */
  build: string;
  /** The epoch of the last owner that its page ended, since it hung. */
  wedgedEpoch?: number | undefined;
  /** The epoch of the owner that said it was leaving, in good health. */
  leftEpoch?: number | undefined;
  retention?: RetentionPolicy;
  /** Holds orchestrators to determinism: around whatever of one runs. */
  guard: { enter(execution: Execution): void; leave(): void };
  /** One hop of the event loop. */
  hop(): Promise<void>;
  log(who: string, args: readonly unknown[]): void;
  /** These instances have changed; called once a commit is complete. */
  onChange(ids: ReadonlySet<string>): void;
  /** The hub cannot go on for now and tries again later; undefined when it goes on. */
  onTrouble(error: unknown): void;
  /** The hub is the owner of this epoch, and has run nothing yet. */
  onTakenOver?(epoch: number): void;
  /** The hub has stopped: another one has taken over, or it was told to. */
  onStop(reason: unknown): void;
  /** Live instances above this number are evicted once they are checkpointed. */
  maxInstances: number;
}
