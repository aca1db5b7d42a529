import type { Duration, OrchestrationContext } from 'perdure';
import type * as activities from '../activities';

export interface Proposal {
  what: string;
  within: Duration;
}

type Context = OrchestrationContext<
  typeof activities,
  { events: { decision: 'approved' | 'rejected' } }
>;

/** Waits for a decision until a deadline: the first to come settles it. */
export async function approval(ctx: Context, proposal: Proposal) {
  const decision = ctx.waitForExternalEvent('decision');
  const deadline = ctx.createTimer(proposal.within);
  const first = await ctx.any({ decision, deadline });

  if (first.key === 'deadline') {
    decision.cancel('too late');
    return 'Nobody decided in time.';
  }
  deadline.cancel();
  if (first.value === 'rejected') return 'Rejected.';
  const booking = await ctx.callActivity('book', proposal.what);
  return `Approved. Booked as ${booking}.`;
}
