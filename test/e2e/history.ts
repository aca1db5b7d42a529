/** What must hold of every history, whatever happened to the tabs and browsers that wrote it. */
import { expect } from '@playwright/test';
import type { EventShape } from './demo';

/** Turns are whole and in order; each task is scheduled once, and of an ended instance each was completed once. */
export function expectWhole(history: readonly EventShape[]): void {
  const turns = history.filter(({ type }) => type === 'OrchestratorStarted' || type === 'OrchestratorCompleted');
  const inTurns = turns.map(({ type }, i) => type === (i % 2 === 0 ? 'OrchestratorStarted' : 'OrchestratorCompleted'));
  expect(inTurns).not.toContain(false);
  expect(turns.length % 2).toBe(0);
  const times = turns.map(({ turn }) => turn);
  expect(times).toEqual([...times].sort((a, b) => a - b));

  const scheduled = tasksOf(history, 'TaskScheduled', 'TimerCreated');
  const settled = tasksOf(history, 'TaskCompleted', 'TaskFailed', 'TimerFired', 'TaskCanceled');
  expect(scheduled).toEqual(scheduled.map((_, i) => i));
  expect(settled.sort((a, b) => a - b)).toEqual(scheduled);
}

function tasksOf(history: readonly EventShape[], ...types: EventShape['type'][]): number[] {
  return history.flatMap(({ type, taskId }) => (taskId !== undefined && types.includes(type) ? [taskId] : []));
}
