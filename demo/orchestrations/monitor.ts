import type { OrchestrationContext, Steps } from 'perdure';
import type * as activities from '../activities';
import type { Stage } from '../activities/check-order';

export interface NewOrder {
  number: string;
  takesMs: number;
}

type Context = OrchestrationContext<
  typeof activities,
  { customStatus: { stage: Stage; checks: number } }
>;

/** Asks after an order, less and less often, until it is delivered. */
export function* monitor(ctx: Context, input: NewOrder): Steps<number> {
  // The time of the turn: the same on replay.
  const order = { ...input, placed: ctx.currentUtcDateTime };
  let pauseMs = 2_000;
  for (let checks = 1; ; checks++) {
    const stage = yield* ctx.callActivity('checkOrder', order);
    ctx.setCustomStatus({ stage, checks });
    if (stage === 'delivered') return checks;

    // Meanwhile nothing runs, and the tab may be closed.
    yield* ctx.createTimer(pauseMs);
    pauseMs = Math.min(pauseMs * 2, 60_000);
  }
}
