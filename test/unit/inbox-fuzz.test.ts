/**
 * Whatever lies in the inbox, each record is carried out or refused with an error that says why, and the hub goes on:
 * now, and after a restart with what it has committed.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { InstanceCopy } from '../../src/protocol';
import { hop } from '../../worker/platform';
import { MemoryStore } from '../../worker/store/memory';
import type { Outcome } from '../../worker/store/records';
import { Simulation } from '../support/simulation';
import type { Context } from '../support/styles';
import { ended, family, waiting } from './portable/copies';

const orchestrations = {
  helloCities: async (_: Context, name: string) => `Hello ${name}`,
  waits: async (ctx: Context) => await ctx.waitForExternalEvent('go'),
  child: async (ctx: Context) => await ctx.waitForExternalEvent('go'),
  parent: async (ctx: Context) => await ctx.createTimer('1d'),
  ends: async () => 1,
  works: async (ctx: Context) => [await ctx.callActivity('work', 'x'), await ctx.waitForExternalEvent('go')],
};

const activities = { work: async (text: string) => text };

interface Posted {
  method: string;
  request: unknown;
}

async function open(): Promise<Simulation> {
  const sim = await new Simulation({
    orchestrations,
    versions: { 1: orchestrations, 2: orchestrations },
    activities,
  }).open();
  await sim.start('helloCities', 'Oslo', 'ended');
  await sim.end('ended');
  await sim.start('waits', undefined, 'running');
  return sim;
}

/** Posts commands as another tab does, and gives what becomes of each. */
async function outcomesOf(sim: Simulation, commands: readonly Posted[]): Promise<Outcome[]> {
  const numbers: number[] = [];
  for (const { method, request } of commands) {
    numbers.push(await new MemoryStore(sim.database).post({ build: 'other', method, args: [request] }));
  }
  await sim.takeInbox();
  return sim.until(() => {
    const outcomes = numbers.flatMap((number) => sim.database.outcomes.get(number) ?? []);
    return outcomes.length === numbers.length ? outcomes : undefined;
  });
}

/** A refusal has a type that the sender's page knows, and says what was wrong; that the hub stumbled is none. */
function expectToldOf({ failure }: Outcome, { method, request }: Posted): void {
  if (!failure) return;
  const told = `${method} ${fc.stringify(request)}: ${failure.name}: ${failure.message}`;
  expect(failure.name === 'TypeError' || failure.code !== undefined, told).toBe(true);
  expect(failure.code, told).not.toBe('Storage');
  expect(failure.message.length, told).toBeGreaterThan(5);
  expect(failure.message.length, told).toBeLessThan(1_000);
}

async function expectGoesOn(sim: Simulation, id: string): Promise<void> {
  const [outcome] = await outcomesOf(sim, [
    { method: 'startNew', request: { name: 'helloCities', instanceId: id, input: 'Rome', fresh: true } },
  ]);
  expect(outcome).toMatchObject({ value: id });
  expect((await sim.end(id)).output).toBe('Hello Rome');
}

async function expectHandled(commands: readonly Posted[]): Promise<readonly Outcome[]> {
  const sim = await open();
  const outcomes = await outcomesOf(sim, commands);
  for (const [i, outcome] of outcomes.entries()) expectToldOf(outcome, commands[i] as Posted);
  await expectGoesOn(sim, 'after');
  for (let i = 0; i < 50; i++) await hop();
  sim.crash();
  await sim.open();
  await expectGoesOn(sim, 'after a restart');
  expect(sim.database.inbox.size).toBe(0);
  expect(sim.troubles).toEqual([]);
  sim.crash();
  return outcomes;
}

const id = fc.constantFrom('ended', 'running', 'works', 'a');
const time = fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) });
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const text = maybe(fc.string({ maxLength: 8 }));
const tags = maybe(
  fc.dictionary(fc.string({ minLength: 1, maxLength: 4 }), fc.string({ maxLength: 4 }), { maxKeys: 3 }),
);
const value = fc.jsonValue({ maxDepth: 2 });
const copies = fc.constantFrom<readonly InstanceCopy[]>(
  family(),
  [waiting({ input: new Date(1) })],
  [ended()],
  [works()],
);

function works(): InstanceCopy {
  return {
    ...waiting(),
    instanceId: 'works',
    execution: 9,
    waits: [],
    heartbeats: [{ call: 0, taskId: 0, details: { at: 1 } }],
    history: [
      { type: 'OrchestratorStarted', at: 1_000 },
      { type: 'ExecutionStarted', name: 'works', input: 1 },
      { type: 'TaskScheduled', taskId: 0, name: 'work', input: 'x' },
      { type: 'OrchestratorCompleted' },
    ],
  };
}

