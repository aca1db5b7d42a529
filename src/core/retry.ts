/**
 * What failed is tried again. Every attempt is a task of its own, with a durable timer before it, so that the history
 * tells all of them and a replay repeats nothing.
 */
import { chance } from './chance';
import { type Duration, durationMs } from './duration';
import { TaskFailedError } from './errors';
import type { Execution } from './execution';
import { runFiber } from './fiber';
import type { RecordedRetry } from './history';
import type { DurableTask } from './task';
import type { RetryOptions } from './types/orchestration';

/** Checked options: all times in milliseconds. */
export interface RetryPolicy extends RecordedRetry {
  retryIf?: (error: TaskFailedError) => boolean;
}

/** Which attempt of which call a task is, as its decision records it. Nothing for the first. */
export interface Attempt {
  attempt?: number;
  retryOf?: number;
}

/** The last moment that a Date can tell. */
const endOfTime = 8.64e15;

/** @throws TypeError, RangeError when an option makes no sense */
export function retryPolicy(options: RetryOptions): RetryPolicy {
  const { maxAttempts, firstRetryInterval, backoffCoefficient, maxRetryInterval, retryTimeout, jitter, retryIf } =
    options;
  if (maxAttempts !== Number.POSITIVE_INFINITY && !(Number.isInteger(maxAttempts) && maxAttempts >= 1)) {
    throw new RangeError(
      `retry.maxAttempts counts the first attempt too: give a whole number of 1 or more, or Infinity, not ${maxAttempts}`,
    );
  }
  const policy: RetryPolicy = {
    maxAttempts,
    firstRetryInterval: milliseconds('firstRetryInterval', firstRetryInterval),
  };
  if (backoffCoefficient !== undefined) {
    if (!(backoffCoefficient >= 1 && backoffCoefficient < Number.POSITIVE_INFINITY)) {
      throw new RangeError(
        `retry.backoffCoefficient is what each delay is multiplied by: give 1 or more, not ${backoffCoefficient}`,
      );
    }
    policy.backoffCoefficient = backoffCoefficient;
  }
  if (maxRetryInterval !== undefined) policy.maxRetryInterval = milliseconds('maxRetryInterval', maxRetryInterval);
  if (retryTimeout !== undefined) policy.retryTimeout = milliseconds('retryTimeout', retryTimeout);
  if (jitter !== undefined) {
    if (!(jitter >= 0 && jitter <= 1)) {
      throw new RangeError(`retry.jitter is the share of the delay that is left to chance: give 0 to 1, not ${jitter}`);
    }
    policy.jitter = jitter;
  }
  if (retryIf !== undefined) {
    if (typeof retryIf !== 'function') throw new TypeError('retry.retryIf must be a function of the error');
    policy.retryIf = retryIf;
  }
  return policy;
}

function milliseconds(option: string, duration: Duration): number {
  try {
    return durationMs(duration);
  } catch (error) {
    throw new TypeError(`retry.${option}: ${(error as Error).message}`);
  }
}

/** Makes a call, again and again if need be. `schedule` makes one attempt. */
export function withRetry(
  execution: Execution,
  policy: RetryPolicy,
  schedule: (attempt: Attempt) => DurableTask,
): DurableTask {
  const calledAt = execution.now;
  let current = schedule({});
  return runFiber(attempts(), execution, (reason) => current.cancel(reason));

  function* attempts(): Generator<DurableTask, unknown> {
    for (let attempt = 1; ; attempt++) {
      try {
        return yield current;
      } catch (error) {
        if (!(error instanceof TaskFailedError) || attempt >= policy.maxAttempts) throw error;
        const nextAt = execution.now + delayMs(execution, policy, error.taskId, attempt);
        if (nextAt > calledAt + (policy.retryTimeout ?? Number.POSITIVE_INFINITY)) throw error;
        if (policy.retryIf && !policy.retryIf(error)) throw error;
        current = execution.calls.startTimer(nextAt);
        yield current;
        current = schedule({ attempt: attempt + 1, retryOf: error.taskId });
      }
    }
  }
}

/** How long to wait after an attempt. Chance is drawn by call and attempt, so that no other draw can change it. */
function delayMs(execution: Execution, policy: RetryPolicy, call: number, attempt: number): number {
  const { firstRetryInterval, backoffCoefficient = 1, maxRetryInterval = endOfTime, jitter = 0 } = policy;
  // The power grows to Infinity in the end, and 0 times that is no number.
  const delay =
    firstRetryInterval && Math.min(firstRetryInterval * backoffCoefficient ** (attempt - 1), maxRetryInterval);
  const drawn = jitter === 0 ? 0 : chance(`${execution.instanceId}_${execution.origin}_${call}_${attempt}`)();
  return Math.min(Math.round(delay * (1 - jitter * drawn)), endOfTime - execution.now);
}
