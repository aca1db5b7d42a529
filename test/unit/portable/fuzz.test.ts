/** Whatever becomes of an export, it is refused with the error that says so, or read into something that is whole. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readInstance, writeInstance } from '../../../src/client/portable';
import { effectiveHistory, InvalidExportError, rewindPoint } from '../../../src/core';
import type { InstanceCopy } from '../../../src/protocol';
import { foldNew } from '../../../worker/store/tail';
import { ended, family, waiting } from './copies';

const exports: readonly InstanceCopy[][] = [family(), [waiting({ input: { a: [new Date(1), /x/] } })], [ended()]];

/** What every consumer does with an instance must work with one that was read. */
async function expectWhole(copies: InstanceCopy[]): Promise<void> {
  expect(copies.length).toBeGreaterThan(0);
  for (const { instanceId: id, execution, createdTime, history } of copies) {
    const { row } = foldNew(
      { kind: 'create', id, execution, createdTime: createdTime.getTime(), events: [...history] },
      0,
    );
    expect(row.name).not.toBe('');
    const counting = effectiveHistory(history).map(({ event }) => event.type);
    const starts = counting.filter((type) => type === 'OrchestratorStarted').length;
    expect(counting.filter((type) => type === 'OrchestratorCompleted')).toHaveLength(starts);
    expect(counting.filter((type) => type === 'ExecutionStarted')).toHaveLength(1);
    if (row.status === 'Failed') expect(rewindPoint(history).from).toBeLessThan(history.length);
  }
  expect(readInstance(await writeInstance(copies))).toEqual(copies);
}

async function expectRefusedOrWhole(json: string): Promise<boolean> {
  let copies: InstanceCopy[];
  try {
    copies = readInstance(json);
  } catch (error) {
    if (!(error instanceof InvalidExportError)) throw error;
    expect(error.message.length).toBeLessThan(1_000);
    return false;
  }
  await expectWhole(copies);
  return true;
}

const strange = fc.oneof(
  fc.integer({ min: -10, max: 60 }),
  fc.double(),
  fc.constantFrom<unknown>(
    null,
    '',
    'Date',
    'Error',
    'File',
    'TaskScheduled',
    'ExecutionRewound',
    '__proto__',
    true,
    [],
    {},
  ),
  fc.constantFrom<unknown>(
    ['Map', 0, 0],
    ['Set', 1],
    ['null', 'a', 0],
    [-7, 9, 1, 0],
    ['ArrayBuffer', '!'],
    ['Object', 0],
  ),
  fc.jsonValue({ maxDepth: 2 }),
);

describe('an export that was changed', () => {
  it('in its text', () =>
    fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...exports),
        fc.nat(),
        fc.nat(8),
        fc.string({ maxLength: 6 }),
        async (copies, at, cut, put) => {
          const json = await writeInstance(copies);
          const from = at % json.length;
          await expectRefusedOrWhole(json.slice(0, from) + put + json.slice(from + cut));
        },
      ),
      { numRuns: 1_500 },
    ));

  it('in its flat values', () =>
    fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...exports),
        fc.array(fc.tuple(fc.nat(), fc.nat(), strange), { minLength: 1, maxLength: 3 }),
        async (copies, changes) => {
          const envelope = JSON.parse(await writeInstance(copies)) as { instances: unknown[] };
          for (const [at, within, chosen] of changes) {
            // A later change can lie within it.
            const put = structuredClone(chosen);
            const index = at % envelope.instances.length;
            const value = envelope.instances[index];
            if (typeof value !== 'object' || value === null) envelope.instances[index] = put;
            else {
              const keys = Object.keys(value);
              (value as Record<string, unknown>)[keys[within % keys.length] ?? 'x'] = put;
            }
          }
          await expectRefusedOrWhole(JSON.stringify(envelope));
        },
      ),
      { numRuns: 3_000 },
    ));

  it('in the order and number of its events', async () => {
    let whole = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...exports),
        fc.array(fc.tuple(fc.constantFrom('drop', 'double', 'swap', 'change'), fc.nat(), fc.nat(), strange), {
          minLength: 1,
          maxLength: 2,
        }),
        async (originals, changes) => {
          const copies = structuredClone(originals) as unknown as { history: Record<string, unknown>[] }[];
          for (const [kind, at, other, put] of changes) {
            const history = copies[other % copies.length]!.history;
            const [i, k] = [at % history.length, other % history.length];
            const event = history[i] as Record<string, unknown>;
            if (kind === 'drop') history.splice(i, 1);
            else if (kind === 'double') history.splice(k, 0, event);
            else if (kind === 'swap') [history[i], history[k]] = [history[k]!, event];
            else event[Object.keys(event)[other % Object.keys(event).length] as string] = put;
          }
          if (await expectRefusedOrWhole(await writeInstance(copies as unknown as InstanceCopy[]))) whole++;
        },
      ),
      { numRuns: 3_000 },
    );
    // Else the test would be about refusals only.
    expect(whole).toBeGreaterThan(10);
  });
});
