/** What is known of an open activity beyond what is recorded. */
import type { ActivityProgress, RunCondition } from '../../src/core';
import type { LiveTask } from './live-tasks';

export interface TaskState {
  progress?: ActivityProgress;
  waitsUntil?: RunCondition;
}

/** Tells it of an activity, by its key and the condition that it waits for. */
export type StateOf = (key: string, runWhen: RunCondition | undefined) => TaskState;

export function stateOf(
  live: LiveTask | undefined,
  runWhen: RunCondition | undefined,
  holds: (condition: RunCondition) => boolean,
): TaskState {
  return {
    ...(live?.progress && { progress: live.progress }),
    ...(runWhen && !live?.begun && !holds(runWhen) && { waitsUntil: runWhen }),
  };
}
