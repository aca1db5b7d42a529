/**
 * Records as they lie in IndexedDB: the log and the histories are many small objects, and are stored as text.
 *
 * These shapes lie in users' databases. Up to schema 3, the lists were stored as they are, and some still are.
 */
import type { HistoryEvent } from '../../src/core/history';
import { isPlain, type Packed, pack, unpack } from '../packed';
import type { Carried, InstanceRow, LogEntry, LogRecord } from './records';

export interface StoredRecord extends Omit<LogRecord, 'carry' | 'entries'> {
  carry: Packed<Carried>;
  entries: Packed<LogEntry>;
}

export interface StoredRow extends Omit<InstanceRow, 'events'> {
  events?: Packed<HistoryEvent>;
}

export function packRecord({ carry, entries, ...record }: LogRecord): StoredRecord {
  return { ...record, carry: pack(carry), entries: packEntries(entries) };
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

/** Packs what a commit adds to histories: the same text goes into the log, and later into a row. */
export function packEvents(entries: readonly LogEntry[]): void {
  for (const entry of entries) if (entry.kind !== 'delete') entry.packed ??= pack(entry.events);
}

/** As {@link pack} would, of what is packed already. */
function packEntries(entries: readonly LogEntry[]): Packed<LogEntry> {
  const texts: string[] = [];
  for (const entry of entries) {
    const text = textOf(entry);
    if (text === undefined) return pack(entries.map(withoutPacked));
    texts.push(text);
  }
  return `[${texts.join(',')}]`;
}

function textOf(entry: LogEntry): string | undefined {
  if (entry.kind === 'delete') return JSON.stringify(entry);
  const { kind, id, execution, packed = pack(entry.events), fields } = entry;
  const [name, at] = entry.kind === 'create' ? ['createdTime', entry.createdTime] : ['index', entry.index];
  if (typeof packed !== 'string' || (fields && !isPlain(fields)) || !Number.isFinite(at)) return undefined;
  const rest = fields ? `,"fields":${JSON.stringify(fields)}` : '';
  return `{"kind":"${kind}","id":${JSON.stringify(id)},"execution":${execution},"${name}":${at},"events":${packed}${rest}}`;
}

function withoutPacked(entry: LogEntry): LogEntry {
  if (entry.kind === 'delete') return entry;
  const { packed: _, ...rest } = entry;
  return rest;
}

export function packRow({ events, ...row }: InstanceRow): StoredRow {
  return events ? { ...row, events: packAgain(events) } : row;
}

/** What is packed already stays as it is. */
export function packAgain<T extends object>(items: Packed<T>): Packed<T> {
  return Array.isArray(items) ? pack(items) : items;
}
