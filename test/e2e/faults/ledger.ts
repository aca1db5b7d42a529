/**
 * The commits of a hub, as they stand in its database. Workers of the fault app keep their whole log, so it tells who has
 * written what, and in which order.
 */
import { expect, type Page } from '@playwright/test';
import type { HistoryEvent } from 'perdure';
import { type Packed, unpack } from '../../../worker/packed';

/** An event without its values. */
export interface EventShape {
  readonly type: HistoryEvent['type'];
  readonly taskId?: number;
  /** Of an event that was raised with a number. */
  readonly item?: number;
  /** When a turn began. */
  readonly at?: number;
}

export interface LedgerEntry {
  readonly kind: 'create' | 'append' | 'delete';
  readonly id: string;
  readonly execution: number;
  /** Of the first event. */
  readonly index: number;
  readonly events: readonly EventShape[];
}

export interface Ledger {
  /** Of the owner of now. */
  readonly epoch: number;
  readonly commits: readonly {
    readonly commit: number;
    readonly epoch: number;
    /** When, by the owner's clock. */
    readonly time: number;
    readonly entries: readonly LedgerEntry[];
  }[];
}

interface StoredEntry extends Omit<LedgerEntry, 'index' | 'events'> {
  readonly index?: number;
  readonly events?: readonly Record<string, unknown>[];
  /** What a row shows although no event says it. */
  readonly fields?: { readonly parked?: { readonly reason: string } };
}

/** What lies in the log, read in a page of the app's origin. */
export async function readLog(page: Page) {
  const { epoch, records } = await page.evaluate(async () => {
    const settled = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const database = await settled(indexedDB.open('perdure/faults'));
    const transaction = database.transaction(['log', 'meta']);
    const [records, owner] = await Promise.all([
      settled(transaction.objectStore('log').getAll()),
      settled(transaction.objectStore('meta').get('owner')),
    ]);
    database.close();
    return {
      epoch: owner.epoch as number,
      records: records.map(({ commit, epoch, time, entries }) => ({ commit, epoch, time, entries })),
    };
  });
  const unpacked = (entries: Packed<StoredEntry>) => unpack(entries) ?? [];
  return { epoch, commits: records.map(({ entries, ...record }) => ({ ...record, entries: unpacked(entries) })) };
}

export async function readLedger(page: Page): Promise<Ledger> {
  const { epoch, commits } = await readLog(page);
  const shape = ({ type, taskId, input, at }: Record<string, unknown>) =>
    ({
      type,
      ...(taskId !== undefined && { taskId }),
      ...(type === 'EventRaised' && typeof input === 'number' && { item: input }),
      ...(type === 'OrchestratorStarted' && { at }),
    }) as EventShape;
  return {
    epoch,
    commits: commits.map(({ entries, ...commit }) => ({
      ...commit,
      entries: entries.map(({ kind, id, execution, index = 0, events = [] }) => ({
        kind,
        id,
        execution,
        index,
        events: events.map(shape),
      })),
    })),
  };
}

/** No commit is missing or doubled, and no owner wrote after its successor had begun. */
export function expectOneOwnerAtATime({ commits, epoch }: Ledger): void {
  expect(commits.map(({ commit }) => commit)).toEqual(commits.map((_, i) => (commits[0]?.commit ?? 0) + i));
  const epochs = commits.map((each) => each.epoch);
  expect(epochs, 'epochs never go back').toEqual([...epochs].sort((a, b) => a - b));
  expect(epochs.at(-1) ?? 0).toBeLessThanOrEqual(epoch);
}

/** The histories of the newest executions, put together from the commits: each must go on where it stood. */
export function historiesIn({ commits }: Ledger): Map<string, EventShape[]> {
  const histories = new Map<string, { execution: number; events: EventShape[] }>();
  for (const { kind, id, execution, index, events } of commits.flatMap(({ entries }) => entries)) {
    const known = histories.get(id);
    if (kind === 'create') histories.set(id, { execution, events: [...events] });
    else if (known?.execution !== execution) continue;
    else if (kind === 'delete') histories.delete(id);
    else {
      expect(index, `where '${id}' goes on`).toBe(known.events.length);
      known.events.push(...events);
    }
  }
  return new Map([...histories].map(([id, { events }]) => [id, events]));
}

/** Turns are whole and in order; each task is scheduled once, in order, and settled at most once. */
export function expectWhole(id: string, history: readonly EventShape[]): void {
  const of = (...types: EventShape['type'][]) => history.filter(({ type }) => types.includes(type));
  const marks = of('OrchestratorStarted', 'OrchestratorCompleted').map(({ type }) => type);
  const inPairs = marks.map((_, i) => (i % 2 === 0 ? 'OrchestratorStarted' : 'OrchestratorCompleted'));
  expect(marks, `the turns of '${id}'`).toEqual(inPairs);
  expect(marks.length % 2).toBe(0);
  const times = of('OrchestratorStarted').map(({ at }) => at as number);
  expect(times, `the times of '${id}'`).toEqual([...times].sort((a, b) => a - b));

  const scheduled = of('TaskScheduled', 'TimerCreated', 'SubOrchestrationInstanceCreated').map(({ taskId }) => taskId);
  expect(scheduled, `the tasks of '${id}'`).toEqual(scheduled.map((_, i) => i));
  const settled = of(
    'TaskCompleted',
    'TaskFailed',
    'TimerFired',
    'TaskCanceled',
    'SubOrchestrationInstanceCompleted',
    'SubOrchestrationInstanceFailed',
  ).map(({ taskId }) => taskId);
  expect(new Set(settled).size, `'${id}' got no result twice`).toBe(settled.length);
}
