/**
 * An instance that is terminated runs nothing any more, also not what it registered to undo its steps. Those are recorded,
 * so the hub has them called, by an orchestration of its own.
 */
import { type CompensationAdded, effectiveHistory, type HistoryEvent } from '../../src/core';

/** What would have to be undone now, the newest step first. */
export function pendingCompensations(history: readonly HistoryEvent[]): CompensationAdded[] {
  const pending = new Map<number, CompensationAdded>();
  for (const { event } of effectiveHistory(history)) {
    if (event.type === 'CompensationAdded') pending.set(event.id, event);
    else if (event.type === 'CompensationsRemoved') for (const id of event.ids) pending.delete(id);
  }
  return [...pending.values()].toReversed();
}
