import type { OrchestrationContext, Steps } from 'perdure';
import type * as activities from '../activities';
import type { Stage } from '../activities/check-order';

type Context = OrchestrationContext<typeof activities, { customStatus: { stage: Stage; checks: number } }>;

/** Looks after an order, less and less often, until it is delivered. */
export function* monitor(ctx: Context, order: { number: string; takesMs: number }): Steps<{ checks: number }> {
  // The time of the turn, which is the same on replay; `new Date()` would give it as well.
  const placed = ctx.currentUtcDateTime;
  let pauseMs = 2_000;
  for (let checks = 1; ; checks++) {
    const stage = yield* ctx.callActivity('checkOrder', { ...order, placed });
    ctx.setCustomStatus({ stage, checks });
    if (stage === 'delivered') return { checks };

    // Nothing runs meanwhile. The tab may be closed; the timer is due by the clock.
    yield* ctx.createTimer(pauseMs);
    pauseMs = Math.min(pauseMs * 2, 60_000);
  }
}
