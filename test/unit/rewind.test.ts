/** Where a failed execution goes on, and what of its history counts from there. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OrchestrationContext, Steps } from '../../src';
import { effectiveHistory, type HistoryEvent, type OpenWork, rewindPoint } from '../../src/core';
import { Play } from '../support/core-turns';
import { styles } from '../support/styles';

/** Activities that fail until they are mended. */
function fragile(...broken: string[]) {
  const isBroken = new Set(broken);
  const calls: string[] = [];
  return {
    calls,
    mend: (name?: string) => (name === undefined ? isBroken.clear() : isBroken.delete(name)),
    does: {
      work: (name: string) => {
        calls.push(name);
        if (isBroken.has(name)) throw new Error(`no ${name}`);
        return `${name} done`;
      },
    },
  };
}

const turnOf = (play: Play, type: HistoryEvent['type'], nth = 0): number => {
  const at = play.history.map((event, i) => (event.type === type ? i : -1)).filter((i) => i >= 0)[nth] as number;
  return play.history.findLastIndex((event, i) => i < at && event.type === 'OrchestratorStarted');
};

describe.each(styles)('a failed execution of %s', (_, write) => {
  it('goes on before the failure that it failed with, not before one that it has handled', async () => {
    const { calls, does, mend } = fragile('optional', 'needed');
    const play = await Play.start(
      write(function* (ctx) {
        let first: unknown;
        try {
          first = yield* ctx.callActivity('work', 'optional');
        } catch {
          first = 'without';
        }
        return [first, yield* ctx.callActivity('work', 'needed')];
      }),
      { does },
    );
    await play.finish();
    const point = rewindPoint(play.history);
    expect(point).toEqual({
      from: turnOf(play, 'TaskFailed', 1),
      taskIds: 2,
      open: [{ kind: 'activity', taskId: 1, name: 'work' }],
      compensations: 0,
    });
    mend();
    await play.rewind();
    expect(await play.finish()).toMatchObject({ result: ['without', 'needed done'] });
    expect(calls).toEqual(['optional', 'needed', 'needed']);
    await play.reload();
  });

  it('is told by the failure itself, or by its causes', async () => {
    const { does } = fragile('optional', 'needed');
    const play = await Play.start(
      write(function* (ctx) {
        const both = [ctx.callActivity('work', 'optional'), ctx.callActivity('work', 'needed')];
        const settled = yield* ctx.allSettled(both);
        const { reason } = settled[1] as PromiseRejectedResult;
        throw new Error('it did not work', { cause: new Error('because', { cause: reason }) });
      }),
      { does },
    );
    expect(await play.finish()).toMatchObject({ failure: { cause: { cause: { code: 'TaskFailed', taskId: 1 } } } });
    expect(rewindPoint(play.history).from).toBe(turnOf(play, 'TaskFailed', 1));
  });

  it('begins a call that was retried anew, with its first attempt', async () => {
    const { calls, does, mend } = fragile('flaky');
    const retry = { maxAttempts: 3, firstRetryInterval: '1s' } as const;
    const play = await Play.start(
      write(function* (ctx) {
        return yield* ctx.callActivity('work', 'flaky', { retry });
      }),
      { does },
    );
    await play.finish();
    expect(rewindPoint(play.history)).toMatchObject({
      from: turnOf(play, 'TaskFailed'),
      taskIds: 5,
      open: [{ kind: 'activity', taskId: 0, name: 'work' }],
    });
    await play.rewind();
    await play.finish();
    expect(calls).toHaveLength(6);
    mend();
    await play.rewind();
    expect(await play.finish()).toMatchObject({ result: 'flaky done' });
    await play.reload();
  });

  it('goes on before the first failure that no attempt has made good, if its own error was no task’s', async () => {
    let calls = 0;
    const { does } = fragile('optional');
    const play = await Play.start(
      write(function* (ctx) {
        yield* ctx.callActivity('flaky', 1, { retry: { maxAttempts: 2, firstRetryInterval: 1 } });
        const settled = yield* ctx.allSettled([ctx.callActivity('work', 'optional')]);
        throw new Error(`it is ${settled[0]?.status}`);
      }),
      {
        does: {
          ...does,
          flaky: () => {
            if (++calls === 1) throw new Error('down');
          },
        },
      },
    );
    expect(await play.finish()).toMatchObject({ failure: { message: 'it is rejected' } });
    expect(rewindPoint(play.history).from).toBe(turnOf(play, 'TaskFailed', 1));
  });

  it('goes on before its last turn, if nothing has failed but its own code', async () => {
    let isMended = false;
    const play = await Play.start(
      write(function* (ctx) {
        const event = yield* ctx.waitForExternalEvent('go');
        yield* ctx.createTimer('1s');
        if (!isMended) throw new RangeError('a mistake');
        return event;
      }),
    );
    await play.raise('go', 'gone');
    await play.finish();
    expect(rewindPoint(play.history)).toEqual({
      from: turnOf(play, 'TimerFired'),
      taskIds: 1,
      open: [],
      compensations: 0,
    });
    isMended = true;
    const turn = await play.rewind();
    expect(turn.events[0]).toMatchObject({ type: 'OrchestratorStarted' });
    expect(play.end).toMatchObject({ result: 'gone' });
    await play.reload();
  });

  it('goes on at its very start, if it failed there', async () => {
    let isMended = false;
    const play = await Play.start(
      write(function* (ctx, input: string) {
        if (isMended) return yield* ctx.callActivity('work', input);
        throw new Error('a mistake');
      }),
      { ...fragile(), input: 'late' },
    );
    expect(rewindPoint(play.history)).toEqual({ from: 0, taskIds: 0, open: [], compensations: 0 });
    isMended = true;
    await play.rewind();
    expect(await play.finish()).toMatchObject({ result: 'late done' });
    expect(effectiveHistory(play.history).slice(0, 3)).toMatchObject([
      { index: 1, event: { type: 'ExecutionStarted' } },
      { index: 4, event: { type: 'ExecutionRewound' } },
      { index: 5, event: { type: 'OrchestratorStarted' } },
    ]);
    await play.reload();
  });

  it('keeps everything if the hub has failed it outside of any turn', async () => {
    const { does } = fragile();
    const play = await Play.start(
      write(function* (ctx) {
        return [yield* ctx.waitForExternalEvent('go'), yield* ctx.callActivity('work', 'a')];
      }),
      { does },
    );
    const failure = { name: 'PayloadError', message: 'too much', code: 'Payload' };
    play.keep({ type: 'EventRaised', name: 'go', input: 1 });
    play.history.push({ type: 'ExecutionCompleted', status: 'Failed', failure });
    expect(rewindPoint(play.history)).toEqual({
      from: play.history.length - 1,
      taskIds: 0,
      open: [],
      compensations: 0,
    });
    await play.rewind();
    expect(await play.finish()).toMatchObject({ result: [1, 'a done'] });
    await play.reload();
  });

  it('passes over a failure that was kept unplayed, but not over what else was kept', async () => {
    const { does, mend } = fragile('a');
    const play = await Play.start(
      write(function* (ctx) {
        const all = ctx.all([ctx.callActivity('work', 'a'), ctx.callActivity('work', 'b')]);
        return [yield* ctx.waitForExternalEvent('go'), yield* all];
      }),
      { does },
    );
    const [a, b] = [...play.open.values()] as [OpenWork, OpenWork];
    play.keep(play.messageOf(b), play.messageOf(a), { type: 'EventRaised', name: 'go', input: 1 });
    await play.apply();
    const { from, open } = rewindPoint(play.history);
    expect(play.history[from]).toMatchObject({ type: 'TaskFailed' });
    expect(open).toEqual([a]);
    mend();
    await play.rewind();
    expect(await play.finish()).toMatchObject({ result: [1, ['a done', 'b done']] });
    await play.reload();
  });

  it('keeps results and events that came after the failure, and forgets what was called after it', async () => {
    const { calls, does, mend } = fragile('a');
    const play = await Play.start(
      write(function* (ctx) {
        const slow = ctx.callActivity('work', 'slow');
        try {
          yield* ctx.callActivity('work', 'a');
        } catch (error) {
          yield* ctx.callActivity('work', 'tidy up');
          yield* slow;
          yield* ctx.waitForExternalEvent('go');
          throw error;
        }
        return [yield* slow, yield* ctx.waitForExternalEvent('go')];
      }),
      { does },
    );
    const slow = play.open.get(0) as OpenWork;
    play.open.delete(0);
    await play.step();
    await play.step();
    await play.apply(play.messageOf(slow));
    await play.raise('go', 'gone');
    expect(play.ended).toBe(true);
    expect(rewindPoint(play.history)).toMatchObject({ taskIds: 3, open: [{ taskId: 1 }] });
    mend();
    await play.rewind();
    expect(await play.finish()).toMatchObject({ result: ['slow done', 'gone'] });
    expect(calls).toEqual(['a', 'tidy up', 'slow', 'a']);
    await play.reload();
  });

  it('waits again for the children that have failed, but not for those that it left to themselves', async () => {
    const child = () => {};
    const play = await Play.start(
      write(function* (ctx) {
        yield* ctx.callSubOrchestrator(child, undefined, { detached: true });
        yield* ctx.callSubOrchestrator(child);
      }),
      { children: { child } },
    );
    await play.finish();
    expect(rewindPoint(play.history).open).toEqual([
      { kind: 'subOrchestration', taskId: 1, name: 'child', instanceId: 'i:7-1' },
    ]);
  });

  it('waits again for the timers and events that it waited for', async () => {
    const { does } = fragile('a');
    const play = await Play.start(
      write(function* (ctx) {
        ctx.waitForExternalEvent('go', { timeout: '1h' });
        ctx.createTimer('2h').cancel();
        yield* ctx.callActivity('work', 'a');
      }),
      { does },
    );
    const fireAt = play.now + 3_600_000;
    await play.finish();
    await play.rewind();
    expect([...play.open.values()]).toEqual([
      { kind: 'timer', taskId: 0, fireAt },
      { kind: 'activity', taskId: 2, name: 'work' },
    ]);
    expect(play.execution.waits).toEqual(['go']);
    // Whoever shows it has forgotten it when the execution ended, and is told with the next turn.
    expect((await play.raise('other')).waits).toEqual(['go']);
    expect((await play.raise('other')).waits).toBeUndefined();
    await play.reload();
    expect((await play.raise('other')).waits).toBeUndefined();
  });

  it.each([
    ['has not ended', 'go'],
    ['has completed', undefined],
  ])('is refused if it %s', async (__, event) => {
    const play = await Play.start(
      write(function* (ctx) {
        if (event) yield* ctx.waitForExternalEvent(event);
      }),
    );
    expect(() => rewindPoint(play.history)).toThrow(expect.objectContaining({ code: 'InstanceNotFailed' }));
  });

  it('that has gone on is judged by what counts', async () => {
    const { does, mend } = fragile('a', 'b');
    const play = await Play.start(
      write(function* (ctx) {
        return [yield* ctx.callActivity('work', 'a'), yield* ctx.callActivity('work', 'b')];
      }),
      { does },
    );
    await play.finish();
    mend('a');
    await play.rewind();
    await play.finish();
    mend('b');
    const { from } = rewindPoint(play.history);
    expect(play.history[from + 1]).toMatchObject({ type: 'TaskFailed', taskId: 1 });
    await play.rewind();
    expect(await play.finish()).toMatchObject({ result: ['a done', 'b done'] });
    await play.reload();
  });
});

