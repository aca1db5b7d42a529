import type { Simulation } from '../../support/simulation';

/**
 * Crashes the hub right after the first commit that `action` leads to: what that batch did not reach any more lies in
 * its record as carry, and nowhere else.
 */
export async function crashAfterOneCommit(sim: Simulation, action: () => Promise<unknown>): Promise<void> {
  let commits = 0;
  sim.options.faults = (operation) => (operation === 'commit' && commits++ > 0 ? 'fail-before' : 'ok');
  // Every turn takes so long that its batch closes.
  sim.clock.pace = 9;
  await action();
  await sim.quiet();
  sim.crash();
  sim.clock.pace = 0;
  sim.options.faults = () => 'ok';
}

/** What the newest commit carried over. */
export function carried(sim: Simulation): unknown[] {
  const carry = [...sim.database.log.values()].at(-1)?.carry ?? [];
  return carry.map((each) => ({ kind: each.kind, to: each.to, ...('event' in each && { type: each.event.type }) }));
}
