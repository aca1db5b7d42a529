/** Instances to export, as small as they can be. */
import type { HistoryEvent } from '../../../src/core';
import type { InstanceCopy } from '../../../src/protocol';

function copy(instanceId: string, execution: number, history: HistoryEvent[]): InstanceCopy {
  const [createdTime, lastUpdatedTime] = [new Date(1_000), new Date(2_000)];
  return { instanceId, execution, createdTime, lastUpdatedTime, waits: [], history };
}

/** It waits for an event. */
export function waiting(started: { input?: unknown } = {}): InstanceCopy {
  return {
    ...copy('waits', 1, [
      { type: 'OrchestratorStarted', at: 1_000 },
      { type: 'ExecutionStarted', name: 'waits', ...started },
      { type: 'OrchestratorCompleted' },
    ]),
    waits: ['go'],
  };
}

export function ended(): InstanceCopy {
  return copy('ended', 2, [
    { type: 'OrchestratorStarted', at: 1_000 },
    { type: 'ExecutionStarted', name: 'ends' },
    { type: 'ExecutionCompleted', status: 'Completed', result: 1 },
    { type: 'OrchestratorCompleted' },
  ]);
}

/** A parent with everything that can be open, and the child that it waits for. */
export function family(): InstanceCopy[] {
  const failure = {
    name: 'RangeError',
    message: 'no',
    stack: 'at',
    code: 'E',
    cause: { name: 'TypeError', message: 'c' },
  };
  const parent = copy('parent', 3, [
    { type: 'OrchestratorStarted', at: 1_000 },
    { type: 'ExecutionStarted', name: 'parent', input: { a: [1, new Date(5)] }, tags: { of: 'ada' }, version: '2' },
    { type: 'TaskScheduled', taskId: 0, name: 'work', input: 'x' },
    { type: 'TimerCreated', taskId: 1, fireAt: 5_000 },
    { type: 'SubOrchestrationInstanceCreated', taskId: 2, name: 'child', instanceId: 'parent:1-2' },
    { type: 'SubOrchestrationInstanceCreated', taskId: 3, name: 'child', instanceId: 'free', detached: true },
    {
      type: 'CompensationAdded',
      id: 0,
      name: 'undo',
      input: 1,
      retry: { maxAttempts: 3, firstRetryInterval: 10 },
      scope: 0,
    },
    { type: 'PatchMarked', id: 'p' },
    { type: 'OrchestratorCompleted' },
    { type: 'ExecutionSuspended', reason: 'lunch' },
    { type: 'EventRaised', name: 'go', input: new Map([['k', 1n]]) },
    { type: 'TaskFailed', taskId: 0, failure },
    { type: 'ExecutionResumed' },
    { type: 'OrchestratorStarted', at: 2_000 },
    { type: 'TaskScheduled', taskId: 4, name: 'work', input: 'x', attempt: 2, retryOf: 0 },
    { type: 'TaskCanceled', taskId: 1, reason: 'enough' },
    { type: 'EventSent', instanceId: 'ended', name: 'hello', input: new Set([1]) },
    { type: 'CompensationsRemoved', ids: [0] },
    { type: 'OrchestratorCompleted' },
    { type: 'OrchestratorStarted', at: 3_000 },
    { type: 'TaskFailed', taskId: 4, failure },
    { type: 'ExecutionCompleted', status: 'Failed', failure: { ...failure, taskId: 0 } },
    { type: 'OrchestratorCompleted' },
    {
      type: 'ExecutionRewound',
      reason: 'again',
      from: 11,
      taskIds: 5,
      open: [
        { kind: 'activity', taskId: 0, name: 'work' },
        { kind: 'timer', taskId: 1, fireAt: 5_000 },
        { kind: 'subOrchestration', taskId: 2, name: 'child', instanceId: 'parent:1-2' },
      ],
      compensations: 1,
    },
  ]);
  const link = { instanceId: 'parent', execution: 3, taskId: 2, name: 'parent' };
  const child = copy('parent:1-2', 4, [
    { type: 'ExecutionStarted', name: 'child', parent: link, startAt: 9_000, guids: 2, execution: 7 },
    { type: 'EventRaised', name: 'early' },
  ]);
  return [
    { ...parent, customStatus: { done: new Uint8Array([1, 2]) }, waits: ['go'] },
    { ...child, parent: link },
  ];
}
