/**
 * Steps to undo are recorded as they are added, so that they can be undone also when the orchestrator itself cannot any
 * more: when it is terminated, the hub hands them to an orchestration of its own.
 */
import type { Context } from './context';
import { CompensationFailedError } from './errors';
import type { HistoryEvent, RecordedRetry } from './history';
import { addedIn, effectiveHistory } from './rewind';
import type { DurableTask } from './task';

/** The name that {@link compensationOrchestrator} is registered under in every hub. */
export const compensationName = 'perdure:compensation';

/** A step to undo: an activity to call. */
export interface CompensationStep {
  readonly name: string;
  readonly input?: unknown;
  readonly retry?: RecordedRetry;
}

/** What would have to be undone, should the execution be terminated now: newest first. */
export function openCompensations(history: readonly HistoryEvent[]): CompensationStep[] {
  const open = addedIn(effectiveHistory(history));
  return Array.from(open.values(), ({ type: _, id: __, scope: ___, ...step }) => step).reverse();
}

/**
 * Calls one activity after the other. One that fails holds up none of those that follow.
 * @throws CompensationFailedError in the end, if any failed
 */
export function* compensationOrchestrator(
  context: Context,
  { steps }: { steps: readonly CompensationStep[] },
): Generator<DurableTask, void> {
  const failures: Error[] = [];
  for (const { name, input, retry } of steps) {
    try {
      yield context.callActivity(name, input, retry && { retry });
    } catch (error) {
      failures.push(error as Error);
    }
  }
  if (failures.length > 0) throw new CompensationFailedError(failures);
}
