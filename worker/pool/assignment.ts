/** A task that the pool has taken, wherever it stands: in the queue, with a worker, or back from one that died. */
import type { Estimate } from './estimates';
import type { ActivityTask } from './exchange';
import type { Place } from './lane';

export interface Assignment {
  readonly task: ActivityTask;
  place?: Place;
  /** What it was taken to cost when it was assigned. */
  estimate: Estimate;
  /** Its result is not wanted any more. */
  canceled: boolean;
  /** A worker died that held it, and probably had not begun it. */
  moved: boolean;
  /** It runs, or ran when its worker last told. */
  begun: boolean;
  /** What it is run with lies here: it can be sent. */
  ready: boolean;
  input?: unknown;
  lastHeartbeat?: unknown;
}

export function assignmentOf(task: ActivityTask): Assignment {
  const { input, lastHeartbeat, read } = task;
  return {
    task,
    estimate: { ms: 0, share: 0 },
    canceled: false,
    moved: false,
    begun: false,
    ready: read === undefined,
    input,
    lastHeartbeat,
  };
}
