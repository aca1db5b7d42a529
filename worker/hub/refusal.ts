/**
 * What becomes of the messages of a batch that failed. They wait again, in order, as if nothing had been; unless one of
 * them is the cause, for the hub must go on. A failing storage is nobody's fault; any other failure is, and the messages
 * then go one by one until the culprit stands alone and is refused.
 */
import { PayloadError, PerdureError, StorageError, toFailure } from '../../src/core';
import { UnstorableError } from '../store/store';
import type { Message } from './message';

/** So often a command is tried while the storage fails; then its caller hears of it. */
const commandTries = 3;

/** Whether a message may be the cause of a batch's failure. */
export function isSomeonesFault(error: unknown): boolean {
  return !(error instanceof StorageError);
}

/** What waits again of what a failed batch took. Callers who need not wait any longer are told. */
export function afterFailure(taken: readonly Message[], error: unknown): Message[] {
  if (!isSomeonesFault(error)) return taken.filter((message) => !isOutOfTries(message, error));
  const [culprit] = taken;
  return culprit && taken.length === 1 ? replacementOf(culprit, error) : [...taken];
}

function isOutOfTries({ caller }: Message, error: unknown): boolean {
  // What lies in the inbox is safe there, and its sender was told so.
  if (!caller || caller.inbox !== undefined) return false;
  caller.failures = (caller.failures ?? 0) + 1;
  if (caller.failures < commandTries) return false;
  caller.done({ error });
  return true;
}

function replacementOf(message: Message, error: unknown): Message[] {
  const refusal = refusalOf(error);
  const { to, caller } = message;
  if (caller) return [{ kind: 'refuse', to, caller, error: refusal }];
  if (message.kind === 'fail' || message.kind === 'retry') return [];
  const failure = toFailure(refusal);
  if (message.kind === 'deliver' && message.event.type === 'TaskCompleted') {
    const { taskId } = message.event;
    return [{ ...message, event: { type: 'TaskFailed', taskId, failure } }];
  }
  if (message.kind === 'start' && message.event.parent) {
    const { instanceId, execution, taskId } = message.event.parent;
    const event = { type: 'SubOrchestrationInstanceFailed', taskId, failure } as const;
    const carried = { kind: 'deliver', to: instanceId, execution, event } as const;
    return [{ ...carried, carried }];
  }
  return [{ kind: 'fail', to, failure }];
}

function refusalOf(error: unknown): unknown {
  if (error instanceof UnstorableError) return new PayloadError(`a value cannot be stored: ${error.message}`);
  return error instanceof PerdureError ? error : new StorageError(`the hub failed: ${toFailure(error).message}`);
}
