/**
 * What becomes of the messages of a batch that failed. They wait again, in order, as if nothing had been; unless one of
 * them is the cause, for the hub must go on. A failing storage is nobody's fault; any other failure is, and the messages
 * then go one by one until the culprit stands alone and is refused.
 */
import {
  type FailureDetails,
  NewerSchemaError,
  PayloadError,
  PerdureError,
  StorageError,
  toFailure,
} from '../../src/core';
import { ClearedError, FencedError, UnstorableError } from '../store/store';
import { UnwritableError } from './encoding';
import type { Message } from './message';

/** Whether the database is not this hub's any more, so that no try will ever succeed. */
export function isFinal(error: unknown): boolean {
  return error instanceof FencedError || error instanceof ClearedError || error instanceof NewerSchemaError;
}

/** Whether a message may be the cause of a batch's failure. */
export function isSomeonesFault(error: unknown): boolean {
  return !(error instanceof StorageError || isFinal(error));
}

/** What waits again of what a failed batch took. */
export function afterFailure(taken: readonly Message[], error: unknown): readonly Message[] {
  const [culprit] = taken;
  if (!culprit || taken.length > 1 || !isSomeonesFault(error)) return taken;
  const replacement = replacementOf(culprit, error);
  return replacement ? [replacement] : [];
}

/** Tells whoever gave a command that the storage fails. Says whether there was anybody to tell. */
export function wasRefused({ caller }: Message, error: unknown): boolean {
  // What lies in the inbox is safe there, and its sender was told so.
  if (!caller || caller.inbox !== undefined) return false;
  caller.done({ error: error instanceof UnwritableError ? error.cause : error });
  return true;
}

/** What comes in place of a message that cannot be handled; undefined if nobody needs to hear. */
export function replacementOf(message: Message, error: unknown): Message | undefined {
  const refusal = refusalOf(error);
  const { to, caller } = message;
  if (caller) return { kind: 'answer', to, caller, outcome: { error: refusal } };
  if (message.kind === 'rewind' && message.parent) {
    const { instanceId, execution, taskId } = message.parent;
    return failedChild(instanceId, execution, taskId, toFailure(refusal));
  }
  if (message.kind !== 'deliver' && message.kind !== 'start' && message.kind !== 'begin') return undefined;
  // What one instance sends to another must not take the other down.
  if (message.kind === 'deliver' && message.execution === undefined) return undefined;
  const failure = toFailure(refusal);
  if (message.kind === 'deliver' && message.event.type === 'TaskCompleted') {
    const { taskId } = message.event;
    return { ...message, event: { type: 'TaskFailed', taskId, failure } };
  }
  if (message.kind === 'deliver' && message.event.type === 'SubOrchestrationInstanceCompleted') {
    const { taskId } = message.event;
    return { ...message, event: { type: 'SubOrchestrationInstanceFailed', taskId, failure } };
  }
  if (message.kind === 'start' && message.continues === undefined && message.event.parent) {
    const { instanceId, execution, taskId } = message.event.parent;
    return failedChild(instanceId, execution, taskId, failure);
  }
  return { kind: 'fail', to, failure };
}

function failedChild(to: string, execution: number, taskId: number, failure: FailureDetails): Message {
  const event = { type: 'SubOrchestrationInstanceFailed', taskId, failure } as const;
  const carried = { kind: 'deliver', to, execution, event } as const;
  return { ...carried, carried };
}

function refusalOf(error: unknown): unknown {
  if (error instanceof UnstorableError) return new PayloadError(`a value cannot be stored: ${error.message}`);
  return error instanceof PerdureError ? error : new StorageError(`the hub failed: ${toFailure(error).message}`);
}
