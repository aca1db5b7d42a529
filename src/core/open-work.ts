/** What an execution has called and lacks the result of, folded over its events: the same for a replay and a row. */
import type { HistoryEvent, OpenWork } from './history';

/** Takes account of an event. A rewind says itself what it leaves open. */
export function foldOpen(open: Map<number, OpenWork>, event: HistoryEvent): void {
  switch (event.type) {
    case 'TaskScheduled': {
      const { taskId, name, run } = event;
      open.set(taskId, { kind: 'activity', taskId, name, ...(run?.runWhen && { runWhen: run.runWhen }) });
      break;
    }
    case 'TimerCreated':
      open.set(event.taskId, { kind: 'timer', taskId: event.taskId, fireAt: event.fireAt });
      break;
    case 'SubOrchestrationInstanceCreated': {
      const { taskId, name, instanceId, detached } = event;
      if (!detached) open.set(taskId, { kind: 'subOrchestration', taskId, name, instanceId });
      break;
    }
    case 'TaskCompleted':
    case 'TaskFailed':
    case 'TimerFired':
    case 'SubOrchestrationInstanceCompleted':
    case 'SubOrchestrationInstanceFailed':
    case 'TaskCanceled':
      open.delete(event.taskId);
      break;
    case 'ExecutionRewound':
      open.clear();
      for (const task of event.open) open.set(task.taskId, task);
      break;
    case 'ExecutionCompleted':
    case 'ExecutionTerminated':
    case 'ContinueAsNew':
      // Its next execution takes its place.
      open.clear();
  }
}
