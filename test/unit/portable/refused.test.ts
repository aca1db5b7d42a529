/** What comes from outside is not trusted: what cannot have been exported is refused, with what is wrong and where. */
import { describe, expect, it } from 'vitest';
import { readInstance, writeInstance } from '../../../src/client/portable';
import { type HistoryEvent, InvalidExportError, payloadKey } from '../../../src/core';
import type { InstanceCopy } from '../../../src/protocol';
import { ended, family, waiting } from './copies';

function refusal(json: unknown): string {
  try {
    readInstance(json as string);
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidExportError);
    expect(error).toMatchObject({ code: 'InvalidExport', name: 'InvalidExportError' });
    return (error as Error).message;
  }
  throw new Error('it was not refused');
}

/** What the reader says of copies that no hub has written. */
async function refusalOf(copies: readonly unknown[]): Promise<string> {
  return refusal(await writeInstance(copies as InstanceCopy[]));
}

const withEvents = (...events: unknown[]): unknown[] => [
  { ...waiting(), history: [...waiting().history, ...(events as HistoryEvent[])] },
];
const turn = (...events: unknown[]) => [
  { type: 'OrchestratorStarted', at: 2_000 },
  ...events,
  { type: 'OrchestratorCompleted' },
];
const changed = (change: (family: Record<string, unknown>[]) => void): unknown[] => {
  const copies = family() as unknown as Record<string, unknown>[];
  change(copies);
  return copies;
};

describe('what is no export at all', () => {
  it.each([
    [undefined, 'an exported instance is a string of JSON'],
    [{ format: 'perdure/instance' }, 'an exported instance is a string of JSON'],
    ['', 'it is no JSON'],
    ['{"format":"perdure/instance"', 'it is no JSON'],
    ['null', "its format is not 'perdure/instance'"],
    ['[1]', "its format is not 'perdure/instance'"],
    ['{"format":"perdure/instance","version":"1","instances":[[]]}', 'its version is none'],
    ['{"format":"perdure/instance","version":0,"instances":[[]]}', 'its version is none'],
    [
      '{"format":"perdure/instance","version":2,"instances":[[]]}',
      'a newer perdure wrote it: it is of version 2, and this one knows 1',
    ],
    ['{"format":"perdure/instance","version":1}', 'its instances are no list'],
    ['{"format":"perdure/instance","version":1,"instances":-1}', 'its instances are no list'],
    ['{"format":"perdure/instance","version":1,"instances":[]}', 'it cannot be read: Invalid input'],
    ['{"format":"perdure/instance","version":1,"instances":[[]]}', 'it: Invalid length'],
    ['{"format":"perdure/instance","version":1,"instances":[{}]}', 'it: Invalid type'],
  ])('is refused: %j', (json, message) => {
    expect(refusal(json)).toContain(message);
  });
});

describe('what would do harm', () => {
  const wrap = (instances: string) => `{"format":"perdure/instance","version":1,"instances":${instances}}`;

  it.each([
    ['a prototype', '[{"__proto__":1},{"a":2},1]', '__proto__'],
    ['a prototype of an object without one', '[["null","__proto__",1],1]', '__proto__'],
    ['an array of four billion holes', '[[-7,4294967295]]', 'its arrays have too many holes'],
    [
      'many arrays of many holes',
      `[[1,1],[${Array(11).fill(2)}],[-7,9000000],[-7,9000000]]`.replace('[1,1]', '[1,1,3]'),
      'its arrays have too many holes',
    ],
    ['an array that holds itself', '[[0]]', 'instances.0.instanceId'],
    ['an error that is made of itself', '[["Error",0]]', 'Invalid circular reference'],
    ['a file of no bytes', '[["File",1],{"name":2,"type":2,"lastModified":3,"bytes":2},"a",1]', 'no blob'],
    ['an error of another type', '[["Error",1],{"type":2,"message":2},"AggregateError"]', 'no error'],
    ['an address', '[["URL","https://example.com"]]', 'is an instance of URL'],
    ['a boxed number', '[["Object",1],7]', 'is an instance of Number'],
    ['a kind of value that nobody knows', '[["Function","alert(1)"]]', 'Unknown type Function'],
    ['brackets without end', '['.repeat(100_000), 'it is no JSON'],
  ])('is refused: %s', (_, instances, message) => {
    expect(refusal(wrap(instances))).toContain(message);
  });

  it('is refused: what unfolds to far more than is written', async () => {
    // Each level refers twice to the next one; walked naively, it would have 2^60 leaves.
    let input: unknown = 'x';
    for (let level = 0; level < 60; level++) input = [input, input];
    const [copy] = readInstance(await writeInstance([waiting({ input })]));
    expect(copy?.history).toHaveLength(3);

    const text = 'x'.repeat(2 ** 20);
    const events = Array.from({ length: 600 }, () => ({ type: 'EventRaised', name: 'go', input: [text] }));
    expect(await refusalOf(withEvents(...events))).toBe('it is too large when it is unfolded');
  });

  it('is refused: a reference to a payload', async () => {
    const input = { [payloadKey]: { execution: 1, number: 0, kind: 'value', size: 1, type: 'object' } };
    expect(await refusalOf([waiting({ input })])).toContain(
      `at [0].history[1].input, has the key '${payloadKey}', which is reserved`,
    );
  });
});

