/** The app as it was first. */
import type { Context } from '../orchestrations';

export * from '../orchestrations';

/** The next build calls something else. */
export async function order(ctx: Context): Promise<number> {
  const first = await ctx.callActivity('step', 1);
  await ctx.waitForExternalEvent('go');
  return first + (await ctx.callActivity('step', 2));
}

/** The next build asks whether it goes the new way. */
export async function patchedOrder(ctx: Context): Promise<number> {
  const first = await ctx.callActivity('step', 1);
  await ctx.waitForExternalEvent('go');
  return first;
}

/** The next build does not have it any more. */
export async function onlyInV1(ctx: Context): Promise<string> {
  await ctx.waitForExternalEvent('go');
  return 'v1';
}
