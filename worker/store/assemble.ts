/**
 * A stored history from its chunks. Slices of a checkpoint come in any order and more than once, so chunks may overlap
 * or go beyond what the row counts; since committed events never change, only a hole is an error.
 */
import { PayloadError } from '../../src/core/errors';
import type { HistoryEvent } from '../../src/core/history';
import { unpack } from '../packed';
import type { InstanceRow } from './records';

/** Events under the index of the first of them. */
export type IndexedEvents = readonly [index: number, events: readonly HistoryEvent[]];

/**
 * @param chunks in the order of their indexes. Not looked at when the row has its history inside.
 * @throws PayloadError when an event is missing or is none: it concerns this instance alone.
 */
export function assembleHistory(row: InstanceRow, chunks: Iterable<IndexedEvents>): HistoryEvent[] {
  const events: HistoryEvent[] = [];
  for (const [index, found] of row.events ? [[0, unpack(row.events) ?? []] as const] : chunks) {
    if (index > events.length) break;
    for (let at = events.length - index; at < found.length && events.length < row.count; at++) {
      const event = found[at];
      if (typeof event?.type !== 'string') break;
      events.push(event);
    }
  }
  if (events.length < row.count) {
    throw new PayloadError(
      `event ${events.length} of ${row.count} is missing in the stored history of instance '${row.id}' (execution ${row.execution})`,
    );
  }
  return events;
}