describe('an event is refused', () => {
  const failure = { name: 'Error', message: 'no' };
  let deep: object = failure;
  for (let n = 0; n < 20; n++) deep = { ...failure, cause: deep };

  it.each([
    [
      'of a kind that is not known',
      [{ type: 'EntityCalled' }],
      "instances.0.history.3: a newer perdure wrote it: 'EntityCalled' is not known here",
    ],
    ['of no kind', [{ at: 1 }], 'instances.0.history.3.type'],
    ['that is none', ['EventRaised'], 'instances.0.history.3'],
    ['with a field that is not known', [{ type: 'EventRaised', name: 'go', at: 7 }], 'instances.0.history.3.at'],
    ['without a field', [{ type: 'EventRaised' }], 'instances.0.history.3.name'],
    ['with an empty name', [{ type: 'EventRaised', name: '' }], 'instances.0.history.3.name'],
    ['with a name that is too long', [{ type: 'EventRaised', name: 'x'.repeat(257) }], 'instances.0.history.3.name'],
    [
      'with a time that is none',
      turn().with(0, { type: 'OrchestratorStarted', at: Number.NaN }),
      'instances.0.history.3.at',
    ],
    ['with a time after all times', turn({ type: 'TimerCreated', taskId: 0, fireAt: 9e15 }), 'history.4.fireAt'],
    ['with a task between two', turn({ type: 'TimerCreated', taskId: 0.5, fireAt: 1 }), 'history.4.taskId'],
    ['with a flag that is not set', turn({ type: 'ContinueAsNew', dropEvents: false }), 'history.4.dropEvents'],
    [
      'with causes without end',
      turn({ type: 'ExecutionCompleted', status: 'Failed', failure: deep }),
      'history.4.failure: Invalid failure',
    ],
    [
      'with tags that are none',
      turn({ type: 'SubOrchestrationInstanceCreated', taskId: 0, name: 'a', instanceId: 'b', tags: { a: 1 } }),
      'history.4.tags: Invalid tags',
    ],
  ])('%s', async (_, events, message) => {
    expect(await refusalOf(withEvents(...events))).toContain(message);
  });
});

