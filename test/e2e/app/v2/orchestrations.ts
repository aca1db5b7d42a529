/** The app after a deploy, with an orchestration that does not go on with what was recorded, and one that does. */
import type { Context } from '../orchestrations';

export * from '../orchestrations';

export async function order(ctx: Context): Promise<number> {
  const first = await ctx.callActivity('step', 10);
  await ctx.waitForExternalEvent('go');
  return first + (await ctx.callActivity('step', 20));
}

export async function patchedOrder(ctx: Context): Promise<number> {
  const first = await ctx.callActivity('step', ctx.patched('ten times as much') ? 10 : 1);
  await ctx.waitForExternalEvent('go');
  return first;
}

export async function onlyInV2(ctx: Context): Promise<string> {
  await ctx.callActivity('step', 2);
  return 'v2';
}
