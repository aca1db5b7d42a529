/**
 * An instance in the hub's memory: where it stands, the batch under way included, and its live orchestrator. It is
 * made from what is committed, and thrown away when a commit fails.
 */
import type { Execution, MessageEvent, ParentLink, PayloadRef } from '../../src/core';
import type { InstanceRow, InstanceState, Parked } from '../store/records';

export class Instance {
  status: InstanceState = 'Pending';
  /** Events in its history. */
  count = 0;
  payloads = 0;
  /** The number of payloads that its entries tell of. */
  packedPayloads = 0;
  parent: ParentLink | undefined;
  parked: Parked | undefined;
  /** The live orchestrator, kept between turns. */
  run: Execution | undefined;
  /** It has decided to continue as new, and its next execution is under way: whatever else comes is for that one. */
  continuing = false;
  /** Messages that lie in the history and wait for a turn. */
  unplayed: MessageEvent[] = [];
  readonly origins = new WeakMap<object, PayloadRef>();

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
    instance.parent = row.parent;
    instance.parked = row.parked;
    return instance;
  }

  get hasEnded(): boolean {
    return this.status !== 'Pending' && this.status !== 'Running';
  }
}
