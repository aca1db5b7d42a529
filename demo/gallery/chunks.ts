/** How far the chunks of a count are: from the history what has ended, from what it waits for what runs. */
import type { HistoryEvent, Wait } from 'perdure';
import type { Instance } from '../client';
import { type ActivityCall, activityCallsIn } from './activity-calls';

export interface Chunk {
  /** The number of its call. */
  readonly taskId: number;
  readonly state: 'waiting' | 'running' | 'done' | 'failed';
  /** From 0 to 1. */
  readonly fraction: number;
  readonly attempts: number;
}

export function chunksIn({ waitsFor }: Instance<'countPrimes'>, history: readonly HistoryEvent[]): Chunk[] {
  return activityCallsIn(history).map((call) => {
    const { taskId, attempts } = call;
    const wait = waitsFor.find((each) => each.kind === 'activity' && each.taskId === call.attemptId);
    return { taskId, attempts, ...standingOf(call, wait) };
  });
}

function standingOf({ state }: ActivityCall, wait: Wait | undefined): Pick<Chunk, 'state' | 'fraction'> {
  if (state !== 'running') return { state, fraction: state === 'done' ? 1 : 0 };
  const progress = wait?.kind === 'activity' ? wait.progress : undefined;
  return progress ? { state, fraction: progress.fraction } : { state: 'waiting', fraction: 0 };
}
