/**
 * What a host needs of the browser: time, locks, channels, storage, workers. All of it is handed in, so that a simulation
 * of several tabs can stop, lose, reorder and break each.
 */
import type { Channel } from '../../src/protocol';
import type { ActivityPool, WorkerPoolOptions } from '../pool';
import type { Store } from '../store/store';
import type { HubClock } from './surroundings';

/** The part of Web Locks that is used. */
export type Locks = Pick<LockManager, 'request' | 'query'>;

/** What the browser says of the room for this origin's data. */
export interface Room {
  /** Bytes. */
  used: number;
  allowed: number;
  /** Whether the browser deletes nothing of it to make room for others. */
  isPersistent: boolean;
}

export interface Environment {
  readonly clock: HubClock;
  /** Undefined where there are none: in pages that are not served over https, nor from localhost. */
  readonly locks: Locks | undefined;
  /** From 0 to 1. */
  random(): number;
  openChannel(name: string): Channel;
  /** `memory` when the browser stores nothing: then this tab has a hub of its own, which ends with it. */
  readonly storage: 'disk' | 'memory';
  /**
   * A connection to the hub's database.
   * @param onBlocked a tab with an older version of the database keeps it from being opened, or does not any more
   */
  openStore(onBlocked?: (isBlocked: boolean) => void): Store;
  createPool(options: Pick<WorkerPoolOptions, 'holds' | 'onResults' | 'onNote'>): ActivityPool;
  /** Undefined if the browser does not say. */
  room(): Promise<Room | undefined>;
}