describe('a history is refused that cannot have happened', () => {
  const at = (index: number, problem: string) => `instances.0.history[${index}], ${problem}`;
  const completed = { type: 'ExecutionCompleted', status: 'Completed' };
  const nothing = { open: [], compensations: 0 };
  const failed = { type: 'ExecutionCompleted', status: 'Failed', failure: { name: 'Error', message: 'no' } };
  const task = { type: 'TaskScheduled', taskId: 0, name: 'work' };
  const result = { type: 'TaskCompleted', taskId: 0 };

  it.each([
    [
      'a turn within a turn',
      [
        { type: 'OrchestratorStarted', at: 1 },
        { type: 'OrchestratorStarted', at: 1 },
      ],
      at(3, 'OrchestratorStarted, is earlier than the turn before'),
    ],
    ['a turn that does not end', turn().slice(0, 1), 'instances.0.history ends within a turn'],
    ['an end without a turn', turn().slice(1), at(3, 'OrchestratorCompleted, ends no turn')],
    [
      'turns that overlap',
      [...turn().slice(0, 1), ...turn()],
      at(4, 'OrchestratorStarted, begins a turn within a turn'),
    ],
    [
      'a second start',
      [{ type: 'ExecutionStarted', name: 'a' }],
      at(3, 'ExecutionStarted, starts the execution a second time'),
    ],
    ['a decision between turns', [task], at(3, 'TaskScheduled, is a decision outside of all turns')],
    ['a message after decisions', turn(task, result), at(5, 'TaskCompleted, comes after decisions of its turn')],
    ['a result of nothing', [result], at(3, 'TaskCompleted, settles task 0, which is none that was scheduled')],
    ['a second result', [...turn(task), result, result], at(7, 'TaskCompleted, settles task 0 a second time')],
    [
      'a timer that fires for an activity',
      [...turn(task), { type: 'TimerFired', taskId: 0, fireAt: 1 }],
      at(6, 'TimerFired, settles task 0'),
    ],
    [
      'a result of what nobody waits for',
      [
        ...turn({ type: 'SubOrchestrationInstanceCreated', taskId: 0, name: 'a', instanceId: 'b', detached: true }),
        { type: 'SubOrchestrationInstanceCompleted', taskId: 0 },
      ],
      at(6, 'SubOrchestrationInstanceCompleted, settles task 0 a second time'),
    ],
    ['a task twice', turn(task, task), at(5, 'TaskScheduled, schedules task 0 out of order')],
    [
      'a second attempt of nothing',
      turn({ ...task, attempt: 2, retryOf: 0 }),
      at(4, 'TaskScheduled, tries task 0 again'),
    ],
    ['the end of nothing', turn({ type: 'TaskCanceled', taskId: 0 }), at(4, 'TaskCanceled, cancels task 0')],
    [
      'the undoing of nothing',
      turn({ type: 'CompensationsRemoved', ids: [0] }),
      at(4, 'CompensationsRemoved, removes compensation 0'),
    ],
    [
      'a failure without one',
      turn({ type: 'ExecutionCompleted', status: 'Failed' }),
      at(4, 'ExecutionCompleted, has no failure, or one too many'),
    ],
    ['what comes after the end', turn(completed, task), at(5, 'TaskScheduled, comes after the end')],
    ['a turn after the end', [...turn(completed), ...turn()], at(6, 'OrchestratorStarted, comes after the end')],
    [
      'termination in a turn',
      turn({ type: 'ExecutionTerminated' }),
      at(4, 'ExecutionTerminated, stands within a turn'),
    ],
    [
      'one that goes on elsewhere',
      turn({ type: 'ContinueAsNew' }),
      'instances.0.history continues as new, and nothing follows',
    ],
    [
      'the rewinding of what runs',
      [{ type: 'ExecutionRewound', from: 0, taskIds: 0, ...nothing }],
      at(3, 'ExecutionRewound, rewinds what has not failed'),
    ],
    [
      'the rewinding of what comes',
      [...turn(failed), { type: 'ExecutionRewound', from: 9, taskIds: 0, ...nothing }],
      at(6, 'ExecutionRewound, rewinds to what comes after it'),
    ],
    [
      'rewinding into a turn',
      [...turn(failed), { type: 'ExecutionRewound', from: 4, taskIds: 0, ...nothing }],
      'within a turn',
    ],
    [
      'a rewind that leaves something else open than there is',
      [
        ...turn(failed),
        {
          type: 'ExecutionRewound',
          from: 3,
          taskIds: 0,
          open: [{ kind: 'timer', taskId: 0, fireAt: 1 }],
          compensations: 0,
        },
      ],
      at(6, 'ExecutionRewound, tells of other work than there is'),
    ],
    [
      'rewinding to numbers in use',
      [
        ...turn(task),
        { type: 'TaskCompleted', taskId: 0 },
        ...turn(failed),
        { type: 'ExecutionRewound', from: 6, taskIds: 0, ...nothing },
      ],
      at(10, 'ExecutionRewound, would number tasks as others are numbered already'),
    ],
  ])('%s', async (_, events, message) => {
    expect(await refusalOf(withEvents(...events))).toContain(message);
  });

  it('without a beginning', async () => {
    expect(await refusalOf([{ ...waiting(), history: [] }])).toBe('instances.0.history does not start the execution');
    expect(await refusalOf([{ ...waiting(), history: turn() }])).toContain(
      'ends a turn before the execution has started',
    );
  });
});

describe('instances are refused that do not belong together', () => {
  it.each([
    [
      'two of one id',
      changed(([parent, child]) => (child!.instanceId = parent!.instanceId)),
      'instances.1 has the id of another',
    ],
    [
      'two of one execution',
      changed(([, child]) => (child!.execution = 3)),
      'instances.1 has the execution of another',
    ],
    [
      'a child without a parent',
      changed(([, child]) => delete child!.parent),
      'instances.1 is a child that none of those before it waits for',
    ],
    ['a child before its parent', changed((all) => all.reverse()), 'instances.1 is a child that none'],
    [
      'a child of another execution',
      changed(([parent]) => (parent!.execution = 9)),
      'instances.1 is a child that none',
    ],
    ['a child that nobody waits for', [...family().slice(0, 1), ended()], 'instances.1 is a child that none'],
    ['one with an id that is none', changed(([parent]) => (parent!.instanceId = '')), 'instances.0.instanceId'],
    [
      'one with a date that is none',
      changed(([parent]) => (parent!.createdTime = new Date(Number.NaN))),
      'instances.0.createdTime',
    ],
    ['one with a field that is not known', changed(([parent]) => (parent!.color = 'red')), 'instances.0.color'],
  ])('%s', async (_, copies, message) => {
    expect(await refusalOf(copies)).toContain(message);
  });

  it('and a family is none of these', async () => {
    expect(readInstance(await writeInstance(family()))).toEqual(family());
  });
});
