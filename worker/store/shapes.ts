/**
 * What comes from the database is checked where it comes in, as far as whoever reads relies on it: other scripts of the
 * origin can write there, and disks forget. It is on the way of every read, so only the outermost shape is looked at.
 */
import { PayloadError, StorageError, toFailure } from '../../src/core/errors';
import { type CheckpointRecord, damagedError } from './meta';
import type { InboxRecord, InstanceRow, LogRecord, Outcome } from './records';

/** @throws StorageError: whatever is left out, all that comes after would be something else */
export function checkRecord(record: LogRecord | undefined): LogRecord {
  const { commit, epoch, counts, carry, entries }: Partial<LogRecord> = record ?? {};
  const isWhole =
    Number.isFinite(commit) &&
    Number.isFinite(epoch) &&
    Array.isArray(counts) &&
    Array.isArray(carry) &&
    Array.isArray(entries) &&
    entries.every(
      (entry) =>
        typeof entry?.id === 'string' &&
        Number.isFinite(entry.execution) &&
        (entry.kind === 'delete' || Array.isArray(entry.events)),
    );
  if (!record || !isWhole) throw damagedError(`record ${String(commit)} of the log`);
  return record;
}

/** @throws StorageError */
export function checkCheckpoint(record: CheckpointRecord | undefined): CheckpointRecord {
  if (!record || !Number.isFinite(record.checkpoint) || !Array.isArray(record.counts)) {
    throw damagedError('where the checkpoint stands');
  }
  return record;
}

export function isRow(row: InstanceRow | undefined): row is InstanceRow {
  return (
    typeof row?.id === 'string' &&
    Number.isFinite(row.execution) &&
    Number.isFinite(row.commit) &&
    Number.isFinite(row.count) &&
    Array.isArray(row.open) &&
    Array.isArray(row.waits)
  );
}

/** One instance is lost, and the others go on. */
export function lostRow(id: string): PayloadError {
  return new PayloadError(`the row of instance '${id}' cannot be read from the storage, or is damaged`);
}

/** A command as far as it is one. Of the rest, the hub finds that it knows no such method, and refuses it. */
export function toInboxRecord(found: Partial<InboxRecord>): InboxRecord {
  const { number = 0, method, args, build } = found;
  return typeof method === 'string' && Array.isArray(args) && typeof build === 'string'
    ? (found as InboxRecord)
    : { number, build: '', method: '', args: [] };
}

/** An outcome; or, if it cannot be read or is damaged, one that says so: who waits for it must not wait for ever. */
export function toOutcome(found: Outcome | symbol | undefined): Outcome {
  if (typeof found === 'object' && found !== null && Number.isFinite(found.time)) return found;
  const lost = new StorageError(
    'the command was carried out or refused, but what became of it cannot be read any more',
  );
  return { time: 0, failure: toFailure(lost) };
}
