/** What somebody is told whose orchestrator disagrees with its history. */
import { describe, expect, it } from 'vitest';
import { Play, type PlayOptions } from '../../support/core-turns';
import { type StepsOf, styles } from '../../support/styles';

const child = () => {};

describe.each(styles)('a mismatch, in %s', (_, write) => {
  const options: PlayOptions = {
    children: { child },
    does: { a: () => 'a', b: () => 'b', c: () => 'c', child: () => 'child' },
  };

  /** Runs one until nothing goes on by itself, and replays it as the other. */
  async function told(was: StepsOf, is: StepsOf): Promise<string> {
    const play = await Play.start(write(was), options);
    while (play.open.size > 0 && !play.ended) await play.step();
    try {
      await play.reload(write(is));
    } catch (error) {
      expect(error).toMatchObject({ code: 'NonDeterminism', name: 'NonDeterminismError' });
      return (error as Error).message;
    }
    return 'no mismatch';
  }

  /** Calls these, one after the other, and then waits. */
  const calling = (...names: string[]): StepsOf =>
    function* (ctx) {
      for (const name of names) yield* ctx.callActivity(name);
      yield* ctx.waitForExternalEvent('end');
    };
  /** Calls these at once, and then waits. */
  const atOnce = (...names: string[]): StepsOf =>
    function* (ctx) {
      for (const name of names) ctx.callActivity(name);
      yield* ctx.waitForExternalEvent('end');
    };
  const waiting: StepsOf = function* (ctx) {
    yield* ctx.waitForExternalEvent('end');
  };

  it('tells the event with its index, the call with its position, and what helps', async () => {
    const message = await told(calling('a', 'b'), calling('a', 'x'));
    expect(message).toContain(
      "the replay of 'i' disagrees with its history: event 6 records a call of activity 'b' (task 1), but the code now makes a call of activity 'x' (task 1), as call 1 of turn 2.",
    );
    expect(message).toContain("ask ctx.patched('…')");
    expect(message).toContain('register the old code beside the new as a version of its own');
    expect(message).toContain('move that into an activity');
  });

  it('of a later call of a turn tells which', async () => {
    expect(await told(atOnce('a', 'b', 'c'), atOnce('a', 'b', 'x'))).toContain('as call 3 of turn 1.');
  });

  const causes: [string, StepsOf, StepsOf, string][] = [
    ['another name', atOnce('a', 'b'), atOnce('a', 'x'), 'What is called seems to have been renamed or replaced'],
    ['a call put in', atOnce('a', 'b'), atOnce('x', 'a', 'b'), 'A call seems to have been put in before it'],
    [
      'a call removed, whose turn has others',
      atOnce('a', 'b', 'c'),
      atOnce('b', 'c'),
      'A call seems to have been removed: what the code makes now, event 3 records',
    ],
    [
      'a call removed, that had a turn of its own',
      calling('a', 'b'),
      calling('b'),
      'A call seems to have been removed: what the code makes now, event 6 records',
    ],
    ['another order', atOnce('a', 'b'), atOnce('b', 'a'), 'The order of the calls has changed'],
    ['a call added', atOnce('a'), atOnce('a', 'b'), 'A call seems to have been added, or the code goes another way'],
    [
      'a call missing',
      atOnce('a', 'b'),
      atOnce('a'),
      'A call seems to have been removed, or the code goes another way',
    ],
    [
      'no waiting any more',
      calling('a', 'b'),
      atOnce('a', 'b'),
      'What the code makes now, event 6 records: it does not wait any more for what it waited for then',
    ],
    [
      'another kind of call',
      atOnce('a'),
      function* (ctx) {
        ctx.createTimer('1s');
        yield* ctx.waitForExternalEvent('end');
      },
      'One call seems to have been replaced by another, or the code goes another way',
    ],
    [
      'an end that does not come any more',
      function* (ctx) {
        yield* ctx.callActivity('a');
      },
      calling('a'),
      'It ended here then, and goes on now',
    ],
  ];
  it.each(causes)('guesses at its cause: %s', async (__, was, is, cause) => {
    expect(await told(was, is)).toContain(`. ${cause}. `);
  });

  const given = (input: unknown): StepsOf =>
    function* (ctx) {
      ctx.callActivity('a', input);
      yield* ctx.waitForExternalEvent('end');
    };
  it.each<[string, unknown, unknown, string]>([
    [
      'deep in it',
      { list: [{ n: 1 }, { n: 2 }] },
      { list: [{ n: 1 }, { n: 3 }] },
      '`input.list[1].n` was 2 and is 3 now',
    ],
    ['of a key that is gone', { a: 1, b: 2 }, { a: 1 }, '`input.b` was 2 and is absent now'],
    ['of a key that is new', { a: 1 }, { a: 1, 'b-c': 2 }, '`input.b-c` was absent and is 2 now'],
    ['of an element more', [1], [1, 2], '`input[1]` was absent and is 2 now'],
    ['of a type', [1], { 0: 1 }, '`input` was [1] and is {"0":1} now'],
    ['of all', 'then', undefined, '`input` was "then" and is absent now'],
    ['of a date', { at: new Date(0) }, { at: new Date(1) }, '`input.at` was "1970-01-01T00:00:00.000Z" and is "1970-'],
    ['of large numbers', 1n, 2n, '`input` was 1n and is 2n now'],
    ['of what has no JSON', [{ n: 1n }], 2, '`input` was [object Array] and is 2 now'],
    ['of much', 'x'.repeat(99), 'y'.repeat(99), `\`input\` was "${'x'.repeat(59)}… and is "y`],
  ])('shows the first difference of an input: %s', async (__, was, is, difference) => {
    expect(await told(given(was), given(is))).toContain(`It is the same call, but ${difference}`);
  });

  it.each<[string, StepsOf, StepsOf, string]>([
    [
      'a timer',
      function* (ctx) {
        ctx.createTimer('1m').cancel();
        yield* waiting(ctx, undefined as never);
      },
      function* (ctx) {
        ctx.createTimer('2m').cancel();
        yield* waiting(ctx, undefined as never);
      },
      'records a timer for 2026-01-01T00:01:00.000Z (task 0), but the code now makes a timer for 2026-01-01T00:02:00.000Z',
    ],
    [
      'a sent event',
      function* (ctx) {
        ctx.sendEvent('j', 'go', 1);
        yield* waiting(ctx, undefined as never);
      },
      function* (ctx) {
        ctx.sendEvent('k', 'go', 1);
        yield* waiting(ctx, undefined as never);
      },
      "records the sending of event 'go' to 'j', but the code now makes the sending of event 'go' to 'k'",
    ],
    [
      'a sub-orchestration',
      function* (ctx) {
        ctx.callSubOrchestrator(child, undefined, { tags: { team: 'red' } });
        yield* waiting(ctx, undefined as never);
      },
      function* (ctx) {
        ctx.callSubOrchestrator(child, undefined, { tags: { team: 'blue' } });
        yield* waiting(ctx, undefined as never);
      },
      "records a call of orchestration 'child' (task 0)",
    ],
    [
      'a compensation',
      function* (ctx) {
        yield* ctx.scope(function* (scope) {
          scope.addCompensation('a');
          yield* waiting(ctx, undefined as never);
        });
      },
      function* (ctx) {
        yield* ctx.scope(function* (scope) {
          scope.addCompensation('b');
          yield* waiting(ctx, undefined as never);
        });
      },
      "records the compensation 'a', but the code now makes the compensation 'b'",
    ],
    [
      'the end of a scope',
      function* (ctx) {
        // biome-ignore lint/correctness/useYield: it waits for nothing
        yield* ctx.scope(function* (scope) {
          scope.addCompensation('a');
        });
        yield* waiting(ctx, undefined as never);
      },
      function* (ctx) {
        yield* ctx.scope(function* (scope) {
          scope.addCompensation('a');
          yield* waiting(ctx, undefined as never);
        });
      },
      'records the removal of compensations 0, but the code now makes no further call in turn 1',
    ],
    [
      'another attempt',
      function* (ctx) {
        try {
          yield* ctx.callActivity('x', 1, { retry: { maxAttempts: 2, firstRetryInterval: 1 } });
        } catch {
          yield* waiting(ctx, undefined as never);
        }
      },
      function* (ctx) {
        try {
          yield* ctx.callActivity('x', 1);
        } catch {
          yield* waiting(ctx, undefined as never);
        }
      },
      'records a timer for 2026-01-01T00:00:00.001Z (task 1), but the code now makes no further call in turn 2',
    ],
    [
      'a continueAsNew',
      function* (ctx) {
        yield* ctx.callActivity('a');
        ctx.continueAsNew(1);
      },
      function* (ctx) {
        yield* ctx.callActivity('a');
        ctx.continueAsNew(2);
      },
      'records continueAsNew, but the code now makes continueAsNew, as call 1 of turn 2. It is the same call, but `input` was 1',
    ],
    [
      'an error',
      function* (ctx) {
        yield* ctx.callActivity('a');
        throw new Error('then');
      },
      function* (ctx) {
        yield* ctx.callActivity('a');
        throw new Error('now');
      },
      'It is the same call, but `failure.message` was "then" and is "now" now',
    ],
  ])('shows what it is about: %s', async (__, was, is, text) => {
    expect(await told(was, is)).toContain(text);
  });

  it('counts events and turns as they lie in a history that was rewound', async () => {
    const play = await Play.start(write(calling('a', 'missing')), options);
    await play.finish();
    await play.rewind();
    await play.apply({ type: 'TaskCompleted', taskId: 1 });
    await play.reload(write(calling('a', 'missing')));
    const reload = play.reload(write(calling('a', 'b')));
    await expect(reload).rejects.toThrow("event 6 records a call of activity 'missing' (task 1)");
    await expect(reload).rejects.toThrow('as call 1 of turn 2');
  });
});