// ------------------------------------------------------------------------------------------------ any program

type Step =
  | { do: 'work' | 'child' | 'retry' | 'handled'; name: string }
  | { do: 'all'; names: string[] }
  | { do: 'timer' }
  | { do: 'event' };

const name = fc.constantFrom(...'abcdefgh');
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constantFrom('work', 'child', 'retry', 'handled'), name }),
  fc.record({ do: fc.constant('all'), names: fc.uniqueArray(name, { maxLength: 4 }) }),
  fc.record({ do: fc.constant('timer') }),
  fc.record({ do: fc.constant('event') }),
);

const child = () => {};

function* program(ctx: OrchestrationContext, steps: Step[]): Steps<unknown[]> {
  const results: unknown[] = [];
  for (const each of steps) {
    switch (each.do) {
      case 'work':
        results.push(yield* ctx.callActivity('work', each.name));
        break;
      case 'child':
        results.push(yield* ctx.callSubOrchestrator(child as () => string, each.name as never));
        break;
      case 'retry':
        results.push(
          yield* ctx.callActivity('work', each.name, { retry: { maxAttempts: 2, firstRetryInterval: '1s' } }),
        );
        break;
      case 'handled':
        try {
          yield* ctx.callActivity('fail', each.name);
        } catch {
          results.push('handled');
        }
        break;
      case 'all':
        results.push(yield* ctx.all(each.names.map((one) => ctx.callActivity('work', one))));
        break;
      case 'timer':
        yield* ctx.createTimer('1m');
        break;
      case 'event':
        results.push(yield* ctx.waitForExternalEvent('go'));
    }
  }
  return results;
}

