/**
 * What a new owner needs to know: the log's tail folded over its rows, the instances with something open, and the
 * messages that the last commit carried. Its cost depends neither on how many instances have ended nor on how many
 * sleep.
 */
import { PayloadError, type PayloadRef, type TaskScheduled } from '../../src/core';
import type { ActivityTask } from '../pool';
import type { Carried, LogRecord } from '../store/records';
import type { Store, StoreMeta } from '../store/store';
import { Tail, type TailInstance } from '../store/tail';
import { readHistory } from './instances';
import type { Message } from './message';
import { Unpacking } from './payloads';
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

/** The messages that the newest commit carried over. They come first in the next batch. */
export async function recoverCarry(store: Store, carry: readonly Carried[]): Promise<Message[]> {
  return Promise.all(
    carry.map(async (carried): Promise<Message> => {
      try {
        if (carried.kind === 'rewind') return { ...carried, carried };
        const unpacking = new Unpacking(store, new WeakMap<object, PayloadRef>());
        const [event] = await unpacking.events([carried.event]);
        if (carried.kind === 'deliver') return { ...carried, event: event as typeof carried.event, carried };
        const kept = await unpacking.events(carried.kept ?? []);
        return { ...carried, event: event as typeof carried.event, kept, carried };
      } catch (error) {
        if (!(error instanceof PayloadError)) throw error;
        // Carried on as it was, until what comes in its place is committed.
        return { ...(replacementOf({ ...carried, carried }, error) as Message), carried };
      }
    }),
  );
}

/** The open activities of an instance. */
export interface OpenActivities {
  /** To be run again: nobody knows how far they came. */
  tasks: Omit<ActivityTask, 'idempotencyKey'>[];
  /** Those whose input cannot be read. */
  unreadable: { taskId: number; error: PayloadError }[];
}

export async function openActivities(store: Store, tail: Tail, { row, open }: TailInstance): Promise<OpenActivities> {
  const { id, execution } = row;
  const ids = new Set([...open.values()].filter((task) => task.kind === 'activity').map((task) => task.taskId));
  const found: OpenActivities = { tasks: [], unreadable: [] };
  if (ids.size === 0) return found;
  try {
    const unpacking = new Unpacking(store);
    const history = await readHistory(store, tail, id);
    const scheduled = history.filter((event) => event.type === 'TaskScheduled').filter(({ taskId }) => ids.has(taskId));
    const inputs = await Promise.all(scheduled.map(({ input }) => unpacking.value(input).catch(onlyUnreadable)));
    for (const [i, { taskId }] of scheduled.entries()) {
      const input = inputs[i];
      if (input instanceof PayloadError) found.unreadable.push({ taskId, error: input });
      else found.tasks.push(taskOf(scheduled[i] as TaskScheduled, id, execution, input));
    }
  } catch (error) {
    const unreadable = onlyUnreadable(error);
    for (const taskId of ids) found.unreadable.push({ taskId, error: unreadable });
  }
  return found;
}

/** A task for the pool. To the activity, all attempts are one call. */
export function taskOf(
  { taskId, name, attempt = 1, retryOf = taskId }: TaskScheduled,
  instanceId: string,
  execution: number,
  input: unknown,
): Omit<ActivityTask, 'idempotencyKey'> {
  return { key: taskKey(execution, taskId), instanceId, taskId: retryOf, attempt, name, input };
}

function onlyUnreadable(error: unknown): PayloadError {
  if (error instanceof PayloadError) return error;
  throw error;
}
