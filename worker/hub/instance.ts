/**
 * An instance in the hub's memory: where it stands, the batch under way included, and its live orchestrator. It is
 * made from what is committed, and thrown away when a commit fails.
 */
import type { Execution, HistoryEvent, MessageEvent, ParentLink, PayloadRef } from '../../src/core';
import type { CountedState, InstanceRow, InstanceState, Parked } from '../store/records';

const none: readonly number[] = [];

export class Instance {
  status: InstanceState = 'Pending';
  /** Events in its history. */
  count = 0;
  payloads = 0;
  /** The number of payloads that its entries tell of. */
  packedPayloads = 0;
  parent: ParentLink | undefined;
  version: string | undefined;
  tags: Readonly<Record<string, string>> | undefined;
  /** When it is to begin, if it has not. */
  startAt: number | undefined;
  parked: Parked | undefined;
  isSuspended = false;
  /** Whether it has started others; undefined if that is not known. */
  isParent: boolean | undefined = false;
  /** The live orchestrator, kept between turns. */
  run: Execution | undefined;
  /** It has decided to continue as new, and its next execution is under way: whatever else comes is for that one. */
  continuing = false;
  /** Messages that lie in the history and wait for a turn. */
  unplayed: MessageEvent[] = [];
  /** What the batch under way adds to its history. */
  readonly uncommitted: HistoryEvent[] = [];
  /** Numbers of the payloads that the custom status alone refers to. */
  statusPayloads: readonly number[] = none;
  /** It was used since it came to the head of the line of those that may go from memory. */
  isUsed = true;
  #origins: WeakMap<object, PayloadRef> | undefined;

  constructor(
    readonly id: string,
    readonly execution: number,
    readonly name: string,
    readonly createdTime: number,
  ) {}

  static of(row: InstanceRow): Instance {
    const instance = new Instance(row.id, row.execution, row.name, row.createdTime);
    instance.status = row.status;
    instance.count = row.count;
    instance.payloads = row.payloads;
    instance.packedPayloads = row.payloads;
    instance.statusPayloads = row.statusPayloads ?? [];
    instance.parent = row.parent;
    instance.version = row.version;
    instance.tags = row.tags;
    instance.startAt = row.startAt;
    instance.parked = row.parked;
    instance.isSuspended = row.suspended !== undefined;
    instance.isParent = row.isParent;
    return instance;
  }

  /** Which payloads its Blobs and the like came from. Few have any. */
  get origins(): WeakMap<object, PayloadRef> {
    this.#origins ??= new WeakMap();
    return this.#origins;
  }

  /** Whether what comes is kept, and not played. */
  isHeld(now: number): boolean {
    return this.isSuspended || this.parked !== undefined || (this.startAt !== undefined && this.startAt > now);
  }

  /** What it is counted by. Code of the first schema did not count the parked apart, and did not name a build. */
  get counted(): CountedState {
    return !this.hasEnded && (this.isSuspended || this.parked?.build !== undefined) ? 'Suspended' : this.status;
  }

  get hasEnded(): boolean {
    return this.status !== 'Pending' && this.status !== 'Running';
  }
}
