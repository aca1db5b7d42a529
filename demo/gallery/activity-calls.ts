/** What has become of an instance's calls of activities, read from its history: one for all attempts, in order. */
import type { HistoryEvent } from 'perdure';

export interface ActivityCall {
  /** The number of the call, which its activity knows it by: that of the first attempt. */
  readonly taskId: number;
  /** The number of the latest attempt. */
  readonly attemptId: number;
  readonly name: string;
  readonly state: 'running' | 'done' | 'failed';
  /** How often it was tried. */
  readonly attempts: number;
  readonly result: unknown;
  /** Why the last attempt failed. */
  readonly problem: string | undefined;
}

export function activityCallsIn(history: readonly HistoryEvent[]): ActivityCall[] {
  const calls = new Map<number, ActivityCall>();
  const callOf = new Map<number, number>();
  const change = (attemptId: number, change: Partial<ActivityCall>) => {
    const taskId = callOf.get(attemptId);
    const call = taskId !== undefined && calls.get(taskId);
    if (call) calls.set(taskId, { ...call, ...change });
  };
  for (const event of history) {
    if (event.type === 'TaskScheduled') {
      const { taskId: attemptId, name, retryOf: taskId = attemptId, attempt: attempts = 1 } = event;
      callOf.set(attemptId, taskId);
      const problem = calls.get(taskId)?.problem;
      calls.set(taskId, { taskId, attemptId, name, state: 'running', attempts, result: undefined, problem });
    } else if (event.type === 'TaskCompleted') {
      change(event.taskId, { state: 'done', result: event.result, problem: undefined });
    } else if (event.type === 'TaskFailed') {
      change(event.taskId, { state: 'failed', problem: event.failure.message });
    }
  }
  return [...calls.values()];
}
