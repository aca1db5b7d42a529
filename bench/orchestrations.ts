/** Each load's orchestrator, in both styles. Those that end give the number of what they have gone through. */
import type { OrchestrationContext, Steps } from 'perdure';
import type * as activities from './activities';

type Context = OrchestrationContext<typeof activities>;

export async function chain(ctx: Context, n: number): Promise<number> {
  let done = 0;
  while (done < n) done = await ctx.callActivity('noop', done + 1);
  return done;
}

export function* chainOfSteps(ctx: Context, n: number): Steps<number> {
  let done = 0;
  while (done < n) done = yield* ctx.callActivity('noop', done + 1);
  return done;
}

export async function fanOut(ctx: Context, n: number): Promise<number> {
  const results = await ctx.all(Array.from({ length: n }, (_, i) => ctx.callActivity('noop', i)));
  return results.length;
}

export function* fanOutOfSteps(ctx: Context, n: number): Steps<number> {
  const results = yield* ctx.all(Array.from({ length: n }, (_, i) => ctx.callActivity('noop', i)));
  return results.length;
}

/** It is over with its start: there is nothing to wait for. */
export function* nothing(ctx: Context): Steps<number> {
  return (yield* ctx.all([])).length;
}

export async function countEvents(ctx: Context, n: number): Promise<number> {
  let seen = 0;
  for (; seen < n; seen++) await ctx.waitForExternalEvent('go');
  return seen;
}

export function* countEventsInSteps(ctx: Context, n: number): Steps<number> {
  let seen = 0;
  for (; seen < n; seen++) yield* ctx.waitForExternalEvent('go');
  return seen;
}

export async function parent(ctx: Context, n: number): Promise<number> {
  const children = await ctx.all(Array.from({ length: n }, () => ctx.callSubOrchestrator(nothing)));
  return children.length;
}

export function* parentOfSteps(ctx: Context, n: number): Steps<number> {
  const children = yield* ctx.all(Array.from({ length: n }, () => ctx.callSubOrchestrator(nothing)));
  return children.length;
}

/** Sleeps until a time, in milliseconds since the epoch. */
export function* alarm(ctx: Context, at: number): Steps<number> {
  yield* ctx.createTimer(new Date(at));
  return at;
}

/** Sleeps until it is told to go. */
export function* sleeper(ctx: Context): Steps<void> {
  yield* ctx.waitForExternalEvent('go');
}

/** How an instance comes to its history. */
interface Past {
  of: 'chain' | 'fanOut';
  activities: number;
}

/** Has a history, and from then on waits for `go`, again and again. */
export async function waits(ctx: Context, { of, activities }: Past): Promise<never> {
  if (of === 'chain') await chain(ctx, activities);
  else await fanOut(ctx, activities);
  for (;;) await ctx.waitForExternalEvent('go');
}

export function* waitsInSteps(ctx: Context, { of, activities }: Past): Steps<never> {
  if (of === 'chain') yield* chainOfSteps(ctx, activities);
  else yield* fanOutOfSteps(ctx, activities);
  for (;;) yield* ctx.waitForExternalEvent('go');
}
