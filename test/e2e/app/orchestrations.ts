/** The orchestrations that all builds have. */
import type { OrchestrationContext } from 'perdure';
import type * as activities from './activities';
import { keepThread } from './switches';

export type Context = OrchestrationContext<typeof activities>;

/** Some activities, one after the other. */
export async function steps(ctx: Context, count: number): Promise<number> {
  let sum = 0;
  for (let n = 0; n < count; n++) sum += await ctx.callActivity('step', n);
  return sum;
}

/** The same, for each of some children at once. */
export function* family(ctx: Context, { children, count }: { children: number; count: number }) {
  const calls = Array.from({ length: children }, () => ctx.callSubOrchestrator(steps, count));
  const sums = yield* ctx.all(calls);
  return sums.reduce((all, sum) => all + sum, 0);
}

/** Gathers events until there are so many. */
export async function collect(ctx: Context, count: number): Promise<number[]> {
  const items: number[] = [];
  while (items.length < count) items.push(await ctx.waitForExternalEvent<number>('item'));
  return items;
}

export async function sleep(ctx: Context, ms: number): Promise<string> {
  await ctx.createTimer(ms);
  return 'slept';
}

/** Always has a timer that is due at once. */
export async function ticks(ctx: Context, count: number): Promise<number> {
  for (let n = 0; n < count; n++) await ctx.createTimer(1);
  return count;
}

/** A turn that takes long. */
export async function ponder(ctx: Context, ms: number): Promise<string> {
  keepThread(ms);
  await ctx.callActivity('step', 1);
  return 'pondered';
}

/** A turn that never ends, the first or a later one. */
export async function loop(ctx: Context, startsAtOnce: boolean): Promise<void> {
  if (!startsAtOnce) await ctx.waitForExternalEvent('go');
  for (;;);
}

/** An activity that takes its tab with it. */
export async function kill(ctx: Context): Promise<void> {
  await ctx.callActivity('deadly');
}
