/**
 * A history made readable: the time of an event is that of its turn, and what completes a task says only the task's
 * number, so its name and attempt are looked up. What a rewind passes over stays in sight.
 */
import type { HistoryEvent } from '../core/history';
import { effectiveHistory } from '../core/rewind';

export interface HistoryLine {
  readonly index: number;
  readonly event: HistoryEvent;
  /** When its turn began; undefined for what came meanwhile and is kept for the next turn. */
  readonly time: Date | undefined;
  /** What the event's task is called, for an event that has one. */
  readonly taskName: string | undefined;
  /** Which attempt its task is, for all but a call's first. */
  readonly attempt: Attempt | undefined;
  /** Whether the instance was rewound to before it, so that it counts no more. */
  readonly isPassedOver: boolean;
}

interface Attempt {
  readonly number: number;
  /** The task of the first attempt. */
  readonly call: number;
}

export function historyLines(history: readonly HistoryEvent[]): HistoryLine[] {
  const names = new Map<number, string>();
  const attempts = new Map<number, Attempt>();
  const counting = new Set(effectiveHistory(history).map(({ index }) => index));
  let time: Date | undefined;
  return history.map((event, index) => {
    if (event.type === 'OrchestratorStarted') time = new Date(event.at);
    if (event.type === 'TaskScheduled' || event.type === 'SubOrchestrationInstanceCreated') {
      const { taskId, name, attempt, retryOf } = event;
      names.set(taskId, name);
      if (attempt !== undefined && retryOf !== undefined) attempts.set(taskId, { number: attempt, call: retryOf });
    }
    if (event.type === 'TimerCreated') names.set(event.taskId, 'timer');
    const taskId = 'taskId' in event ? event.taskId : undefined;
    const line = {
      index,
      event,
      time,
      taskName: taskId === undefined ? undefined : names.get(taskId),
      attempt: taskId === undefined ? undefined : attempts.get(taskId),
      isPassedOver: !counting.has(index),
    };
    if (event.type === 'OrchestratorCompleted') time = undefined;
    return line;
  });
}
