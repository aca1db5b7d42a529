/** `ctx.scope`: a part of an orchestration that ends as a whole, in time, and is undone as a whole. */
import { describe, expect, it } from 'vitest';
import type { OrchestrationContext, Steps, Task } from '../../../src';
import {
  compensationOrchestrator,
  type HistoryEvent,
  type OrchestrationScope,
  openCompensations,
} from '../../../src/core';
import { Play, type PlayOptions } from '../../support/core-turns';
import { styles } from '../../support/styles';

type Scope = OrchestrationScope;

/** Books what it is told to, unless it is full, and undoes it. */
function bookings(full: string[] = [], stuck: string[] = []) {
  const log: string[] = [];
  return {
    log,
    does: {
      book: (what: string) => {
        if (full.includes(what)) throw new Error(`no ${what}`);
        log.push(`+${what}`);
        return what;
      },
      cancel: (what: string) => {
        if (stuck.includes(what)) throw new Error(`cannot cancel ${what}`);
        log.push(`-${what}`);
      },
    } satisfies PlayOptions['does'],
  };
}

function* book(scope: Scope, what: string): Steps<string> {
  const booked = yield* scope.callActivity('book', what);
  scope.addCompensation('cancel', what);
  return booked as string;
}

/** The names of an error and of its causes. */
const chain = (error: unknown): string[] =>
  error instanceof Error ? [`${error.name}: ${error.message}`, ...chain(error.cause)] : [];

/** The open steps to undo, after each event of a history. */
const openAfterEach = (history: readonly HistoryEvent[]) =>
  history.map((_, i) => openCompensations(history.slice(0, i + 1)).map(({ input }) => input));

