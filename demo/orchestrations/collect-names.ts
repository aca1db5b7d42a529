import type { OrchestrationContext, Steps } from 'perdure';
import type * as activities from '../activities';

type Context = OrchestrationContext<
  typeof activities,
  {
    input: { names: string[] };
    events: { addname: string; done: undefined };
    customStatus: { names: string[]; prompt?: string };
  }
>;

/** Collects the names that people send, today or next week, until done. */
export function* collectNames(ctx: Context): Steps<string[]> {
  const { names } = ctx.getInput();
  ctx.setCustomStatus({ names });
  const prompt = yield* ctx.callActivity('collectNames', names);
  ctx.setCustomStatus({ names, prompt });

  const done = ctx.waitForExternalEvent('done');
  for (let round = 1; round <= 3; round++) {
    const name = ctx.waitForExternalEvent('addname');
    const first = yield* ctx.any({ name, done });
    if (first.key === 'done') return names;
    names.push(first.value);
    ctx.setCustomStatus({ names, prompt });
  }
  // Begins anew with the names so far: its history stays short for ever.
  return ctx.continueAsNew({ names });
}
