/**
 * What comes from the database is checked where it comes in, as far as whoever reads relies on it: other scripts of the
 * origin can write there, and disks forget. It is on the way of every read, so only the outermost shape is looked at.
 */
import { PayloadError, StorageError, toFailure } from '../../src/core/errors';
import { unpack } from '../packed';
import { type CheckpointRecord, damagedError } from './meta';
import { type StoredRecord, type StoredRow, unpackRecord } from './packing';
import type { InboxRecord, InstanceRow, LogRecord, Outcome } from './records';
import type { PageRow } from './store';

/** @throws StorageError: whatever is left out, all that comes after would be something else */
export function toRecord(stored: StoredRecord | undefined): LogRecord {
  const record: Partial<LogRecord> = stored ? unpackRecord(stored) : {};
  const { commit, epoch, counts, carry, entries } = record;
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
  if (!isWhole) throw damagedError(`record ${String(commit)} of the log`);
  return record as LogRecord;
}

/** @throws StorageError */
export function checkCheckpoint(record: CheckpointRecord | undefined): CheckpointRecord {
  if (!record || !Number.isFinite(record.checkpoint) || !Array.isArray(record.counts)) {
    throw damagedError('where the checkpoint stands');
  }
  return record;
}

/** A row; undefined if it is none. */
export function toRow(stored: StoredRow | undefined): InstanceRow | undefined {
  const row = toPageRow(stored);
  if (!row || stored?.events === undefined) return row;
  const events = unpack(stored.events);
  return events && { ...row, events };
}

/** The same without its history. */
export function toPageRow(stored: StoredRow | undefined): PageRow | undefined {
  if (!isRow(stored)) return undefined;
  const { events: _, ...row } = stored;
  return row;
}

function isRow(row: StoredRow | undefined): row is StoredRow {
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
