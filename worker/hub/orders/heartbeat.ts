/** Records how far an activity says it is. No turn is played for it: the orchestrator knows nothing of it. */
import { TaskCanceledError } from '../../../src/core';
import type { Batch } from '../batch';
import type { HeartbeatMessage } from '../message';
import type { Work } from './work';

export function heartbeat({ instances }: Work, batch: Batch, message: HeartbeatMessage): void {
  const { to, execution, taskId, call, details } = message;
  const instance = instances.get(to);
  const isOpen = instance && instances.committed(instance)?.open.has(taskId);
  if (instance?.execution !== execution || instance.hasEnded || !isOpen) {
    batch.reply(message, { error: new TaskCanceledError('the result of this activity is not wanted any more') });
    return;
  }
  batch.beat(instance, { call, taskId, ...(details !== undefined && { details }) });
  batch.reply(message, {});
}
