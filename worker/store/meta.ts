/**
 * The records in `meta`: who owns the hub, where its checkpoint stands, and how it fares. They are apart because every
 * commit reads the first, and the second grows with the number of orchestrations.
 *
 * These shapes lie in users' databases. Add to them; never change what is there.
 */
import { NewerSchemaError, StorageError } from '../../src/core/errors';
import { type CountChange, schemaVersion } from './records';
import { ClearedError, FencedError, type StoreMeta, type Vitals } from './store';

// Captured at load: within a turn `crypto.randomUUID` is deterministic.
const randomUUID = crypto.randomUUID.bind(crypto);

/** Whose the database is. All that the fence needs is in this one record, since each read costs. */
export interface OwnerRecord {
  databaseId: string;
  epoch: number;
  /** The greatest `schemaVersion` of all that ever took over. */
  schema: number;
  /** The code that the owner runs. Not there before anybody has taken over, or when the owner did not say. */
  build?: string;
}

export interface CheckpointRecord {
  checkpoint: number;
  counts: readonly CountChange[];
}

export interface MetaRecords {
  owner: OwnerRecord;
  checkpoint: CheckpointRecord;
  /** Not there before schema 2. */
  vitals?: Vitals;
}

/** What a hub may write as. */
export type Claim = Pick<OwnerRecord, 'databaseId' | 'epoch'>;

/** The records of a database that nobody has taken over yet. */
export function newMeta(): MetaRecords {
  return {
    owner: { databaseId: randomUUID(), epoch: 0, schema: schemaVersion },
    checkpoint: { checkpoint: 0, counts: [] },
  };
}

export function isVitals(vitals: Vitals | undefined): vitals is Vitals {
  return Number.isFinite(vitals?.restarts);
}

/** The vitals of who takes over from an owner that left these. */
export function nextVitals({ restarts, running, tries }: Vitals): Vitals {
  return { restarts: restarts + 1, ...(running && { suspect: running }), ...(tries && { tries }) };
}

/** The owner record of who takes over. */
export function nextOwner({ build: _former, ...owner }: OwnerRecord, build: string | undefined): OwnerRecord {
  return { ...owner, epoch: owner.epoch + 1, schema: schemaVersion, ...(build !== undefined && { build }) };
}

export function toStoreMeta(
  { databaseId, epoch, build }: OwnerRecord,
  { checkpoint, counts }: CheckpointRecord,
): StoreMeta {
  return { databaseId, epoch, ...(build !== undefined && { build }), checkpoint, counts };
}

/**
 * Checks that the database is one that this code can read, and the one that was known before. A new one has its owner
 * record from the transaction that made it.
 * @throws NewerSchemaError, ClearedError, StorageError
 */
export function recognize(owner: OwnerRecord | undefined, knownId: string | undefined): OwnerRecord {
  if (!owner) throw new ClearedError('emptied');
  if (typeof owner.databaseId !== 'string' || !Number.isFinite(owner.epoch)) throw damagedError('who owns the hub');
  if (knownId !== undefined && owner.databaseId !== knownId) throw new ClearedError('deleted');
  if (owner.schema > schemaVersion) {
    throw new NewerSchemaError(
      `the storage was written by a newer perdure (schema ${owner.schema}; this one knows ${schemaVersion}): reload the page to get the newer one`,
    );
  }
  return owner;
}

/** @param what of the database is none of perdure's */
export function damagedError(what: string): StorageError {
  return new StorageError(
    `the storage is damaged: ${what} does not stand there as perdure wrote it; only clearing this site's data helps`,
  );
}

/**
 * Checks that nobody else has taken over.
 * @throws FencedError, ClearedError
 */
export function checkFence(owner: OwnerRecord | undefined, claim: Claim | undefined): void {
  if (!claim) throw new FencedError('this hub has not taken over the database');
  if (!owner) throw new ClearedError('emptied');
  if (owner.databaseId !== claim.databaseId) throw new FencedError('the database is not the one that was taken over');
  if (owner.epoch !== claim.epoch) {
    throw new FencedError(`another hub has taken over (epoch ${owner.epoch}; this one has ${claim.epoch})`);
  }
}