function expected(steps: Step[]): unknown[] {
  let events = 0;
  return steps.flatMap((each): unknown[] => {
    switch (each.do) {
      case 'timer':
        return [];
      case 'event':
        return [events++];
      case 'handled':
        return ['handled'];
      case 'all':
        return [each.names.map((one) => `${one} done`)];
      default:
        return [`${each.name} done`];
    }
  });
}

describe.each(styles)('any program of %s, rewound after each failure', (_, write) => {
  it('comes to what it comes to without failures, repeats nothing that succeeded, and uses no number twice', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 8 }),
        fc.uniqueArray(name),
        fc.infiniteStream(fc.nat(100)),
        async (steps, broken, picks) => {
          const { does, mend } = fragile(...broken);
          const play = await Play.start(
            write((ctx, input: Step[]) => program(ctx, input)),
            {
              input: steps,
              does: { ...does, child: does.work },
              children: { child },
              pick: (count) => (picks.next().value as number) % count,
            },
          );
          let events = 0;
          for (let rewinds = 0; ; rewinds++) {
            while (!play.ended) {
              if (play.open.size > 0) await play.step();
              else await play.raise('go', events++);
            }
            const end = play.end as { failure?: { message: string }; result?: unknown };
            if (!end.failure) {
              expect(end.result).toEqual(expected(steps));
              break;
            }
            expect(rewinds).toBeLessThan(broken.length);
            // Only the one that is to blame is mended, so that there are several rewinds.
            mend(/no (.)$/.exec(end.failure.message)?.[1]);
            await play.rewind();
          }
          await play.reload();
          const scheduled = play.history.filter(({ type }) => /Scheduled|Created/.test(type));
          const ids = scheduled.map((event) => (event as { taskId: number }).taskId);
          expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
          const results = play.history.filter(({ type }) => /^(Task|SubOrch.*)Completed$/.test(type));
          expect(new Set(results.map((event) => (event as { taskId: number }).taskId)).size).toBe(results.length);
        },
      ),
      { numRuns: 300 },
    );
  });
});
