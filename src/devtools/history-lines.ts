/**
 * A history made readable: the time of an event is that of its turn, and what completes a task says only the task's
 * number, so its name is looked up.
 */
import type { HistoryEvent } from '../core/history';

export interface HistoryLine {
  readonly index: number;
  readonly event: HistoryEvent;
  /** When its turn began; undefined for what came meanwhile and is kept for the next turn. */
  readonly time: Date | undefined;
  /** What the event's task is called, for an event that has one. */
  readonly taskName: string | undefined;
}

export function historyLines(history: readonly HistoryEvent[]): HistoryLine[] {
  const names = new Map<number, string>();
  let time: Date | undefined;
  return history.map((event, index) => {
    if (event.type === 'OrchestratorStarted') time = new Date(event.at);
    if (event.type === 'TaskScheduled' || event.type === 'SubOrchestrationInstanceCreated') {
      names.set(event.taskId, event.name);
    }
    if (event.type === 'TimerCreated') names.set(event.taskId, 'timer');
    const line = { index, event, time, taskName: 'taskId' in event ? names.get(event.taskId) : undefined };
    if (event.type === 'OrchestratorCompleted') time = undefined;
    return line;
  });
}
