/** What an orchestrator is told by its context, and what it may ask of it. */
import type { Duration, Steps } from '../../../src';
import type { Context } from '../../support/styles';
import { inBothStyles } from './styled';

const caught = (call: () => unknown): string => {
  try {
    return `gave ${String(call())}`;
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
};

export const context = inBothStyles(({ own }) => ({
  // biome-ignore lint/correctness/useYield: it waits for nothing
  *tells(ctx: Context, input: unknown): Steps<unknown> {
    const { instanceId, parent, version, tags } = ctx;
    return { instanceId, parent, version, tags, input, getInput: ctx.getInput() };
  },

  /** What it sees before and after an event. */
  *replays(ctx: Context): Steps<unknown> {
    const seen = [ctx.isReplaying];
    ctx.setCustomStatus({ isReplaying: ctx.isReplaying });
    ctx.log('the first time only');
    yield* ctx.waitForExternalEvent('go');
    return [...seen, ctx.isReplaying];
  },

  *tellsTime(ctx: Context): Steps<unknown> {
    const times = [ctx.currentUtcDateTime, ctx.currentUtcDateTime];
    yield* ctx.createTimer(20);
    return [...times, ctx.currentUtcDateTime];
  },

  /** Changes what it is given, which must change nothing for anybody else. */
  *mutates(ctx: Context, input: { list: number[] }): Steps<unknown> {
    input.list.push(2);
    const result = (yield* ctx.callActivity('echo', input)) as { list: number[] };
    result.list.push(3);
    return [ctx.getInput(), input, result];
  },

  *introduces(ctx: Context): Steps<unknown> {
    const known = yield* ctx.all([ctx.activities.introduce!(undefined), ctx.callActivity('introduce')]);
    return [...known, yield* ctx.callActivity('introduce')];
  },

  *leavesAlone(ctx: Context): Steps<void> {
    ctx.callActivity('echo', 'nobody awaits it');
    yield* ctx.waitForExternalEvent('go');
  },

  *sleepsUntil(ctx: Context, { due, relative }: { due?: Duration; relative?: number }): Steps<unknown> {
    const from = ctx.currentUtcDateTime.getTime();
    yield* ctx.createTimer(due ?? new Date(from + (relative ?? 0)));
    return ctx.currentUtcDateTime.getTime() - from;
  },

  *cancelsTimers(ctx: Context): Steps<unknown> {
    const fired = ctx.createTimer(1);
    yield* fired;
    fired.cancel('too late');
    const canceled = ctx.createTimer('1d');
    canceled.cancel('not needed');
    const before = [fired.isCompleted, fired.isFaulted, canceled.isCompleted, canceled.isFaulted];
    try {
      yield* canceled;
    } catch (error) {
      const { name, code, message } = error as Error & { code: string };
      return [...before, { name, code, message }];
    }
    return before;
  },

  *waitsTwice(ctx: Context): Steps<unknown> {
    const waits = [ctx.waitForExternalEvent('Item'), ctx.waitForExternalEvent('item')];
    return yield* ctx.all(waits);
  },

  *waitsInVain(ctx: Context, options: { default?: unknown }): Steps<unknown> {
    try {
      return [yield* ctx.waitForExternalEvent('item', { timeout: 20, ...options })];
    } catch (error) {
      return (error as Error & { code: string }).code;
    }
  },

  *joins(ctx: Context): Steps<unknown> {
    const slow = ctx.waitForExternalEvent('never');
    const results: unknown[] = [yield* ctx.all([]), yield* ctx.allSettled([])];
    try {
      yield* ctx.all([slow, ctx.callActivity('fail', 'the first')]);
    } catch (error) {
      results.push((error as Error).message, slow.isCompleted);
    }
    const byIndex = yield* ctx.any([slow, ctx.callActivity('increment', 1)]);
    results.push([byIndex.key, byIndex.value]);
    const byName = yield* ctx.any({ slow, failing: ctx.callActivity('fail', 'the second') });
    results.push(
      byName.key,
      caught(() => byName.value),
      caught(() => ctx.any([])),
    );
    return results;
  },

  *shows(ctx: Context): Steps<unknown> {
    const seen = [ctx.customStatus];
    ctx.setCustomStatus({ progress: 1 });
    seen.push(ctx.customStatus);
    yield* ctx.waitForExternalEvent('go');
    ctx.setCustomStatus('nearly');
    yield* ctx.waitForExternalEvent('go');
    return seen;
  },

  /** Draws before and after an event; what was drawn first is recorded as well. */
  *draws(ctx: Context): Steps<unknown> {
    const draw = () => [ctx.newGuid(), ctx.newGuid(), ctx.random(), ctx.random()];
    const first = yield* ctx.callActivity('echo', draw());
    yield* ctx.waitForExternalEvent('go');
    return [first, draw()];
  },

  *goesOn(ctx: Context, round: { n: number; options?: { keepEvents?: boolean; version?: string } }): Steps<unknown> {
    if (round.n === 0) {
      ctx.setCustomStatus('the first round');
      ctx.createTimer('60d');
      ctx.callActivity('forever');
      yield* ctx.waitForExternalEvent('next');
      ctx.continueAsNew({ ...round, n: 1 }, round.options);
    }
    const { version, tags, parent } = ctx;
    return {
      round,
      version,
      tags,
      parent,
      item: yield* ctx.waitForExternalEvent('item', { timeout: 5, default: 'none' }),
    };
  },

  *countsDown(ctx: Context, n: number): Steps<unknown> {
    if (n > 0) ctx.continueAsNew(n - 1);
    yield* ctx.callActivity('echo');
    return n;
  },

  /** A child that continues as new is still a child. */
  *waitsForOneThatGoesOn(ctx: Context): Steps<unknown> {
    return yield* ctx.callSubOrchestrator(own('countsDown'), 3);
  },

  *refused(ctx: Context): Steps<unknown> {
    const calls: (() => unknown)[] = [
      () => ctx.callActivity('echo', () => {}),
      () => ctx.callActivity('echo', ctx.createTimer(1)),
      () => ctx.createTimer(-1),
      () => ctx.createTimer(new Date(Number.NaN)),
      () => ctx.waitForExternalEvent(''),
      () => ctx.sendEvent('', 'go'),
      () => ctx.setCustomStatus({ at: { symbol: Symbol('s') } }),
      () => ctx.continueAsNew(Symbol('s')),
      () => ctx.patched(''),
      () => ctx.callSubOrchestrator(function* stranger() {}),
    ];
    const said = calls.map(caught);
    yield* ctx.callActivity('echo');
    return said;
  },
}));
