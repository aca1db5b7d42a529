/**
 * What a new owner needs to know: the log's tail folded over its rows, the instances with something open, and the
 * messages that the last commit carried. Its cost depends neither on how many instances have ended nor on how many
 * sleep.
 */
import { CodecError, type HistoryEvent, PayloadError, type PayloadRef, type TaskScheduled } from '../../src/core';
import type { ActivityTask } from '../pool';
import type { Carried, Heartbeat, InstanceRow, LogRecord } from '../store/records';
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
  for (const row of await readRows(store, idsIn(above))) tail.seed(row);
  for (const record of above) tail.apply(record);
  tail.newest = records.at(-1)?.commit ?? meta.checkpoint;
  tail.epoch = meta.epoch;
  return { tail, meta, records };
}

/** Rows as far as they can be read: one that cannot is its instance's trouble alone. */
export async function readRows(store: Store, ids: readonly string[]): Promise<readonly InstanceRow[]> {
  if (ids.length === 0) return [];
  try {
    const { rows } = await store.read({ rows: ids });
    return [...rows.values()];
  } catch (error) {
    if (!(error instanceof PayloadError)) throw error;
    if (ids.length === 1) return [];
    const half = ids.length >> 1;
    return [...(await readRows(store, ids.slice(0, half))), ...(await readRows(store, ids.slice(half)))];
  }
}

/** The instances that records speak of, each once. */
export function idsIn(records: readonly LogRecord[]): string[] {
  return [...new Set(records.flatMap((record) => record.entries.map((entry) => entry.id)))];
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
  idempotencyKey: (id: string, execution: number, call: number) => string,
): Promise<ActivityTask[]> {
  const ids = new Set([...open.values()].filter((task) => task.kind === 'activity').map((task) => task.taskId));
  if (ids.size === 0) return [];
  const { id, execution } = row;
  let history: readonly HistoryEvent[];
  try {
    history = await readHistory(store, tail, id);
  } catch (error) {
    if (!(error instanceof PayloadError)) throw error;
    return Array.from(ids, (taskId) => unreadableTask(id, execution, taskId, error));
  }
  const scheduled = history.filter((event) => event.type === 'TaskScheduled').filter(({ taskId }) => ids.has(taskId));
  const tasks = scheduled.map((event) => {
    const { input, taskId, retryOf = taskId } = event;
    const task = taskOf(event, input, id, execution, idempotencyKey(id, execution, retryOf));
    task.lastHeartbeat = heartbeatIn(row, retryOf)?.details;
    ids.delete(taskId);
    return task;
  });
  const lost = (taskId: number) => new PayloadError(`the history of '${id}' has lost what activity task ${taskId} is`);
  return [...tasks, ...Array.from(ids, (taskId) => unreadableTask(id, execution, taskId, lost(taskId)))];
}

/** Its orchestrator hears of what cannot be run, and nobody else. */
function unreadableTask(instanceId: string, execution: number, taskId: number, error: PayloadError): ActivityTask {
  const read = () => Promise.reject(error);
  return { key: taskKey(execution, taskId), instanceId, taskId, attempt: 1, idempotencyKey: '', name: '', read };
}

/** What a call has last given to `heartbeat`. */
export function heartbeatIn(row: InstanceRow | undefined, call: number): Heartbeat | undefined {
  return row?.heartbeats?.find((each) => each.call === call);
}

/** A task for the pool. To the activity, all attempts are one call. */
export function taskOf(
  { taskId, name, attempt = 1, retryOf = taskId, run }: TaskScheduled,
  input: unknown,
  instanceId: string,
  execution: number,
  idempotencyKey: string,
): ActivityTask {
  const key = taskKey(execution, taskId);
  const task: ActivityTask = { key, instanceId, taskId: retryOf, attempt, idempotencyKey, name, input };
  if (run) task.run = run;
  return task;
}
