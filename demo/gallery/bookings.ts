/**
 * What has become of a trip's calls, read from the history: the bookings in their order, and after them what was undone.
 */
import type { HistoryEvent } from 'perdure';

export interface Booking {
  /** The activity. */
  readonly name: string;
  readonly state: 'running' | 'done' | 'failed';
  /** How often it was tried. */
  readonly attempts: number;
  readonly result: unknown;
  /** Why the last attempt failed. */
  readonly problem: string | undefined;
}

export function bookingsIn(history: readonly HistoryEvent[]): Booking[] {
  const calls = new Map<number, Booking>();
  const callOf = new Map<number, number>();
  const change = (taskId: number, change: Partial<Booking>) => {
    const call = callOf.get(taskId);
    const booking = call !== undefined && calls.get(call);
    if (booking) calls.set(call, { ...booking, ...change });
  };
  for (const event of history) {
    if (event.type === 'TaskScheduled') {
      const { taskId, name, retryOf = taskId, attempt = 1 } = event;
      callOf.set(taskId, retryOf);
      const problem = calls.get(retryOf)?.problem;
      calls.set(retryOf, { name, state: 'running', attempts: attempt, result: undefined, problem });
    } else if (event.type === 'TaskCompleted') {
      change(event.taskId, { state: 'done', result: event.result, problem: undefined });
    } else if (event.type === 'TaskFailed') {
      change(event.taskId, { state: 'failed', problem: event.failure.message });
    }
  }
  return [...calls.values()];
}
