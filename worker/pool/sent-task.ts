/** Tasks in the form in which they are posted to a worker. */
import { transfer } from 'comlink';
import { type Packed, pack } from '../packed';
import type { Assignment } from './assignment';
import { quickMs } from './estimates';
import { type ActivityTask, isSlow, isTransferred, isWatched, type SentTask } from './exchange';
import { transferablesIn } from './transferables';

/** A batch. What the tasks say is to be moved will not be copied. */
export function sentTasks(batch: readonly Assignment[]): Packed<SentTask> {
  const tasks = pack(batch.map(sentTask));
  const moved = batch.filter(({ task }) => task.run?.transfer).flatMap(({ input }) => transferablesIn(input));
  return typeof tasks === 'object' && moved.length > 0 ? transfer(tasks, [...new Set(moved)]) : tasks;
}

function sentTask({ task, estimate, input, lastHeartbeat }: Assignment): SentTask {
  const { instanceId, taskId, attempt, idempotencyKey, name, run } = task;
  const flags = (run ? flagsOf(run) : 0) | (estimate.ms * estimate.share > quickMs ? isSlow : 0);
  const isShort = flags === 0 && lastHeartbeat === undefined;
  if (isShort && input === undefined) return [instanceId, taskId, attempt, idempotencyKey, name];
  if (isShort) return [instanceId, taskId, attempt, idempotencyKey, name, input];
  return [instanceId, taskId, attempt, idempotencyKey, name, input, lastHeartbeat, flags];
}

function flagsOf({ timeout, heartbeatTimeout, runWhen, transfer: isMoved }: NonNullable<ActivityTask['run']>): number {
  const watched = timeout !== undefined || heartbeatTimeout !== undefined || runWhen !== undefined;
  return (watched ? isWatched : 0) | (isMoved ? isTransferred : 0);
}

export function isCloneable(value: unknown): boolean {
  try {
    structuredClone(value);
    return true;
  } catch {
    return false;
  }
}
