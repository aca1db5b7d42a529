/**
 * A history that lies damaged in the database, whoever damaged it: its instance is parked and says why, and all the
 * others go on.
 */

import { afterEach, describe, expect, it } from 'vitest';
import { unpack } from '../../../worker/packed';
import type { MemoryDatabase } from '../../../worker/store/memory';
import { SimulatedClient } from '../../support/simulated-client';
import { Simulation } from '../../support/simulation';
import type { Context } from '../../support/styles';

/** A history of two of these does not lie in its row. */
const long = 'x'.repeat(3_000);

const orchestrations = {
  waits: async (ctx: Context, input: unknown) => {
    await ctx.callActivity('echo', input);
    await ctx.callActivity('echo', input);
    return await ctx.waitForExternalEvent('go');
  },
  works: async (ctx: Context, input: unknown) => {
    await ctx.callActivity('echo', input);
    await ctx.callActivity('forever', input);
  },
  sleeps: async (ctx: Context, input: unknown) => {
    await ctx.callActivity('echo', input);
    await ctx.createTimer('1h');
  },
};
const activities = { echo: async (input: unknown) => input, forever: () => new Promise(() => {}) };
type Name = keyof typeof orchestrations;

type Stored = Record<string, unknown>;
type Place = 'the row' | 'a chunk' | 'the log';

/** What is stored of the events of 'sick', to be changed in its place. */
function storedEvents(database: MemoryDatabase, place: Place): (Stored | null)[] {
  const { execution } = database.instances.get('sick') ?? {};
  const inLog = [...database.log.values()].flatMap((record) => record.entries);
  const lists: Record<Place, readonly unknown[] | undefined> = {
    'the row': unpack(database.instances.get('sick')?.events),
    'a chunk': [...database.history].find(([key]) => key.includes('sick'))?.[1].get(0),
    'the log': inLog.flatMap((entry) => (entry.id === 'sick' && entry.kind === 'create' ? [entry.events] : []))[0],
  };
  const events = lists[place];
  if (!events?.length) throw new Error(`no events of execution ${execution} in ${place}`);
  return events as (Stored | null)[];
}

const indexOf = (events: (Stored | null)[], type: string) => events.findIndex((event) => event?.type === type);
const first = (events: (Stored | null)[], type: string) => events[indexOf(events, type)] as Stored;

interface Damage {
  what: string;
  damage(events: (Stored | null)[]): void;
  reason: RegExp;
}

const damages: Damage[] = [
  {
    what: 'an event of a kind that nobody knows',
    damage: (events) => Object.assign(first(events, 'TaskScheduled'), { type: 'SomethingElse' }),
    reason: /event 2 of 'sick' is a 'SomethingElse', which this version does not know/,
  },
  {
    what: 'an event without a kind',
    damage: (events) => delete first(events, 'TaskScheduled').type,
    reason: /stored history of instance 'sick'/,
  },
  {
    what: 'a call that does not say which task it is',
    damage: (events) => delete first(events, 'TaskScheduled').taskId,
    reason: /event 2 in the stored history of instance 'sick' is damaged/,
  },
  {
    what: 'a call of nothing',
    damage: (events) => delete first(events, 'TaskScheduled').name,
    reason: /event 2 records a call of activity 'undefined'/,
  },
  {
    what: 'a call fewer than there were',
    damage: (events) => events.splice(indexOf(events, 'TaskScheduled'), 1),
    reason: /disagrees with its history|stored history of instance 'sick'/,
  },
  {
    what: 'the end of an execution that goes on',
    damage: (events) => events.splice(2, 1, { type: 'ExecutionCompleted', status: 'Odd' }),
    reason: /event 2 records the end of the orchestration/,
  },
  {
    what: 'a result that was never asked for',
    damage: (events) => events.splice(2, 1, { type: 'TaskFailed', taskId: 99 }),
    reason: /disagrees with its history/,
  },
  {
    what: 'a value that lies nowhere',
    damage: (events) => {
      const payload = { execution: 1, number: 99, kind: 'value', size: 1, type: 'object' };
      first(events, 'TaskScheduled').input = { 'perdure:payload': payload };
    },
    reason: /event 2 records a call of activity 'echo'/,
  },
];

/** What is no event at all, or lacks what tells which others it is about: a fold over it must not stop. */
const nonsense: Damage[] = [
  {
    what: 'nothing in the place of an event',
    damage: (events) => events.splice(2, 1, null),
    reason: /stored history of instance 'sick'/,
  },
  {
    what: 'a number in the place of an event',
    damage: (events) => events.splice(2, 1, 7 as never),
    reason: /stored history of instance 'sick'/,
  },
  {
    what: 'a rewind that does not say what it leaves open',
    damage: (events) => events.splice(2, 1, { type: 'ExecutionRewound' }),
    reason: /'sick'/,
  },
  {
    what: 'steps that were undone, but not which',
    damage: (events) => events.splice(2, 1, { type: 'CompensationsRemoved' }),
    reason: /./,
  },
];

let client: SimulatedClient | undefined;
afterEach(() => client?.sim.crash());

async function openDamaged(name: Name, place: Place, { damage }: Damage): Promise<SimulatedClient> {
  const sim = new Simulation({ orchestrations, activities, build: 'the same' });
  // Without checkpoints, all stays in the log.
  if (place === 'the log') sim.options.faults = (operation) => (operation === 'save' ? 'fail-before' : 'ok');
  await sim.open();
  await sim.start(name, place === 'a chunk' ? long : 1, 'sick');
  await sim.start('waits', 1, 'well');
  await sim.until(async () => ((await sim.status('sick'))?.waitsFor.some(isLast) ? true : undefined));
  if (place !== 'the log') await sim.until(() => (sim.database.instances.get('well') ? true : undefined));
  sim.crash();
  delete sim.options.faults;
  sim.troubles.length = 0;
  damage(storedEvents(sim.database, place));
  client = new SimulatedClient(await sim.open());
  return client;
}

const isLast = (wait: { kind: string; name?: string }) => wait.name === 'forever' || wait.kind !== 'activity';

/** The others go on, and this one says what is wrong with it. */
async function expectParkedAlone({ sim }: SimulatedClient, reason: RegExp): Promise<void> {
  await sim.raise('well', 'go', 'on');
  expect((await sim.end('well')).output).toBe('on');
  await sim.raise('sick', 'go');
  sim.clock.pass(3_600_000);
  const parked = await sim.until(async () => {
    const status = await sim.status('sick');
    return status?.runtimeStatus === 'Suspended' ? status : undefined;
  });
  expect(parked.parked?.reason).toMatch(reason);
  expect(sim.troubles).toEqual([]);
  await sim.within(sim.command('terminate', { instanceId: 'sick', reason: 'lost', recursive: false }));
  expect((await sim.status('sick'))?.runtimeStatus).toBe('Terminated');
}

for (const place of ['the row', 'a chunk', 'the log'] as const) {
  describe(`a history that is damaged in ${place}`, () => {
    for (const name of ['waits', 'works', 'sleeps'] as const) {
      // The others are too short for a chunk of their own.
      if (place === 'a chunk' && name !== 'waits') continue;
      it.each([...damages, ...nonsense])(`parks an instance that ${name}: $what`, async (damage) => {
        await expectParkedAlone(await openDamaged(name, place, damage), damage.reason);
      });
    }
  });
}
