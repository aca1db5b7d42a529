/** A call of an activity: one task, or with retry options as many as it takes. */
import type { Execution } from './execution';
import type { RunOptions } from './history';
import { type Attempt, type RetryPolicy, withRetry } from './retry';
import type { DurableTask } from './task';

/** @param input a copy that nobody else changes */
export function callActivity(
  execution: Execution,
  name: string,
  input: unknown,
  retry: RetryPolicy | undefined,
  run?: RunOptions,
): DurableTask {
  const schedule = (attempt: Attempt): DurableTask =>
    execution.calls.schedule(
      name,
      (taskId) => ({
        type: 'TaskScheduled',
        taskId,
        name,
        ...(input !== undefined && { input }),
        ...attempt,
        ...(run && { run }),
      }),
      attempt.retryOf,
    );
  return retry ? withRetry(execution, retry, schedule) : schedule({});
}
