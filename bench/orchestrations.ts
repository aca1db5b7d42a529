/** Each load's orchestrator, in both styles. Those that end give the number of activities that have run. */
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
