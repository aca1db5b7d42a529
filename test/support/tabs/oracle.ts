/**
 * What must hold when all is over, whatever has happened: nothing that was acknowledged is lost, each history is whole and
 * can be replayed, no former owner has written anything, and nobody is stuck.
 */
import { expect } from 'vitest';
import { MemoryStore } from '../../../worker/store/memory';
import type { LogRecord } from '../../../worker/store/records';
import { checkHistory, checkPayloads, checkReplay } from '../invariants';
import type { Simulation } from '../simulation';
import { plain } from '../source';
import type { Job } from './jobs';
import type { Tab } from './tab';
import type { World } from './world';

/** One record after the other, by one owner after the other, and each history without a gap. */
export function checkRecords(records: readonly LogRecord[]): void {
  const lengths = new Map<number, number>();
  let epoch = 0;
  for (const [at, record] of records.entries()) {
    expect(record.commit).toBe(at + 1);
    expect(record.epoch).toBeGreaterThanOrEqual(epoch);
    epoch = record.epoch;
    for (const entry of record.entries) {
      if (entry.kind === 'create') expect(lengths.has(entry.execution)).toBe(false);
      if (entry.kind === 'append') expect(entry.index).toBe(lengths.get(entry.execution));
      if (entry.kind !== 'delete') {
        lengths.set(entry.execution, (lengths.get(entry.execution) ?? 0) + entry.events.length);
      }
    }
  }
}

/** @param tab of any build: what has ended can be read from each */
export async function checkWorld(world: World, tab: Tab, jobs: readonly Job[]): Promise<void> {
  checkRecords(world.records);
  const { database } = world.disk;
  // Once everything has been checkpointed.
  await world.until(() => (database.log.size <= 1 && database.instances.size >= jobs.length ? true : undefined));
  for (const { id, isRight, build } of jobs) {
    const status = await world.within(tab.call('getStatus', { instanceId: id, showHistory: true }));
    // In so many crashes, what happened to run looks like their cause, and its attempt fails.
    const wasSuspected = status.history?.some((event) => 'failure' in event && event.failure?.code === 'WorkerLost');
    expect({ id, isRight: isRight(status) || wasSuspected, status: status.runtimeStatus }).toMatchObject({
      isRight: true,
    });
    checkHistory(status.history ?? []);
    if (status.runtimeStatus !== 'Completed') continue;
    const { orchestrations } = build ?? tab.build;
    const sim = { status: async () => status, options: { orchestrations }, hub: undefined, database };
    await checkReplay(sim as unknown as Simulation, id);
  }
  // What nobody is left to carry out has been refused.
  await world.until(() => (database.inbox.size === 0 ? true : undefined));
  await checkPayloads(plain(new MemoryStore(database)), database);
}
