/**
 * The task hub: the loop that everything goes through. It takes what waits, runs the turns, writes them as one record
 * in one transaction, and only then lets out what they led to. While that transaction is under way, messages gather for
 * the next batch.
 *
 * Messages count as waiting until their commit is complete. If it fails, every instance that it touched is thrown away
 * and made anew from what is committed, and its messages wait again, in order.
 */
import { HubUnavailableError, type MessageEvent, PayloadError, StorageError, toFailure } from '../../src/core';
import type { ActivityResult, ActivityTask } from '../pool';
import type { LogRecord } from '../store/records';
import { FencedError, UnstorableError } from '../store/store';
import { eventBytes, type Tail } from '../store/tail';
import { Batch } from './batch';
import { Checkpoint } from './checkpoint';
import { Instances } from './instances';
import { Mailboxes } from './mailboxes';
import type { Message } from './message';
import { openActivities, recoverCarry, recoverTail } from './recovery';
import type { HubSurroundings } from './surroundings';
import { type DueTimer, Timers } from './timers';
import { Turns } from './turns';

/** A batch closes after so many milliseconds of turns, or so many bytes. */
const batchMs = 8;
const batchBytes = 262_144;
/** Messages that one instance may take at a time. */
const messagesPerTurn = 512;
/** Instances that are read ahead of a batch, in one transaction. */
const instancesPerLoad = 256;
/** Without work for so long, the hub writes a checkpoint. */
const idleMs = 200;
/** Timers due within this time are watched; rows that are due later stay in the store. */
const horizonMs = 3_600_000;
/** How often it is asked whether that time has come nearer: the machine may sleep, and the clock may be moved. */
const scanEveryMs = 60_000;
/** How often a command is tried again when its commit fails, and how long the hub waits in between, at first and at most. */
const commandTries = 3;
const retryMs = 50;
const maxRetryMs = 5_000;

export class Hub {
  readonly #around: HubSurroundings;
  readonly #mailboxes = new Mailboxes();
  readonly #timers: Timers;
  /** Starts that wait for a shorter log. */
  readonly #held: Message[] = [];
  readonly #running = new Map<string, { to: string; execution: number; taskId: number }>();
  #state: 'new' | 'running' | 'stopped' = 'new';
  #epoch = 0;
  #tail!: Tail;
  #instances!: Instances;
  #turns!: Turns;
  #checkpoint!: Checkpoint;
  #looping = false;
  /** The batch in the making: what it touches must stay in memory. */
  #batch: Batch | undefined;
  /** A slice of a checkpoint that is being written. */
  #slice: Promise<void> | undefined;
  #scan: unknown;
  #pause: { timer: unknown; kind: 'idle' | 'retry' } | undefined;
  #failures = 0;
  /** Messages that go one by one, to find the one that cannot be stored. */
  #solo = 0;

  constructor(around: HubSurroundings) {
    this.#around = around;
    this.#timers = new Timers(around.clock, (due) => this.#fire(due));
  }

  /** The committed state of the hub; undefined until it has started. */
  get tail(): Tail | undefined {
    return this.#state === 'running' ? this.#tail : undefined;
  }

  get epoch(): number {
    return this.#epoch;
  }

