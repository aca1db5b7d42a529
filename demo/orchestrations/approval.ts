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
  const decision = await ctx.waitForExternalEvent('decision', {
    timeout: proposal.within,
    default: 'none',
  });
  if (decision === 'none') return 'Nobody decided in time.';
  if (decision === 'rejected') return 'Rejected.';
  const booking = await ctx.callActivity('book', proposal.what);
  return `Approved. Booked as ${booking}.`;
}
