/**
 * Records as they lie in IndexedDB: the log and the histories are many small objects, and are stored as text.
 *
 * These shapes lie in users' databases. Up to schema 3, the lists were stored as they are, and some still are.
 */
import type { HistoryEvent } from '../../src/core/history';
import { isPlain, type Packed, pack, packWhere, unpack } from '../packed';
import type { Carried, InstanceRow, LogEntry, LogRecord } from './records';

export interface StoredRecord extends Omit<LogRecord, 'carry' | 'entries'> {
  carry: Packed<Carried>;
  entries: Packed<LogEntry>;
}

export interface StoredRow extends Omit<InstanceRow, 'events'> {
  events?: Packed<HistoryEvent>;
}

export function packRecord({ carry, entries, ...record }: LogRecord): StoredRecord {
  return { ...record, carry: pack(carry), entries: packWhere(entries, isPlainEntry) };
}

/** As it was, but for what cannot be unpacked. */
export function unpackRecord({ carry, entries, ...record }: StoredRecord): Partial<LogRecord> {
  const [unpackedCarry, unpackedEntries] = [unpack(carry), unpack(entries)];
  return {
    ...record,
    ...(unpackedCarry && { carry: unpackedCarry }),
    ...(unpackedEntries && { entries: unpackedEntries }),
  };
}

/** The events one by one: then most of them need nothing that remembers what was met. */
function isPlainEntry(entry: LogEntry): boolean {
  if (entry.kind === 'delete') return true;
  return entry.events.every((event) => isPlain(event)) && (!entry.fields || isPlain(entry.fields));
}

export function packRow({ events, ...row }: InstanceRow): StoredRow {
  return events ? { ...row, events: pack(events) } : row;
}