describe.each(styles)('a scope in %s', (_, write) => {
  /** A scope whose body is in the style under test. */
  const scoped = (ctx: OrchestrationContext, body: (scope: Scope) => Steps<unknown>, options?: { timeout: '10m' }) => {
    const styled = write((scope) => body(scope as Scope));
    return ctx.scope((scope) => styled(scope, undefined as never) as Promise<unknown>, options);
  };
  /** Catches what a scope fails with. */
  const caught = (body: (scope: Scope) => Steps<unknown>, options?: { timeout: '10m' }) =>
    write(function* (ctx) {
      try {
        return yield* scoped(ctx, body, options);
      } catch (error) {
        return chain(error);
      }
    });
  async function outcome(play: Play): Promise<unknown> {
    await play.finish();
    await play.reload();
    const { result, failure } = play.end as { result?: unknown; failure?: unknown };
    return failure ?? result;
  }

  it('gives what its body gives', async () => {
    const play = await Play.start(
      caught(function* (scope) {
        return [yield* scope.callActivity('book', 'a'), scope.instanceId];
      }),
      bookings(),
    );
    expect(await outcome(play)).toEqual(['a', 'i']);
    expect(play.types).not.toContain('CompensationsRemoved');
  });

  it('may have a body that ends at once, with a result or an error', async () => {
    const orchestrator = write(function* (ctx) {
      const results = [yield* ctx.scope((() => 7) as never)];
      try {
        yield* ctx.scope(() => {
          throw new RangeError('at once');
        });
      } catch (error) {
        results.push(String(error) as never);
      }
      return results;
    });
    expect(await outcome(await Play.start(orchestrator))).toEqual([7, 'RangeError: at once']);
  });

  it('undoes nothing when it succeeds, and says so', async () => {
    const { log, does } = bookings();
    const play = await Play.start(
      caught(function* (scope) {
        yield* book(scope, 'flight');
        yield* book(scope, 'hotel');
        return 'booked';
      }),
      { does },
    );
    expect(await outcome(play)).toBe('booked');
    expect(log).toEqual(['+flight', '+hotel']);
    expect(play.decisions).toContainEqual({ type: 'CompensationsRemoved', ids: [0, 1] });
    expect(openCompensations(play.history)).toEqual([]);
  });

  it('undoes its steps, newest first, when it fails, and fails with the same error', async () => {
    const { log, does } = bookings(['car']);
    const play = await Play.start(
      caught(function* (scope) {
        yield* book(scope, 'flight');
        yield* book(scope, 'hotel');
        yield* book(scope, 'car');
      }),
      { does },
    );
    expect(await outcome(play)).toEqual(['TaskFailedError: book failed: no car', 'Error: no car']);
    expect(log).toEqual(['+flight', '+hotel', '-hotel', '-flight']);
    // What is still to be undone, the hub can tell at every moment.
    const open = openAfterEach(play.history).filter((each, i, all) => each.join() !== all[i - 1]?.join());
    expect(open).toEqual([[], ['flight'], ['hotel', 'flight'], ['flight'], []]);
  });

  it('undoes the others when an undo fails, and names it', async () => {
    const { log, does } = bookings(['car'], ['hotel', 'insurance']);
    const play = await Play.start(
      caught(function* (scope) {
        for (const what of ['flight', 'hotel', 'insurance', 'car']) yield* book(scope, what);
      }),
      { does },
    );
    expect(await outcome(play)).toEqual([
      'CompensationFailedError: not everything could be undone: cancel failed: cannot cancel insurance; cancel failed: cannot cancel hotel',
      'TaskFailedError: book failed: no car',
      'Error: no car',
    ]);
    expect(log).toEqual(['+flight', '+hotel', '+insurance', '-flight']);
    expect(openCompensations(play.history)).toEqual([]);
  });

  it('tries an undo again if it is told to', async () => {
    let calls = 0;
    const play = await Play.start(
      caught(function* (scope) {
        scope.addCompensation('undo', 'x', { retry: { maxAttempts: 3, firstRetryInterval: '1s' } });
        yield* scope.callActivity('fail');
      }),
      {
        does: {
          undo: () => {
            if (++calls < 3) throw new Error('down');
          },
        },
      },
    );
    expect(await outcome(play)).toContain('TaskFailedError: fail failed: nothing says what fail does');
    expect(calls).toBe(3);
    const retry = { maxAttempts: 3, firstRetryInterval: 1_000 };
    expect(play.decisions[0]).toEqual({ type: 'CompensationAdded', id: 0, name: 'undo', input: 'x', retry, scope: 0 });
    expect(openCompensations(play.history.slice(0, 5))).toEqual([{ name: 'undo', input: 'x', retry }]);
  });

  it('gives up what is under way when it fails', async () => {
    const play = await Play.start(
      caught(function* (scope) {
        scope.callActivity('long');
        scope.createTimer('1d');
        scope.waitForExternalEvent('go', { timeout: '2d' });
        yield* scope.createTimer('1s');
        throw new Error('enough');
      }),
    );
    play.open.delete(0);
    expect(await outcome(play)).toEqual(['Error: enough']);
    const canceled = play.decisions.flatMap((each) => (each.type === 'TaskCanceled' ? [each.taskId] : []));
    expect(canceled).toEqual([0, 1, 2]);
    expect(play.turns.at(-1)?.waits).toEqual([]);
  });

  it('fails when its time is over, and undoes its steps', async () => {
    const { log, does } = bookings();
    const play = await Play.start(
      caught(
        function* (scope) {
          yield* book(scope, 'flight');
          yield* scope.waitForExternalEvent('never');
        },
        { timeout: '10m' },
      ),
      { does },
    );
    expect(await outcome(play)).toEqual(['TimeoutError: the scope did not end within 10m']);
    expect(log).toEqual(['+flight', '-flight']);
    expect(play.now).toBe(Date.UTC(2026, 0, 1) + 600_000);
  });

  it('that ends in time leaves no timer behind', async () => {
    const play = await Play.start(
      caught(
        function* (scope) {
          return yield* scope.callActivity('book', 'a');
        },
        { timeout: '10m' },
      ),
      bookings(),
    );
    await play.step();
    expect(play.open.size).toBe(0);
    expect(await outcome(play)).toBe('a');
  });

  it('is undone when it is cancelled, and settles when that is done', async () => {
    const { log, does } = bookings();
    const play = await Play.start(
      write(function* (ctx) {
        const trip = scoped(ctx, function* (scope) {
          yield* book(scope, 'flight');
          yield* scope.waitForExternalEvent('never');
        });
        yield* ctx.waitForExternalEvent('stop');
        trip.cancel('changed my mind');
        trip.cancel('twice');
        log.push(trip.isCompleted ? 'settled' : 'under way');
        try {
          yield* trip;
        } catch (error) {
          return chain(error);
        }
        return 'not thrown';
      }),
      { does },
    );
    await play.step();
    await play.raise('stop');
    expect(await outcome(play)).toEqual(['TaskCanceledError: changed my mind']);
    expect(log.slice(0, 3)).toEqual(['+flight', 'under way', '-flight']);
  });

  it('takes no more calls once it has ended', async () => {
    const { log, does } = bookings();
    const orchestrator = write(function* (ctx) {
      let scope: Scope | undefined;
      yield* scoped(ctx, function* (inner) {
        scope = inner;
        yield* inner.createTimer(1);
      });
      const calls: ((scope: Scope) => unknown)[] = [
        (ended) => ended.callActivity('book', 'a'),
        (ended) => ended.addCompensation('cancel', 'a'),
        (ended) => ended.createTimer(1),
        (ended) => ended.waitForExternalEvent('go'),
        (ended) => ended.scope((again) => again.createTimer(1)),
        (ended) => ended.sendEvent('other', 'go'),
      ];
      return calls.map((call) => {
        try {
          return call(scope as Scope);
        } catch (error) {
          return (error as Error).message;
        }
      });
    });
    expect(await outcome(await Play.start(orchestrator, { does }))).toEqual([
      "callActivity('book') was called in a scope that has ended",
      "addCompensation('cancel') was called in a scope that has ended",
      'createTimer was called in a scope that has ended',
      "waitForExternalEvent('go') was called in a scope that has ended",
      'scope was called in a scope that has ended',
      "sendEvent('go') was called in a scope that has ended",
    ]);
    expect(log).toEqual([]);
  });

  it('whose body goes on after its time is told so at its next call', async () => {
    const { log, does } = bookings();
    const play = await Play.start(
      caught(
        function* (scope) {
          try {
            yield* scope.waitForExternalEvent('never');
          } catch (error) {
            log.push((error as Error).message);
          }
          try {
            yield* book(scope, 'late');
          } catch (error) {
            log.push((error as Error).message);
          }
        },
        { timeout: '10m' },
      ),
      { does },
    );
    await play.step();
    await play.reload();
    expect(log.slice(0, 2)).toEqual([
      'the scope has ended',
      "callActivity('book') was called in a scope that has ended",
    ]);
    expect(play.end).toMatchObject({ result: ['TimeoutError: the scope did not end within 10m'] });
  });

  it('within a scope hands its steps over when it succeeds', async () => {
    const { log, does } = bookings(['car']);
    const play = await Play.start(
      caught(function* (outer) {
        yield* book(outer, 'flight');
        yield* scoped(outer, function* (inner) {
          yield* book(inner, 'hotel');
          yield* book(inner, 'dinner');
        });
        yield* book(outer, 'train');
        yield* book(outer, 'car');
      }),
      { does },
    );
    expect(await outcome(play)).toContain('TaskFailedError: book failed: no car');
    expect(log.slice(4)).toEqual(['-train', '-dinner', '-hotel', '-flight']);
  });

  it('within a scope undoes its own steps when it fails, and the outer one may go on', async () => {
    const { log, does } = bookings(['car']);
    const play = await Play.start(
      caught(function* (outer) {
        yield* book(outer, 'flight');
        try {
          yield* scoped(outer, function* (inner) {
            yield* book(inner, 'hotel');
            yield* book(inner, 'car');
          });
        } catch {
          yield* book(outer, 'tent');
        }
        return 'camping';
      }),
      { does },
    );
    expect(await outcome(play)).toBe('camping');
    expect(log).toEqual(['+flight', '+hotel', '-hotel', '+tent']);
    expect(openCompensations(play.history)).toEqual([]);
  });

  it('that ends while scopes within it are under way undoes their steps as well, all newest first', async () => {
    const { log, does } = bookings();
    const play = await Play.start(
      caught(function* (outer) {
        const side = (what: string) =>
          scoped(outer, function* (inner) {
            yield* book(inner, `${what} 1`);
            yield* book(inner, `${what} 2`);
            yield* inner.waitForExternalEvent('never');
          });
        const [left, right] = [side('left'), side('right')];
        yield* outer.createTimer('1s');
        log.push(`${left.isCompleted} ${right.isCompleted}`);
        throw new Error('enough');
      }),
      { does },
    );
    expect(await outcome(play)).toEqual(['Error: enough']);
    expect(log.slice(0, 9)).toEqual([
      ...['+left 1', '+right 1', '+left 2', '+right 2', 'false false'],
      ...['-right 2', '-left 2', '-right 1', '-left 1'],
    ]);
  });

  it('waits for a scope within it that is undoing its steps already', async () => {
    const { log, does } = bookings(['car'], ['hotel']);
    const play = await Play.start(
      caught(function* (outer) {
        yield* book(outer, 'flight');
        const inner = scoped(outer, function* (scope) {
          yield* book(scope, 'hotel');
          yield* book(scope, 'car');
        });
        yield* outer.waitForExternalEvent('stop');
        log.push(`inner is settled: ${inner.isCompleted}`);
        throw new Error('enough');
      }),
      { does },
    );
    while (!play.decisions.some((each) => each.type === 'TaskScheduled' && each.name === 'cancel')) await play.step();
    await play.raise('stop');
    expect(await outcome(play)).toEqual([
      'CompensationFailedError: not everything could be undone: cancel failed: cannot cancel hotel',
      'Error: enough',
    ]);
    expect(log.slice(0, 4)).toEqual(['+flight', '+hotel', 'inner is settled: false', '-flight']);
  });

  it('leaves to the outer one what is still under way when it succeeds', async () => {
    const { log, does } = bookings();
    const play = await Play.start(
      caught(function* (outer) {
        yield* scoped(outer, function* (middle) {
          scoped(middle, function* (inner) {
            yield* book(inner, 'a');
            yield* inner.waitForExternalEvent('never');
          });
          scoped(middle, function* (inner) {
            yield* book(inner, 'b');
            yield* inner.createTimer('1s');
          });
          middle.createTimer('1d');
          yield* middle.createTimer(1);
        });
        yield* outer.createTimer('1m');
        throw new Error('enough');
      }),
      { does },
    );
    expect(await outcome(play)).toEqual(['Error: enough']);
    expect(log.slice(0, 4)).toEqual(['+a', '+b', '-b', '-a']);
    expect(play.open.size).toBe(0);
    expect(openCompensations(play.history)).toEqual([]);
  });

  it('may be what the end of the orchestration depends on', async () => {
    const { log, does } = bookings();
    const play = await Play.start(
      write(function* (ctx) {
        let started: Task | undefined;
        const trip = scoped(
          ctx,
          function* (scope) {
            yield* book(scope, 'flight');
            started = scope.waitForExternalEvent('never');
            scope.createTimer('1d');
            yield* scope.createTimer('2d');
          },
          { timeout: '10m' },
        );
        yield* ctx.createTimer('1m');
        try {
          yield* started as Task;
        } catch (error) {
          return [String(error), trip.isCompleted];
        }
        return 'not thrown';
      }),
      { does },
    );
    // It ends while the scope gives up its tasks, so nothing can be undone any more.
    expect(await outcome(play)).toEqual(['TaskCanceledError: the scope has ended', false]);
    expect(log).toEqual(['+flight']);
    expect(openCompensations(play.history)).toEqual([{ name: 'cancel', input: 'flight' }]);
  });

  it('refuses continueAsNew while there are steps to undo, but not without', async () => {
    const continuing = (isBooked: boolean) =>
      caught(function* (scope) {
        if (isBooked) scope.addCompensation('cancel', 'a');
        yield* scope.createTimer(1);
        return scope.continueAsNew('next');
      });
    const refused = await Play.start(continuing(true), bookings());
    expect(await outcome(refused)).toEqual([
      expect.stringContaining('TypeError: continueAsNew was called while steps may still have to be undone'),
    ]);
    const play = await Play.start(continuing(false));
    expect(await play.finish()).toEqual({ type: 'ContinueAsNew', input: 'next' });
    await play.reload();
  });

  it('refuses a predicate for an undo, which could not be recorded', async () => {
    const play = await Play.start(
      caught(function* (scope) {
        const retry = { maxAttempts: 2, firstRetryInterval: 1, retryIf: () => true };
        scope.addCompensation('cancel', 'a', { retry } as never);
        yield* scope.createTimer(1);
      }),
    );
    expect(await outcome(play)).toEqual([expect.stringContaining('was given retryIf: a function cannot be recorded')]);
  });

  it('does no harm when the orchestration ends before it', async () => {
    const { log, does } = bookings();
    const play = await Play.start(
      write(function* (ctx) {
        scoped(ctx, function* (scope) {
          yield* book(scope, 'flight');
          yield* scope.waitForExternalEvent('never');
        });
        yield* ctx.createTimer('1s');
        return 'done';
      }),
      { does },
    );
    expect(await outcome(play)).toBe('done');
    expect(log).toEqual(['+flight']);
    // It is for the hub to know that this has never been undone.
    expect(openCompensations(play.history)).toEqual([{ name: 'cancel', input: 'flight' }]);
  });

  it('can be replayed from anywhere in its undoing', async () => {
    const { log, does } = bookings(['car'], ['hotel']);
    const play = await Play.start(
      caught(function* (scope) {
        for (const what of ['flight', 'hotel', 'train', 'car']) yield* book(scope, what);
      }),
      { does },
    );
    while (!play.ended) {
      await play.reload();
      await play.step();
    }
    expect(log).toEqual(['+flight', '+hotel', '+train', '-train', '-flight']);
  });
});

