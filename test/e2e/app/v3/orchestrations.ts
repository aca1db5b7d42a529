/** The app after another deploy: what is not here was removed. */
import type { Context } from '../orchestrations';

export * from '../orchestrations';

export async function onlyInV3(ctx: Context): Promise<string> {
  await ctx.callActivity('step', 3);
  return 'v3';
}
