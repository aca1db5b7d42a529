import type { Duration, OrchestrationContext } from 'perdure';
import type * as activities from '../activities';

export interface Request {
  what: string;
  within: Duration;
}

type Context = OrchestrationContext<typeof activities, { events: { decision: 'approved' | 'rejected' } }>;

/** Waits for a decision, but not for ever: whichever comes first, the event or the deadline, settles it. */
export async function approval(ctx: Context, { what, within }: Request): Promise<string> {
  const decision = ctx.waitForExternalEvent('decision');
  const deadline = ctx.createTimer(within);
  const first = await ctx.any({ decision, deadline });

  if (first.key === 'deadline') {
    decision.cancel('too late');
    return 'Nobody decided in time.';
  }
  deadline.cancel();
  if (first.value === 'rejected') return 'Rejected.';
  const booking = await ctx.callActivity('book', what);
  return `Approved. Booked as ${booking}.`;
}
