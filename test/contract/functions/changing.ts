/** Orchestrations that change while instances of them are under way: as they were, broken, and mended. */
import type { Steps } from '../../../src';
import type { Context } from '../../support/styles';
import { inBothStyles } from './styled';

const flow = (list: number[]) =>
  function* (ctx: Context): Steps<unknown> {
    const result = yield* ctx.callActivity('echo', { list });
    return [result, yield* ctx.waitForExternalEvent('first'), yield* ctx.waitForExternalEvent('second')];
  };

const versioned = (words: string) =>
  function* (ctx: Context): Steps<unknown> {
    return [words, ctx.version, yield* ctx.waitForExternalEvent('go')];
  };

const upgrades = function* (ctx: Context, n: number): Steps<unknown> {
  return [n, ctx.version, yield* ctx.waitForExternalEvent('go')];
};

const startsVersioned = (own: (name: string) => (ctx: Context, input: unknown) => unknown) =>
  function* (ctx: Context): Steps<unknown> {
    const shared = yield* ctx.callSubOrchestrator(own('tellsVersion'));
    return [shared, yield* ctx.callSubOrchestrator(own('versioned'))];
  };

/** The same function in both versions. */
const shared = inBothStyles(() => ({
  // biome-ignore lint/correctness/useYield: it waits for nothing
  *tellsVersion(ctx: Context): Steps<unknown> {
    return ctx.version;
  },
}));

/** The way that it went before there was another. */
const patches = function* (ctx: Context): Steps<unknown> {
  yield* ctx.waitForExternalEvent('first');
  yield* ctx.callActivity('echo', 'the old way');
  yield* ctx.waitForExternalEvent('second');
  return 'the old way';
};

/** The registered version 1. */
export const older = {
  ...shared,
  ...inBothStyles(({ own }) => ({
    versioned: versioned('the first version'),
    startsVersioned: startsVersioned(own),
    *upgrades(ctx: Context, n: number): Steps<unknown> {
      yield* ctx.waitForExternalEvent('go');
      ctx.continueAsNew(n + 1, { version: '2' });
    },
  })),
};

const second = {
  ...shared,
  ...inBothStyles(({ own }) => ({
    versioned: versioned('the second version'),
    startsVersioned: startsVersioned(own),
    upgrades,
  })),
};

export const changing = {
  ...second,
  ...inBothStyles(() => ({ flow: flow([1]), removed: flow([1]), patches })),
};

/** A call with another input; an orchestration that is not there any more, and a version as well. */
export const broken = {
  ...second,
  ...inBothStyles(() => ({ flow: flow([2]), patches })),
};

export const mended = {
  ...changing,
  ...inBothStyles(() => ({
    *patches(ctx: Context): Steps<unknown> {
      yield* ctx.waitForExternalEvent('first');
      const way = ctx.patched('new way') ? 'the new way' : 'the old way';
      yield* ctx.callActivity('echo', way);
      yield* ctx.waitForExternalEvent('second');
      return way;
    },
  })),
};
