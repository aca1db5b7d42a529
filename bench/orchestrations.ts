/** Each load's orchestrator, in both styles. All give the number of activities that have run. */
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
