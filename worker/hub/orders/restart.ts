/** Starts an orchestration again as it was started: under the same id once it has ended, under another one at any time. */
import { type ExecutionStarted, InstanceRunningError } from '../../../src/core';
import type { Batch } from '../batch';
import type { RestartMessage } from '../message';
import { Unpacking } from '../payloads';
import { existing, type Work } from './work';

export async function restart(work: Work, batch: Batch, message: RestartMessage): Promise<void> {
  const { to, newInstanceId, caller } = message;
  const instance = existing(work, batch, message);
  if (!instance) return;
  if (newInstanceId === to && !instance.hasEnded) {
    const problem = `instance '${to}' is ${instance.status}: it can be restarted once it has ended, or under another id`;
    return batch.reply(message, { error: new InstanceRunningError(problem) });
  }
  const stored =
    work.instances.committed(instance)?.row ?? instance.uncommitted.find(({ type }) => type === 'ExecutionStarted');
  const input = await new Unpacking(work.hub).value((stored as { input?: unknown } | undefined)?.input);
  const event: ExecutionStarted = {
    type: 'ExecutionStarted',
    name: instance.name,
    ...(input !== undefined && { input }),
    ...(instance.version !== undefined && { version: instance.version }),
    ...(instance.tags && { tags: instance.tags }),
  };
  work.mailboxes.push({ kind: 'start', to: newInstanceId, event, producedBy: batch, ...(caller && { caller }) });
}
