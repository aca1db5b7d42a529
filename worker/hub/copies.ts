/**
 * An instance with all that it needs to go on elsewhere: its history, and the children that it waits for, and those that
 * these wait for. All are of one commit, or a child could have told its end to a parent that has not heard of it.
 */
import { type HistoryEvent, HubUnavailableError, InstanceNotFoundError, PayloadError } from '../../src/core';
import type { InstanceCopy } from '../../src/protocol';
import { setTimer } from '../platform';
import type { Carried, InstanceRow } from '../store/records';
import type { Store } from '../store/store';
import { Tail } from '../store/tail';
import { type Source, Unpacking } from './payloads';

interface Original {
  row: InstanceRow;
  /** The ids of the children that it waits for, by task. */
  children: ReadonlyMap<number, string>;
  history: readonly HistoryEvent[];
}

/** What is between two instances is in neither of them. It is soon delivered. */
const mostTries = 40;
const pauseMs = 50;

/**
 * @returns the instance first, each child after its parent
 * @throws InstanceNotFoundError, PayloadError, HubUnavailableError
 */
export async function copyInstances(source: Source, id: string): Promise<InstanceCopy[]> {
  const { store } = source;
  for (let tries = 0; tries < mostTries; tries++) {
    const originals = await readOriginals(store, id);
    try {
      if (originals) return await Promise.all(originals.map((each) => copyOf(source, each)));
    } catch (error) {
      // It may have gone on as new meanwhile, or shown another status, and the payloads are gone that it had.
      if (!(error instanceof PayloadError) || (await isStill(store, originals ?? []))) throw error;
    }
    await new Promise<void>((resolve) => setTimer(resolve, pauseMs));
  }
  throw new HubUnavailableError(`instance '${id}' cannot be exported now: it does not come to rest`);
}

/** Undefined while a message is under way between them. */
async function readOriginals(store: Store, id: string): Promise<Original[] | undefined> {
  // Each pass finds the children of those that the one before has found; the last one reads all in one transaction.
  for (let ids = [id]; ; ) {
    const { originals, carry } = await readAsOfNow(store, ids);
    if (originals[0]?.row.id !== id) throw new InstanceNotFoundError(`there is no instance '${id}'`);
    const found = new Set([id, ...originals.flatMap(({ children }) => [...children.values()])]);
    const read = new Set(ids);
    if ([...found].some((each) => !read.has(each))) {
      ids = [...found];
      continue;
    }
    const isUnderWay = ({ to, ...rest }: Carried) =>
      found.has(to) || (rest.kind === 'start' && found.has(rest.event.parent?.instanceId ?? ''));
    return carry.some(isUnderWay)
      ? undefined
      : originals.filter(({ row }) => row.id === id || isAwaited(row, originals));
  }
}

/** Whether it is the child that it is taken for: ids can have come to mean another instance. */
function isAwaited({ id, parent }: InstanceRow, originals: readonly Original[]): boolean {
  const original = originals.find(({ row }) => row.id === parent?.instanceId && row.execution === parent.execution);
  return original?.children.get(parent?.taskId ?? -1) === id;
}

/** Those of the instances that there are, as of the newest commit. */
async function readAsOfNow(
  store: Store,
  ids: readonly string[],
): Promise<{ originals: Original[]; carry: readonly Carried[] }> {
  const { meta, records, histories, rows } = await store.read({ logAbove: -1, histories: ids });
  const wanted = new Set(ids);
  const tail = new Tail();
  for (const row of rows.values()) tail.seed(row);
  for (const record of records) {
    if (record.commit <= meta.checkpoint) continue;
    tail.apply({ ...record, entries: record.entries.filter((entry) => wanted.has(entry.id)) });
  }
  const originals = ids.flatMap((id): Original[] => {
    const known = tail.get(id);
    if (!known || known.deleted) return [];
    const { row, open, chunked, events } = known;
    const children = new Map<number, string>();
    for (const task of open.values()) if (task.kind === 'subOrchestration') children.set(task.taskId, task.instanceId);
    return [{ row, children, history: [...(histories.get(id) ?? []).slice(0, chunked), ...events.read()] }];
  });
  return { originals, carry: records.at(-1)?.carry ?? [] };
}

async function copyOf(source: Source, { row, history }: Original): Promise<InstanceCopy> {
  const { heartbeats } = row;
  let { customStatus } = row;
  let events = history;
  let details = heartbeats?.map((each) => each.details);
  if (row.payloads > 0 || row.isCoded) {
    const unpacking = new Unpacking(source);
    [customStatus, details] = (await unpacking.values([customStatus, details])) as [unknown, unknown[]?];
    events = await unpacking.history(history);
  }
  return {
    instanceId: row.id,
    execution: row.execution,
    createdTime: new Date(row.createdTime),
    lastUpdatedTime: new Date(row.updatedTime),
    ...(row.parent && { parent: row.parent }),
    ...(customStatus !== undefined && { customStatus }),
    waits: row.waits,
    history: events,
    ...(heartbeats && {
      heartbeats: heartbeats.map(({ call, taskId }, i) => ({ call, taskId, details: details?.[i] })),
    }),
  };
}

async function isStill(store: Store, originals: readonly Original[]): Promise<boolean> {
  const { originals: now } = await readAsOfNow(
    store,
    originals.map(({ row }) => row.id),
  );
  const commits = new Map(now.map(({ row }) => [row.id, row.commit]));
  return originals.every(({ row }) => commits.get(row.id) === row.commit);
}