describe('the orchestration that undoes what a terminated one has done', () => {
  const steps = ['train', 'hotel', 'flight'].map((input) => ({ name: 'cancel', input }));

  it('calls one activity after the other', async () => {
    const { log, does } = bookings();
    const play = await Play.start(compensationOrchestrator, { input: { steps }, does });
    expect(await play.finish()).toEqual({ type: 'ExecutionCompleted', status: 'Completed' });
    expect(log).toEqual(['-train', '-hotel', '-flight']);
    await play.reload();
  });

  it('fails in the end if one of them failed, and names it', async () => {
    const { log, does } = bookings([], ['hotel']);
    const play = await Play.start(compensationOrchestrator, { input: { steps }, does });
    expect(await play.finish()).toMatchObject({
      failure: {
        code: 'CompensationFailed',
        message: 'not everything could be undone: cancel failed: cannot cancel hotel',
        cause: { code: 'TaskFailed', taskId: 1 },
      },
    });
    expect(log).toEqual(['-train', '-flight']);
  });

  it('tries again as recorded', async () => {
    let calls = 0;
    const undo = () => {
      if (++calls < 3) throw new Error('down');
    };
    const retry = { maxAttempts: 3, firstRetryInterval: 1 };
    const play = await Play.start(compensationOrchestrator, {
      input: { steps: [{ name: 'undo', retry }] },
      does: { undo },
    });
    expect(await play.finish()).toMatchObject({ status: 'Completed' });
    expect(calls).toBe(3);
  });
});
