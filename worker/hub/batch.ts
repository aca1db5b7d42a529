/** One group commit in the making: what it will write, and what may leave the hub once it is written. */
import { type HistoryEvent, sizeOf, toFailure } from '../../src/core';
import type { ActivityTask } from '../pool';
import { bytesOfEvent } from '../store/event-list';
import type {
  AppendEntry,
  ChangedFields,
  CountChange,
  CountedState,
  CreateEntry,
  Heartbeat,
  LogEntry,
  OpenTask,
  Outcome,
  PayloadKey,
} from '../store/records';
import { withHeartbeats } from '../store/tail';
import type { Instance } from './instance';
import type { Caller, Message } from './message';
import { type PackedPayload, pack, packEvent } from './payloads';
import { taskIdOf } from './task-key';
import { type DueTimer, startTimer } from './timers';

/** Executions that one commit can make: their numbers are made of the commit's and their position in it. */
const executionsPerCommit = 2 ** 20;

export class Batch {
  /** What it took from the mailboxes. */
  readonly taken: Message[] = [];
  readonly entries: LogEntry[] = [];
  /** Instances whose state in memory is ahead of the store until the commit is complete. */
  readonly touched = new Set<string>();
  payloads: PackedPayload[] = [];
  /** Payloads that nothing refers to any more once it is written. */
  readonly dropped: PayloadKey[] = [];
  /** Instances whose open work is set going again once it is written, as after a restart. */
  readonly resumed = new Set<string>();
  /** About how many bytes it writes. */
  bytes = 0;

  // What the commit sets free:
  readonly tasks: ActivityTask[] = [];
  readonly timers: DueTimer[] = [];
  readonly cancels: { execution: number; taskId: number; reason: string }[] = [];
  readonly replies: { caller: Caller; outcome: Parameters<Caller['done']>[0] }[] = [];

  readonly #open = new Map<string, CreateEntry | AppendEntry>();
  readonly #counts = new Map<string, CountChange>();
  #executions = 0;

  constructor(
    readonly commit: number,
    readonly time: number,
  ) {}

  get counts(): CountChange[] {
    return [...this.#counts.values()].filter((count) => count.by !== 0);
  }

  nextExecution(): number {
    return this.commit * executionsPerCommit + this.#executions++;
  }

  /** Changes an instance in what it is counted by. */
  recount(instance: Instance, change: () => void): void {
    const before = instance.counted;
    change();
    const after = instance.counted;
    if (before === after) return;
    this.count(instance.name, before, -1);
    this.count(instance.name, after, 1);
  }

  count(name: string, status: CountedState, by: 1 | -1): void {
    const key = `${status} ${name}`;
    const count = this.#counts.get(key);
    if (count) count.by += by;
    else this.#counts.set(key, { name, status, by });
  }

  create(instance: Instance): void {
    const { id, execution, createdTime } = instance;
    const entry: CreateEntry = { kind: 'create', id, execution, createdTime, events: [] };
    this.entries.push(entry);
    this.#open.set(id, entry);
    this.touched.add(id);
  }

  delete(instance: Instance): void {
    this.entries.push({ kind: 'delete', id: instance.id, execution: instance.execution });
    this.#open.delete(instance.id);
    this.touched.add(instance.id);
  }

  /**
   * Adds events to an instance's history.
   * @returns what the batch adds to it so far, in its storable form
   * @throws PayloadError
   */
  append(instance: Instance, events: readonly HistoryEvent[]): readonly HistoryEvent[] {
    const entry = this.#entryOf(instance);
    for (const event of events) {
      const packed = packEvent(event, instance, this.payloads);
      entry.events.push(packed);
      instance.uncommitted.push(event);
      this.bytes += bytesOfEvent(packed);
    }
    instance.count += events.length;
    this.#countPayloads(instance);
    return entry.events;
  }

  /** Gives the instance another custom status. What the one before had in payloads goes with it. @throws PayloadError */
  setStatus(instance: Instance, value: unknown): void {
    const { execution, payloads: first, statusPayloads: former } = instance;
    const customStatus = pack(value, 'the custom status', instance, this.payloads, true);
    const numbers = Array.from({ length: instance.payloads - first }, (_, i) => first + i);
    if (former.length > 0) {
      const isFormer = ([of, number]: PayloadKey) => of === execution && former.includes(number);
      const unwritten = this.payloads.filter(({ key }) => isFormer(key)).map(({ key }) => key[1]);
      this.payloads = this.payloads.filter(({ key }) => !isFormer(key));
      for (const number of former) if (!unwritten.includes(number)) this.dropped.push([execution, number]);
    }
    instance.statusPayloads = numbers;
    this.#countPayloads(instance);
    this.change(instance, {
      customStatus,
      ...((numbers.length > 0 || former.length > 0) && { statusPayloads: numbers }),
    });
  }

  #countPayloads(instance: Instance): void {
    if (instance.payloads === instance.packedPayloads) return;
    instance.packedPayloads = instance.payloads;
    this.change(instance, { payloads: instance.payloads });
  }

  change(instance: Instance, fields: ChangedFields): void {
    const entry = this.#entryOf(instance);
    entry.fields = { ...entry.fields, ...fields };
  }

  /** Of several heartbeats of a call, the last counts. */
  beat(instance: Instance, heartbeat: Heartbeat): void {
    const { fields } = this.#entryOf(instance);
    this.change(instance, { heartbeats: withHeartbeats(fields?.heartbeats, [heartbeat]) });
    this.bytes += 32 + sizeOf(heartbeat.details);
  }

  /** The heartbeat that has come in this batch for a call. */
  heartbeatOf(instance: Instance, call: number): Heartbeat | undefined {
    return this.#open.get(instance.id)?.fields?.heartbeats?.find((each) => each.call === call);
  }

  #entryOf(instance: Instance): CreateEntry | AppendEntry {
    const { id, execution, count } = instance;
    const open = this.#open.get(id);
    if (open?.execution === execution) return open;
    const entry: AppendEntry = { kind: 'append', id, execution, index: count, events: [] };
    this.entries.push(entry);
    this.#open.set(id, entry);
    this.touched.add(id);
    return entry;
  }

  /** The commands of other tabs that it answers. */
  get consumed(): { number: number; outcome: Outcome }[] {
    return this.replies.flatMap(({ caller: { inbox }, outcome }) => {
      if (inbox === undefined) return [];
      const told = 'error' in outcome ? { failure: toFailure(outcome.error) } : { value: outcome.value };
      return { number: inbox, outcome: { time: this.time, ...told } };
    });
  }

  /** Gives up all that an instance has open: what is committed, and what this batch would set free. */
  cancelAll(instance: Instance, committed: Iterable<number>, reason: string): void {
    const { id, execution } = instance;
    const scheduled = this.tasks.filter((task) => task.instanceId === id).map(({ key }) => taskIdOf(key));
    for (const taskId of [...committed, ...scheduled]) this.cancels.push({ execution, taskId, reason });
  }

  /** The execution is over: nobody waits for its timers any more. */
  cancelTimers({ execution, startAt }: Instance, committed: Iterable<OpenTask>): void {
    const reason = 'the execution is over';
    if (startAt !== undefined) this.cancels.push({ execution, taskId: startTimer, reason });
    for (const { kind, taskId } of committed) if (kind === 'timer') this.cancels.push({ execution, taskId, reason });
    for (const { taskId, execution: of } of this.timers)
      if (of === execution) this.cancels.push({ execution, taskId, reason });
  }

  reply(message: Message, outcome: Parameters<Caller['done']>[0]): void {
    if (message.caller) this.replies.push({ caller: message.caller, outcome });
  }
}
