import type { OrchestrationContext } from 'perdure';
import type * as activities from '../activities';

type Context = OrchestrationContext<typeof activities, { customStatus: { greetings: string[] } }>;

/** A chain: one activity after the other. A reload in between goes on with the next city. */
export async function helloCities(ctx: Context, cities: string[]): Promise<string[]> {
  const greetings: string[] = [];
  for (const city of cities) {
    // Recorded once it is there: after a reload, what was said is not said again.
    greetings.push(await ctx.callActivity('sayHello', city));
    ctx.setCustomStatus({ greetings });
  }
  return greetings;
}
