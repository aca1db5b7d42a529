/**
 * The stores of a task hub's database. The version rises only when a store or an index changes, one release after code
 * that can read it.
 */
import type { DBSchema, IDBPDatabase, IDBPTransaction, StoreNames } from 'idb';
import type { HistoryEvent } from '../../src/core/history';
import type { Packed } from '../packed';
import type { MetaRecords } from './meta';
import type { StoredRecord, StoredRow } from './packing';
import type { InboxRecord, Outcome } from './records';

export const databaseVersion = 2;

export function databaseName(hub: string): string {
  return `perdure/${hub}`;
}

export interface Schema extends DBSchema {
  /** Added, never put. */
  log: { key: number; value: StoredRecord };
  instances: {
    key: string;
    value: StoredRow;
    indexes: { created: [createdTime: number, id: string]; due: number; parent: string };
  };
  history: { key: [id: string, execution: number, index: number]; value: Packed<HistoryEvent> };
  /** The database numbers them, and never gives a number twice. */
  inbox: { key: number; value: Omit<InboxRecord, 'number'> | InboxRecord };
  outcomes: { key: number; value: Outcome };
  payloads: { key: [execution: number, number: number]; value: unknown };
  staged: { key: [execution: number, number: number]; value: true };
  meta: { key: keyof MetaRecords; value: MetaRecords[keyof MetaRecords] };
}

/** Brings the database from an older version (0: there was none) to this one. Steps are added; none is ever changed. */
export function upgradeStores(
  database: IDBPDatabase<Schema>,
  from: number,
  transaction: IDBPTransaction<Schema, StoreNames<Schema>[], 'versionchange'>,
): void {
  if (from < 1) {
    database.createObjectStore('log', { keyPath: 'commit' });
    const instances = database.createObjectStore('instances', { keyPath: 'id' });
    instances.createIndex('created', ['createdTime', 'id']);
    instances.createIndex('due', 'due');
    database.createObjectStore('history');
    database.createObjectStore('inbox', { keyPath: 'number', autoIncrement: true });
    for (const name of ['outcomes', 'payloads', 'staged', 'meta'] as const) database.createObjectStore(name);
  }
  // Rows without a parent are not in it.
  if (from < 2) transaction.objectStore('instances').createIndex('parent', 'parent.instanceId');
}

/** All keys that begin with these parts: an array is greater than any number or string. */
export function keysOf(...start: readonly (string | number)[]): IDBKeyRange {
  return IDBKeyRange.bound(start, [...start, []]);
}
