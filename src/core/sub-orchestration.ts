/**
 * A call of another orchestration: an instance of its own, whose end completes the task. Each attempt of a call with
 * retry options is a new one, and one that nobody waits for is started and left to itself.
 */
import { UnknownOrchestrationError } from './errors';
import type { Execution } from './execution';
import { checkName, checkTags, childInstanceId } from './names';
import { type Attempt, retryPolicy, withRetry } from './retry';
import { DurableTask } from './task';
import type { SubOrchestratorOptions } from './types/orchestration';
import { copyValue } from './values';

export function callSubOrchestrator(
  execution: Execution,
  orchestrator: unknown,
  input: unknown,
  options: SubOrchestratorOptions,
): DurableTask {
  const { instanceId, tags, detached, retry } = options;
  const identity = execution.surroundings.identify(orchestrator, execution.version);
  if (!identity) {
    throw new UnknownOrchestrationError(
      'callSubOrchestrator was given something that is not registered: pass the function itself, and export it from the module given to serve({ orchestrations })',
    );
  }
  const { name, version } = identity;
  if (instanceId !== undefined) checkChildId(execution, instanceId);
  if (tags !== undefined) checkTags(tags);
  if (detached && retry) {
    throw new TypeError('a detached sub-orchestration is not waited for, so it cannot be tried again: leave out retry');
  }
  const policy = retry && retryPolicy(retry);
  const copy = copyValue(input, `the input of orchestration '${name}'`);

  const idOf = (taskId: number) => instanceId ?? childInstanceId(execution.instanceId, execution.origin, taskId);
  const decide = (taskId: number, more: Attempt | { detached: true }) =>
    ({
      type: 'SubOrchestrationInstanceCreated',
      taskId,
      name,
      instanceId: idOf(taskId),
      ...(copy !== undefined && { input: copy }),
      ...(version !== undefined && { version }),
      ...(tags !== undefined && { tags: { ...tags } }),
      ...more,
    }) as const;

  if (detached) {
    const taskId = execution.calls.newTaskId();
    execution.calls.decide(decide(taskId, { detached }));
    const started = new DurableTask(execution);
    started.complete(idOf(taskId));
    return started;
  }
  const schedule = (attempt: Attempt) =>
    execution.calls.schedule(name, (taskId) => decide(taskId, attempt), attempt.retryOf);
  return policy ? withRetry(execution, policy, schedule) : schedule({});
}

function checkChildId({ instanceId, parent }: Execution, childId: string): void {
  checkName(childId, 'an instance id');
  if (childId === instanceId || childId === parent?.instanceId) {
    throw new TypeError(`a sub-orchestration cannot have its parent's id '${childId}'`);
  }
}
