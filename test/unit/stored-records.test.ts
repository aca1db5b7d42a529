/** What a commit and a checkpoint write, in the form in which IndexedDB keeps it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HistoryEvent } from '../../src/core';
import { pack } from '../../worker/packed';
import { EventList } from '../../worker/store/event-list';
import { packEvents, packRecord, unpackRecord } from '../../worker/store/packing';
import type { LogEntry, LogRecord } from '../../worker/store/records';

const events = fc
  .array(
    fc.record({ taskId: fc.nat(), result: fc.oneof(fc.anything(), fc.anything({ withDate: true, withMap: true })) }),
  )
  .map((values) => values.map((each) => ({ type: 'TaskCompleted', ...structuredClone(each) }) as HistoryEvent));
const at = { id: fc.string(), execution: fc.nat() };
const fields = fc.option(fc.record({ customStatus: fc.anything({ withDate: true }), waits: fc.array(fc.string()) }), {
  nil: undefined,
});
const entries: fc.Arbitrary<LogEntry> = fc
  .oneof(
    fc.record({ kind: fc.constant('create' as const), ...at, createdTime: fc.nat(), events, fields }),
    fc.record({ kind: fc.constant('append' as const), ...at, index: fc.nat(), events, fields }),
    fc.record({ kind: fc.constant('delete' as const), ...at }),
  )
  .map((entry) => {
    if (!('fields' in entry) || entry.fields !== undefined) return entry as LogEntry;
    const { fields: _, ...rest } = entry;
    return rest as LogEntry;
  });

const recordOf = (all: LogEntry[]): LogRecord => ({
  commit: 1,
  epoch: 2,
  time: 3,
  counts: [],
  carry: [],
  entries: all,
});

describe('a record of the log', () => {
  it.each([
    ['as it is', false],
    ['with its events packed ahead', true],
  ])('is read as it was written: %s', (_, isAhead) => {
    fc.assert(
      fc.property(fc.array(entries), (all) => {
        const expected = structuredClone(recordOf(all));
        const record = recordOf(structuredClone(all));
        if (isAhead) packEvents(record.entries);
        expect(unpackRecord(structuredClone(packRecord(record)))).toStrictEqual(expected);
      }),
    );
  });

  it('is one text if all of it is plain', () => {
    const append = { kind: 'append', id: 'a "b"', execution: 1, index: 0, events: [{ type: 'OrchestratorCompleted' }] };
    expect(packRecord(recordOf([append as LogEntry])).entries).toBe(
      '[{"kind":"append","id":"a \\"b\\"","execution":1,"index":0,"events":[{"type":"OrchestratorCompleted"}]}]',
    );
  });
});

describe('the newest events of an execution', () => {
  const completed = (taskId: number, result: unknown = taskId) =>
    ({ type: 'TaskCompleted', taskId, result }) as HistoryEvent;
  const listOf = (...pieces: HistoryEvent[][]) => {
    const list = new EventList();
    for (const piece of pieces) list.add(piece.length, pack(piece));
    return list;
  };

  it('are joined as text', () => {
    const list = listOf([completed(0), completed(1)], [], [completed(2)]);
    expect(list.pack()).toBe(pack([completed(0), completed(1), completed(2)]));
    expect(list.read()).toEqual([completed(0), completed(1), completed(2)]);
    expect(new EventList().pack()).toBe('[]');
  });

  it('are joined with what is no text', () => {
    const odd = completed(1, new Map([[1, 2n]]));
    const list = listOf([completed(0)], [odd], [completed(2)]);
    expect(list.read()).toEqual([completed(0), odd, completed(2)]);
    expect(EventList.of(3, structuredClone(list.pack())).read()).toEqual(list.read());
  });

  it('are forgotten from the first on', () => {
    const list = listOf([completed(0), completed(1)], [completed(2), completed(3)], [completed(4)]);
    list.dropFirst(2);
    expect(list.read()).toEqual([completed(2), completed(3), completed(4)]);
    list.dropFirst(1);
    expect(list.read()).toEqual([completed(3), completed(4)]);
    list.dropFirst(2);
    expect(list.read()).toEqual([]);
  });

  it('are measured, be they text or not', () => {
    const small = listOf([completed(0)], [completed(1, new Date(0))]);
    expect([small.isBelow(50), small.isBelow(500)]).toEqual([false, true]);
    expect(listOf([completed(0, 'x'.repeat(500))]).isBelow(500)).toBe(false);
    expect(listOf([completed(0, new Set(['x'.repeat(500)]))]).isBelow(500)).toBe(false);
  });
});
