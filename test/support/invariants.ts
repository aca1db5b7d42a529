/** What must hold in a hub's database, whatever has happened. */
import { expect } from 'vitest';
import {
  type EncodedValue,
  Execution,
  effectiveHistory,
  type HistoryEvent,
  mapValue,
  payloadKey,
  replay,
} from '../../src/core';
import { enter, leave } from '../../worker/determinism';
import { Registry } from '../../worker/hub';
import { readHistory } from '../../worker/hub/instances';
import type { Source } from '../../worker/hub/payloads';
import { recoverTail } from '../../worker/hub/recovery';
import { hop } from '../../worker/platform';
import { type MemoryDatabase, MemoryStore } from '../../worker/store/memory';
import type { InstanceRow } from '../../worker/store/records';
import type { Simulation } from './simulation';

/** Turns are whole and in order, and each task is scheduled once and settled at most once, as far as events count. */
export function checkHistory(history: readonly HistoryEvent[]): void {
  let inTurn = false;
  let nextTask = 0;
  const settled: number[] = [];
  const kept = new Set<number>();
  let at = 0;
  for (const { event } of effectiveHistory(history)) {
    if (event.type === 'OrchestratorStarted') {
      expect(inTurn).toBe(false);
      expect(event.at).toBeGreaterThanOrEqual(at);
      at = event.at;
      inTurn = true;
    } else if (event.type === 'OrchestratorCompleted') {
      expect(inTurn).toBe(true);
      inTurn = false;
    } else if ('taskId' in event && event.taskId !== -1) {
      if (/Scheduled|Created/.test(event.type)) expect(event.taskId).toBe(nextTask++);
      else if (!inTurn) kept.add(event.taskId);
      // What had come while nothing was played may turn out to be not wanted any more.
      else if (event.type !== 'TaskCanceled' || !kept.has(event.taskId)) settled.push(event.taskId);
    } else if (event.type === 'ExecutionRewound') {
      expect(event.taskIds).toBeGreaterThanOrEqual(nextTask);
      nextTask = event.taskIds;
    }
  }
  expect(inTurn).toBe(false);
  expect(new Set(settled).size).toBe(settled.length);
}

/** The history of an instance, replayed from the start, decides just what it records. */
export async function checkReplay(sim: Simulation, id: string): Promise<void> {
  const status = await sim.status(id, true);
  const orchestrator = new Registry(sim.options).find(status?.name ?? '', status?.version);
  const execution = sim.hub?.tail?.get(id)?.row.execution ?? sim.database.instances.get(id)?.execution;
  if (!status?.history || !orchestrator || execution === undefined) throw new Error(`no instance ${id}`);
  checkHistory(status.history);
  const registry = new Registry(sim.options);
  const run = new Execution(id, execution, orchestrator, {
    hop,
    log: () => {},
    originOf: () => undefined,
    identify: (each, version) => registry.identify(each, version),
    enter,
    leave,
  });
  expect(await replay(run, status.history)).toEqual([]);
}

/** The payloads are just those that instances refer to, once everything has been checkpointed. */
export async function checkPayloads({ store, coding }: Source, database: MemoryDatabase): Promise<void> {
  const { tail, records } = await recoverTail(store);
  const referred = new Set<string>();
  const refer = async (value: unknown): Promise<void> => {
    const found: [number, number][] = [];
    const encoded: EncodedValue[] = [];
    mapValue(value, 'a stored value', {
      reference: (ref) => {
        const { execution, number } = ref[payloadKey];
        if (!referred.has(`${execution}:${number}`)) found.push([execution, number]);
        referred.add(`${execution}:${number}`);
        return ref;
      },
      encoded: (value) => {
        encoded.push(value);
        return value;
      },
    });
    for (const each of encoded) await refer(await coding.decode(each));
    // What is large may hold what is binary.
    for (const stored of await store.readPayloads(found)) {
      const inner = await coding.decodePayload(stored);
      if (!(inner instanceof Blob)) await refer(inner);
    }
  };
  const ids = new Set([...database.instances.keys(), ...tail.instances.keys()]);
  for (const id of ids) {
    const known = tail.get(id);
    if (known?.deleted) continue;
    const row = known?.row ?? (database.instances.get(id) as InstanceRow);
    if (!known) tail.seed(row);
    await refer([row.input, row.output, row.customStatus, [...(await readHistory(store, tail, id))]]);
  }
  await refer([...(records.at(-1)?.carry ?? [])]);
  const stored = [...database.payloads].flatMap(([execution, payloads]) =>
    Array.from(payloads.keys(), (number) => `${execution}:${number}`),
  );
  expect(stored.sort()).toEqual([...referred].sort());
  expect(database.staged.size).toBe(0);
}

/** Checks the whole database, before and after everything has been checkpointed. */
export async function checkInvariants(sim: Simulation): Promise<void> {
  await check();
  await sim.until(() =>
    sim.hub?.tail && sim.hub.tail.changed.size === 0 && sim.database.log.size <= 1 ? true : undefined,
  );
  await check();
  await checkPayloads(sim.source, sim.database);

  async function check(): Promise<void> {
    const { tail } = await recoverTail(new MemoryStore(sim.database));
    const ids = new Set([...sim.database.instances.keys(), ...tail.instances.keys()]);
    const counts = new Map<string, number>();
    for (const id of ids) {
      if (tail.get(id)?.deleted) continue;
      await checkReplay(sim, id);
      const row = tail.get(id)?.row ?? sim.database.instances.get(id);
      const key = `${row?.status} ${row?.name}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
      // Everything has come to its end.
      expect(row?.status).toBe('Completed');
      expect(sim.hub?.tail?.get(id)?.open.size ?? 0).toBe(0);
    }
    const counted = tail.counts.filter(({ by }) => by !== 0).map(({ status, name, by }) => [`${status} ${name}`, by]);
    expect(new Map(counted as [string, number][])).toEqual(counts);
  }
}
