/** How far the chunks of a count are: of those that have ended the history tells, of those that run what it waits for. */
import type { HistoryEvent, Wait } from 'perdure';
import type { Instance } from '../client';
import { type ActivityCall, activityCallsIn } from './activity-calls';

export interface Chunk {
  /** The number of its call. */
  readonly taskId: number;
  readonly state: 'waiting' | 'running' | 'done' | 'failed';
  /** From 0 to 1; undefined if it does not run, and has not ended. */
  readonly fraction: number | undefined;
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
  if (state !== 'running') return { state, fraction: state === 'done' ? 1 : undefined };
  const progress = wait?.kind === 'activity' ? wait.progress : undefined;
  return { state: progress ? 'running' : 'waiting', fraction: progress?.fraction };
}
