import type { OrchestrationContext } from 'perdure';
import type * as activities from '../activities';

type Context = OrchestrationContext<
  typeof activities,
  { customStatus: { greetings: string[] } }
>;

/** A chain: one activity after the other. */
export async function helloCities(ctx: Context, cities: string[]) {
  const greetings: string[] = [];
  for (const city of cities) {
    // Each greeting is recorded: after a reload, the next city is greeted.
    greetings.push(await ctx.callActivity('sayHello', city));
    ctx.setCustomStatus({ greetings });
  }
  return greetings;
}