  /** Takes the hub over, and goes on where its last owner stopped. */
  async start(): Promise<void> {
    const { store, clock } = this.#around;
    const { databaseId, epoch } = await store.takeOver();

    this.#epoch = epoch;
    const { tail, meta, records } = await recoverTail(store);
    this.#tail = tail;
    this.#instances = new Instances(this.#around, tail);
    this.#turns = new Turns(this.#around, databaseId, this.#instances, this.#mailboxes);
    this.#checkpoint = new Checkpoint(
      store,
      tail,
      meta.checkpoint,
      (id) => this.#instances.has(id) || !!this.#batch?.touched.has(id),
    );
    for (const record of records) this.#checkpoint.committed(record.commit, sizeOfRecord(record));
    this.#mailboxes.restore(await recoverCarry(store, records.at(-1)?.carry ?? []));
    for (const id of [...tail.instances.keys()]) await this.#watch(id);
    await this.#watchDue(-1, clock.now() + horizonMs);
    this.#state = 'running';
    this.#wake();
  }

  /** Takes a message: a command of the page, or one of the hub's own. */
  submit(message: Message): void {
    if (this.#state === 'stopped') {
      message.caller?.done({ error: new HubUnavailableError('the task hub has stopped in this tab') });
    } else if (message.kind === 'start' && message.caller && this.#state === 'running' && this.#checkpoint.isLogFull) {
      this.#held.push(message);
    } else {
      this.#mailboxes.push(message);
      this.#wake();
    }
  }

  /** Takes results of activities. */
  finish(results: readonly ActivityResult[]): void {
    for (const result of results) {
      const task = this.#running.get(result.key);
      if (!task) continue;
      this.#running.delete(result.key);
      const { to, execution, taskId } = task;
      this.#mailboxes.push({ kind: 'deliver', to, execution, event: eventOf(result, taskId) });
    }
    this.#wake();
  }

  /** Stops for good. What is committed is for the next owner; what is not has not happened. */
  stop(reason: unknown = new HubUnavailableError('the task hub was stopped')): void {
    if (this.#state === 'stopped') return;
    this.#state = 'stopped';
    this.#timers.stop();
    this.#endPause();
    this.#around.clock.clearTimer(this.#scan);
    const waiting = [...this.#held];
    for (let next = this.#mailboxes.take(Infinity); next; next = this.#mailboxes.take(Infinity))
      waiting.push(...next.messages);
    for (const { caller } of waiting) caller?.done({ error: reason });
    this.#around.onStop(reason);
  }

  // ------------------------------------------------------------------------------------------------ the loop

  #wake(): void {
    if (this.#state !== 'running' || this.#looping || this.#pause?.kind === 'retry') return;
    this.#endPause();
    this.#looping = true;
    void this.#loop();
  }

  async #loop(): Promise<void> {
    try {
      while (this.#state === 'running' && (!this.#mailboxes.isEmpty || this.#checkpoint.isDue)) {
        if (!this.#mailboxes.isEmpty) await this.#nextBatch();
        if (this.#checkpoint.isDue) await this.#nextSlice(!this.#mailboxes.isEmpty);
        this.#failures = 0;
      }
      this.#looping = false;
      if (this.#checkpoint.isUseful) this.#pauseFor('idle', idleMs, () => this.#whenIdle());
    } catch (error) {
      this.#looping = false;
      this.#failed(error);
    }
  }

  async #whenIdle(): Promise<void> {
    this.#looping = true;
    try {
      while (this.#state === 'running' && this.#mailboxes.isEmpty && !(await this.#nextSlice(false)));
      this.#looping = false;
      this.#wake();
    } catch (error) {
      this.#looping = false;
      this.#failed(error);
    }
  }

  #failed(error: unknown): void {
    if (error instanceof FencedError) this.stop(error);
    else this.#pauseFor('retry', Math.min(retryMs * 2 ** this.#failures++, maxRetryMs), () => this.#wake());
  }

  #pauseFor(kind: 'idle' | 'retry', ms: number, then: () => void): void {
    if (this.#state !== 'running') return;
    const timer = this.#around.clock.setTimer(() => {
      this.#pause = undefined;
      then();
    }, ms);
    this.#pause = { timer, kind };
  }

  #endPause(): void {
    if (this.#pause) this.#around.clock.clearTimer(this.#pause.timer);
    this.#pause = undefined;
  }

  // ------------------------------------------------------------------------------------------------ one batch

  async #nextBatch(): Promise<void> {
    const { clock } = this.#around;
    const batch = new Batch(this.#tail.newest + 1, clock.now());
    this.#batch = batch;
    try {
      await this.#load();
      const end = clock.monotonicNow() + batchMs;
      const most = this.#solo > 0 ? 1 : messagesPerTurn;
      do {
        const next = this.#mailboxes.take(most);
        if (!next) break;
        for (const message of next.messages) batch.taken.push(message);
        if (next.messages.some(needsInstance)) await this.#instances.load([next.id]);
        await this.#turns.handle(batch, next.id, next.messages);
      } while (this.#solo === 0 && batch.bytes < batchBytes && clock.monotonicNow() < end);
      await this.#slice;
      if (this.#state === 'running') await this.#commit(batch);
      this.#instances.evict((id) => this.#mailboxes.has(id));
    } catch (error) {
      this.#undo(batch, error);
      throw error;
    } finally {
      this.#batch = undefined;
    }
  }

  /** Reads what the batch will need, in one transaction. */
  async #load(): Promise<void> {
    const ids = this.#mailboxes.firsts.slice(0, instancesPerLoad).filter(needsInstance);
    await this.#instances.load(ids.map((message) => message.to));
  }

  async #commit(batch: Batch): Promise<void> {
    const { store } = this.#around;
    const record: LogRecord = {
      commit: batch.commit,
      epoch: this.#epoch,
      time: batch.time,
      counts: batch.counts,
      carry: this.#mailboxes.carry,
      entries: batch.entries,
    };
    const consumed = batch.consumed;
    if (batch.entries.length > 0 || consumed.length > 0) {
      try {
        if (batch.payloads.length > 0) await store.stage(batch.payloads);
        await store.commit({ record, consumed, payloads: batch.payloads.map((payload) => payload.key) });
      } catch (error) {
        if (error instanceof UnstorableError || error instanceof FencedError) throw error;
        if (!(await this.#wasCommitted(record, error))) throw error;
      }
      this.#tail.apply(record);
      this.#checkpoint.committed(record.commit, batch.bytes);
    }
    this.#solo = Math.max(0, this.#solo - batch.taken.length);
    this.#release(batch);
  }

  /**
   * A commit can fail after it was written: the connection was lost before the answer came. Nothing may go on before
   * that is known, or a batch could be run twice.
   */
  async #wasCommitted({ commit, epoch }: LogRecord, error: unknown): Promise<boolean> {
    const { store, clock } = this.#around;
    for (let ms = retryMs; this.#state === 'running'; ms = Math.min(ms * 2, maxRetryMs)) {
      try {
        const { records } = await store.read({ logAbove: commit - 1 });
        return records.some((record) => record.commit === commit && record.epoch === epoch);
      } catch {
        await new Promise<void>((resolve) => clock.setTimer(resolve, ms));
      }
    }
    throw error;
  }

  /** Lets out what a commit sets free. */
  #release(batch: Batch): void {
    for (const timer of batch.timers) this.#timers.add(timer);
    this.#dispatch(batch.tasks);
    for (const { execution, taskId, reason } of batch.cancels) {
      const key = `${execution}:${taskId}`;
      this.#timers.cancel(execution, taskId);
      if (this.#running.delete(key)) this.#around.pool.cancel([key], reason);
    }
    for (const { caller, outcome } of batch.replies) caller.done(outcome);
    if (batch.touched.size === 0) return;
    for (const id of batch.touched) if (this.#instances.get(id)?.hasEnded) this.#instances.forget(id);
    this.#around.onChange(batch.touched);
  }

  #dispatch(tasks: readonly ActivityTask[]): void {
    if (tasks.length === 0) return;
    for (const { key, instanceId, taskId } of tasks) {
      this.#running.set(key, { to: instanceId, execution: Number(key.split(':')[0]), taskId });
    }
    this.#around.pool.submit(tasks);
  }

  /** Nothing of the batch has happened. */
  #undo(batch: Batch, error: unknown): void {
    for (const id of batch.touched) this.#instances.forget(id);
    const again = batch.taken.filter((message) => !this.#gaveUp(batch, message, error));
    this.#mailboxes.restore(again, batch.commit);
    if (error instanceof UnstorableError) this.#solo = Math.max(this.#solo, again.length);
  }

  /** Whether a message of a failed batch is not to be tried again. */
  #gaveUp(batch: Batch, message: Message, error: unknown): boolean {
    if (error instanceof FencedError) return false;
    const { caller } = message;
    if (error instanceof UnstorableError) {
      if (batch.taken.length > 1) return false;
      return this.#refuseValue(message, error);
    }
    // What lies in the inbox is as safe there as its sender was told.
    if (!caller || caller.inbox !== undefined) return false;
    caller.failures = (caller.failures ?? 0) + 1;
    if (caller.failures < commandTries) return false;
    caller.done({ error: error instanceof StorageError ? error : new StorageError(toFailure(error).message) });
    return true;
  }

  /** The one message whose batch cannot be stored: what it brought, or what it led to, is refused. */
  #refuseValue(message: Message, error: UnstorableError): boolean {
    const refusal = new PayloadError(`a value cannot be stored: ${error.message}`);
    if (message.caller) {
      this.#mailboxes.push({ kind: 'refuse', to: message.to, caller: message.caller, error: refusal });
      return true;
    }
    if (message.kind === 'deliver' && message.event.type === 'TaskCompleted') {
      const { taskId } = message.event;
      message.event = { type: 'TaskFailed', taskId, failure: toFailure(refusal) };
      return false;
    }
    const reason = `${refusal.name}: ${refusal.message}`;
    this.#mailboxes.push({ kind: 'deliver', to: message.to, event: { type: 'ExecutionTerminated', reason } });
    return true;
  }

  // ------------------------------------------------------------------------------------------------ beside the batches

  /** Writes the next part of a checkpoint, alongside the next batch's turns if there is one. Says if that was the last. */
  async #nextSlice(alongside: boolean): Promise<boolean> {
    await this.#slice;
    let complete = false;
    const slice = this.#checkpoint
      .next()
      .then((isComplete) => {
        complete = isComplete;
      })
      .finally(() => {
        this.#slice = undefined;
      });
    this.#slice = slice;
    // Whoever waits for the slice meets its failure; here it only must not count as unhandled.
    slice.catch(() => {});
    if (!alongside) await slice;
    if (!this.#checkpoint.isLogFull) for (const message of this.#held.splice(0)) this.submit(message);
    return complete;
  }

  #fire(due: readonly DueTimer[]): void {
    for (const { id, execution, taskId, fireAt } of due) {
      this.#mailboxes.push({ kind: 'deliver', to: id, execution, event: { type: 'TimerFired', taskId, fireAt } });
    }
    this.#wake();
  }

  /** Takes up the instances that are due after the one time and not after the other. */
  async #watchDue(above: number, upTo: number): Promise<void> {
    const { due } = await this.#around.store.read({ due: { above, upTo } });
    for (const row of due) {
      this.#tail.seed(row);
      await this.#watch(row.id);
      if (!this.#instances.has(row.id)) this.#tail.drop(row.id);
    }
    this.#scanLater(upTo);
  }

  /** Looks for what is due later, long before it is. A look that fails is taken again. */
  #scanLater(from: number): void {
    const { clock } = this.#around;
    this.#scan = clock.setTimer(() => {
      if (this.#state !== 'running') return;
      const upTo = clock.now() + horizonMs;
      if (upTo < from + horizonMs / 2) this.#scanLater(from);
      else this.#watchDue(from, upTo).catch(() => this.#scanLater(from));
    }, scanEveryMs);
  }

  /** Watches an instance's timers, and runs its open activities again. */
  async #watch(id: string): Promise<void> {
    const instance = this.#tail.get(id);
    if (!instance || instance.deleted) return;
    const { execution, parked } = instance.row;
    for (const task of instance.open.values()) {
      if (task.kind === 'timer') this.#timers.add({ id, execution, taskId: task.taskId, fireAt: task.fireAt });
    }
    if (parked) this.#mailboxes.push({ kind: 'retry', to: id });
    const tasks = await openActivities(this.#around.store, this.#tail, instance);
    this.#dispatch(tasks.map((task) => ({ ...task, idempotencyKey: this.#turns.idempotencyKey(id, task.key) })));
  }
}

/** Whether the instance must be in memory before the message can be handled. */
function needsInstance(message: Message): boolean {
  return message.kind !== 'refuse' && (message.kind !== 'start' || !message.fresh);
}

function eventOf(result: ActivityResult, taskId: number): MessageEvent {
  if (!result.ok) return { type: 'TaskFailed', taskId, failure: result.failure };
  return { type: 'TaskCompleted', taskId, ...(result.value !== undefined && { result: result.value }) };
}

function sizeOfRecord(record: LogRecord): number {
  return record.entries.reduce((bytes, entry) => bytes + ('events' in entry ? eventBytes(entry.events) : 0), 0);
}
