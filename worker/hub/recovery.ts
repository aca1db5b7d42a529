/**
 * What a new owner needs to know: the log's tail folded over its rows, the instances with something open, and the
 * messages that the last commit carried. Its cost depends neither on how many instances have ended nor on how many
 * sleep.
 */
import { CodecError, type HistoryEvent, PayloadError, type PayloadRef, type TaskScheduled } from '../../src/core';
import type { ActivityTask } from '../pool';
import type { Carried, InstanceRow, LogRecord } from '../store/records';
import type { Store, StoreMeta } from '../store/store';
import { Tail, type TailInstance } from '../store/tail';
import { readHistory } from './instances';
import type { Message } from './message';
import { type Source, Unpacking } from './payloads';
import { replacementOf } from './refusal';
import { taskKey } from './task-key';

/** Folds the log over the rows that it speaks of. */
export async function recoverTail(
  store: Store,
): Promise<{ tail: Tail; meta: StoreMeta; records: readonly LogRecord[] }> {
  const tail = new Tail();
  const { meta, records } = await store.read({ logAbove: -1 });
  tail.addCounts(meta.counts);
  const above = records.filter((record) => record.commit > meta.checkpoint);
  const ids = new Set(above.flatMap((record) => record.entries.map((entry) => entry.id)));
  const { rows } = await store.read({ rows: [...ids] });
  for (const row of rows.values()) tail.seed(row);
  for (const record of above) tail.apply(record);
  tail.newest = records.at(-1)?.commit ?? meta.checkpoint;
  return { tail, meta, records };
}

/** The messages that the newest commit carried over. They come first in the next batch; but some cannot be decoded now. */
export async function recoverCarry(
  source: Source,
  carry: readonly Carried[],
): Promise<{ messages: Message[]; unread: Carried[] }> {
  const unread: Carried[] = [];
  const messages = await Promise.all(
    carry.map(async (carried): Promise<Message[]> => {
      try {
        return [await messageOf(source, carried)];
      } catch (error) {
        // Carried on as it was, until what comes in its place is committed.
        if (error instanceof PayloadError)
          return [{ ...(replacementOf({ ...carried, carried }, error) as Message), carried }];
        if (!(error instanceof CodecError)) throw error;
        unread.push(carried);
        return [];
      }
    }),
  );
  return { messages: messages.flat(), unread };
}

async function messageOf(source: Source, carried: Carried): Promise<Message> {
  if (carried.kind === 'rewind') return { ...carried, carried };
  const unpacking = new Unpacking(source, new WeakMap<object, PayloadRef>());
  const [event] = await unpacking.events([carried.event]);
  if (carried.kind === 'deliver') return { ...carried, event: event as typeof carried.event, carried };
  const kept = await unpacking.events(carried.kept ?? []);
  return { ...carried, event: event as typeof carried.event, kept, carried };
}

/** The open activities of an instance, with what they are run with as the log has it: nobody knows how far they came. */
export async function openActivities(
  store: Store,
  tail: Tail,
  { row, open }: TailInstance,
): Promise<Omit<ActivityTask, 'idempotencyKey'>[]> {
  const ids = new Set([...open.values()].filter((task) => task.kind === 'activity').map((task) => task.taskId));
  if (ids.size === 0) return [];
  const { id, execution } = row;
  let history: readonly HistoryEvent[];
  try {
    history = await readHistory(store, tail, id);
  } catch (error) {
    if (!(error instanceof PayloadError)) throw error;
    // Its orchestrator hears of what cannot be run, and nobody else.
    const read = () => Promise.reject(error);
    return Array.from(ids, (taskId) => ({
      key: taskKey(execution, taskId),
      instanceId: id,
      taskId,
      attempt: 1,
      name: '',
      read,
    }));
  }
  const scheduled = history.filter((event) => event.type === 'TaskScheduled').filter(({ taskId }) => ids.has(taskId));
  return scheduled.map((event) => taskOf(event, id, execution, heartbeatIn(row, event)?.details));
}

/** What the call of a task has last given to `heartbeat`. */
export function heartbeatIn(row: InstanceRow | undefined, { taskId, retryOf = taskId }: TaskScheduled) {
  return row?.heartbeats?.find(({ call }) => call === retryOf);
}

/** A task for the pool. To the activity, all attempts are one call. */
export function taskOf(
  { taskId, name, input, attempt = 1, retryOf = taskId, run }: TaskScheduled,
  instanceId: string,
  execution: number,
  lastHeartbeat: unknown,
): Omit<ActivityTask, 'idempotencyKey'> {
  const task = { key: taskKey(execution, taskId), instanceId, taskId: retryOf, attempt, name, input, lastHeartbeat };
  return run ? { ...task, run } : task;
}