const requests: Record<string, fc.Arbitrary<object>> = {
  startNew: fc.record({
    name: fc.constantFrom(...Object.keys(orchestrations), 'unknown'),
    instanceId: id,
    input: value,
    fresh: fc.boolean(),
    startAt: maybe(time),
    tags,
    version: maybe(fc.constant('1')),
    onExisting: maybe(fc.constantFrom('replaceTerminal', 'reject', 'replace', 'return')),
  }),
  raiseEvent: fc.record({ instanceId: id, name: fc.constantFrom('go', 'other'), data: value }),
  terminate: fc.record({ instanceId: id, reason: text, recursive: fc.boolean() }),
  suspend: fc.record({ instanceId: id, reason: text }),
  resume: fc.record({ instanceId: id, reason: text }),
  rewind: fc.record({ instanceId: id, reason: text }),
  restart: fc.record({ instanceId: id, newInstanceId: id }),
  purge: fc.record({ instanceId: id }),
  purgeBy: fc.record({
    filter: fc.record({
      name: maybe(fc.constant('helloCities')),
      runtimeStatus: fc.constantFrom(['Completed'], ['Failed', 'Terminated']),
      idPrefix: text,
      tags,
      createdTimeTo: maybe(time),
    }),
  }),
  importInstance: fc.record({ copies }),
};

const command: fc.Arbitrary<Posted> = fc
  .constantFrom(...Object.keys(requests))
  .chain((method) => fc.record({ method: fc.constant(method), request: requests[method] as fc.Arbitrary<object> }));

/** Anything that the storage takes. */
const anything = fc.anything({
  withBigInt: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withNullPrototype: true,
  withSparseArray: true,
  withTypedArray: true,
  maxDepth: 3,
});

const strange = fc.oneof(
  anything,
  fc.double(),
  fc.integer({ min: -3, max: 20 }),
  fc.date({ noInvalidDate: false }),
  fc.constantFrom<unknown>(
    null,
    undefined,
    '',
    'x'.repeat(300),
    'ExecutionStarted',
    'ContinueAsNew',
    '__proto__',
    [],
    {},
    { 'perdure:payload': { execution: 1, number: 0, kind: 'value', size: 1, type: 'x' } },
    { 'perdure:encoded': new Uint8Array(3) },
    -0,
    1e300,
  ),
);

type Change = readonly [kind: 'put' | 'drop' | 'add' | 'double', steps: readonly number[], put: unknown];
const change: fc.Arbitrary<Change> = fc.tuple(
  fc.constantFrom('put', 'drop', 'add', 'double'),
  fc.array(fc.nat(), { minLength: 1, maxLength: 7 }),
  strange,
);

/** Goes down into a request by some steps, and changes something there. */
function changed(request: unknown, [kind, steps, put]: Change): unknown {
  let at = request as Record<string, unknown>;
  for (const [i, step] of steps.entries()) {
    const keys = Object.keys(at);
    const key = keys[step % Math.max(1, keys.length)] ?? 'x';
    const next = at[key];
    if (i < steps.length - 1 && typeof next === 'object' && next !== null && !ArrayBuffer.isView(next)) {
      at = next as Record<string, unknown>;
      continue;
    }
    if (kind === 'drop') Array.isArray(at) ? at.splice(Number(key), 1) : delete at[key];
    else if (kind === 'add') Array.isArray(at) ? at.push(put) : Object.assign(at, { extra: put });
    else if (kind === 'double' && Array.isArray(at)) at.splice(step % (at.length + 1), 0, structuredClone(next));
    else Object.defineProperty(at, key, { value: put, writable: true, enumerable: true, configurable: true });
    break;
  }
  return request;
}

const changedCommand: fc.Arbitrary<Posted> = fc
  .tuple(command, fc.array(change, { minLength: 1, maxLength: 2 }))
  .map(([{ method, request }, changes]) => ({
    method,
    request: changes.reduce<unknown>((all, each) => changed(all, each), structuredClone(request)),
  }));

const numRuns = Number(process.env.PERDURE_FAULT_RUNS ?? 400);

describe('the inbox', { timeout: 60_000 + numRuns * 40 }, () => {
  it('takes commands, of which many are carried out', async () => {
    let carriedOut = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 1, maxLength: 6 }), async (commands) => {
        carriedOut += (await expectHandled(commands)).filter(({ failure }) => !failure).length;
      }),
      { numRuns: numRuns / 5 },
    );
    // Else the tests below would be about refusals only.
    expect(carriedOut).toBeGreaterThan(numRuns / 5);
  });

  it('takes records of no sense', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            method: fc.oneof(
              fc.constantFrom(...Object.keys(requests), 'toString', '__proto__', 'constructor', 'getStatus', ''),
              fc.string(),
            ),
            request: anything,
          }),
          { minLength: 1, maxLength: 6 },
        ),
        async (records) => void (await expectHandled(records)),
      ),
      { numRuns: numRuns / 2 },
    ));

  it('takes commands that were damaged', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(changedCommand, { minLength: 1, maxLength: 4 }),
        async (commands) => void (await expectHandled(commands)),
      ),
      { numRuns },
    ));

  it('takes instances to import that were damaged', () =>
    fc.assert(
      fc.asyncProperty(
        requests.importInstance as fc.Arbitrary<object>,
        fc.array(change, { minLength: 1, maxLength: 3 }),
        async (request, changes) => {
          const damaged = changes.reduce<unknown>((all, each) => changed(all, each), structuredClone(request));
          await expectHandled([{ method: 'importInstance', request: damaged }]);
        },
      ),
      { numRuns },
    ));
});
