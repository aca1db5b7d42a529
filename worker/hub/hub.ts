/**
 * The task hub: the loop that everything goes through. It takes what waits, runs the turns, writes them as one record
 * in one transaction, and only then lets out what they led to. While that transaction is under way, messages gather for
 * the next batch.
 *
 * Messages count as waiting until their commit is complete. If it fails, every instance that it touched is thrown away
 * and made anew from what is committed, and its messages wait again, in order.
 */
import { CodecError, HubUnavailableError, OutcomeUnknownError, toFailure, WorkerLostError } from '../../src/core';
import type { ActivityNote, ActivityResult } from '../pool';
import { eventBytes } from '../store/event-list';
import { packEvents } from '../store/packing';
import type { InstanceRow, LogRecord, PayloadKey } from '../store/records';
import { FencedError, type Running, UnstorableError } from '../store/store';
import type { Tail } from '../store/tail';
import { Batch } from './batch';
import { Checkpoint } from './checkpoint';
import { Decisions } from './decisions';
import { Dispatch } from './dispatch';
import { Encoding } from './encoding';
import { Instances } from './instances';
import { Mailboxes } from './mailboxes';
import type { Message } from './message';
import { Pause } from './pause';
import { Queries } from './queries';
import { recoverCarry, recoverTail } from './recovery';
import { afterFailure, isFinal, isSomeonesFault, wasRefused } from './refusal';
import type { HubSurroundings } from './surroundings';
import { Sweep } from './sweep';
import { taskKey } from './task-key';
import { TaskReader } from './task-reader';
import { Turns } from './turns';
import { Vigil } from './vigil';

/** A batch closes after so many milliseconds of turns, or so many bytes. */
const batchMs = 8;
const batchBytes = 262_144;
/** Messages that one instance may take at a time. */
const messagesPerTurn = 512;
/** Instances that are read ahead of a batch, in one transaction. */
const instancesPerLoad = 256;
/** With more messages than this, no activity begins until half of them are committed. */
const mostWaiting = 8_192;
/** Instances that a new owner takes up at a time. */
const resumedAtOnce = 64;
/** Without work for so long, the hub writes a checkpoint. */
const idleMs = 200;
/** An outcome that nobody has come for in this time is deleted. */
const keepOutcomesMs = 24 * 3_600_000;
/** After a failure the hub waits so long, at first and at most. */
const retryMs = 50;
const maxRetryMs = 5_000;
/** When so many tries in a row have failed, who waits for a command is told. */
const triesForCommands = 3;

export class Hub {
  readonly #around: HubSurroundings;
  readonly #mailboxes = new Mailboxes();
  readonly #sweep: Sweep;
  readonly #encoding: Encoding;
  /** Starts that wait for a shorter log. */
  readonly #held: Message[] = [];
  #state: 'new' | 'running' | 'stopped' = 'new';
  #epoch = 0;
  /** Why it has stopped. */
  #stopped: unknown;
  #tail!: Tail;
  #vigil!: Vigil;
  #reader!: TaskReader;
  #dispatch!: Dispatch;
  #instances!: Instances;
  #turns!: Turns;
  #decisions!: Decisions;
  #checkpoint!: Checkpoint;
  #looping = false;
  /** What the loop does now. */
  #running: Promise<void> = Promise.resolve();
  #isPoolHeld = false;
  /** The batch in the making: what it touches must stay in memory. */
  #batch: Batch | undefined;
  /** A slice of a checkpoint that is being written. */
  #slice: Promise<void> | undefined;
  /** Payloads that may have been staged for batches that failed. The next commit deletes them, or else the next owner. */
  readonly #orphans = new Map<string, PayloadKey>();
  readonly #pause: Pause;
  #failures = 0;
  /** Instances whose open work is to be set going. */
  readonly #toResume = new Set<string>();
  /** Messages that go one by one, to find the one that cannot be stored. */
  #solo = 0;

  constructor(around: HubSurroundings) {
    this.#around = around;
    this.#encoding = new Encoding(around.coding);
    this.#pause = new Pause(around.clock);
    this.#sweep = new Sweep(new Queries(around, () => this.tail), (message) => this.submit(message));
  }

  /** The committed state of the hub; undefined until it has started. */
  get tail(): Tail | undefined {
    return this.#state === 'running' ? this.#tail : undefined;
  }

  /** Which owner it is. */
  get epoch(): number {
    return this.#epoch;
  }

  /** Takes the hub over, and goes on where its last owner stopped. */
  async start(): Promise<void> {
    const { store, clock } = this.#around;
    const { databaseId, epoch, vitals } = await store.takeOver({
      outcomesBefore: clock.now() - keepOutcomesMs,
      build: this.#around.build,
    });
    this.#epoch = epoch;
    this.#around.onTakenOver?.(epoch);
    const { wedgedEpoch, leftEpoch } = this.#around;
    const former = wedgedEpoch === epoch - 1 ? 'wedged' : leftEpoch === epoch - 1 ? 'left' : undefined;
    this.#vigil = new Vigil(store, clock, vitals, former);
    this.#reader = new TaskReader(this.#around, clock);
    this.#dispatch = new Dispatch(this.#around, this.#vigil, this.#reader, (messages) => this.#receive(messages));
    const { tail, meta, records } = await recoverTail(store);
    this.#tail = tail;
    this.#instances = new Instances(this.#around, tail, (to, execution) =>
      this.submit({ kind: 'look', to, execution }),
    );
    this.#decisions = new Decisions(this.#around.name, databaseId, tail, this.#mailboxes, this.#reader);
    this.#turns = new Turns(this.#around, this.#instances, this.#mailboxes, this.#decisions);
    this.#checkpoint = new Checkpoint(
      store,
      tail,
      meta.checkpoint,
      (id) => this.#instances.has(id) || !!this.#batch?.touched.has(id),
      () => clock.monotonicNow(),
    );
    for (const record of records) this.#checkpoint.committed(record.commit, sizeOfRecord(record));
    const { messages, unread } = await recoverCarry(this.#around, records.at(-1)?.carry ?? []);
    this.#mailboxes.restore(messages);
    this.#mailboxes.holdBack(unread);
    if (this.#vigil.culprit) this.#condemn(this.#vigil.culprit);
    const ids = [...tail.instances.keys()];
    // Many reads at a time take a quarter of what they take one after the other.
    for (let at = 0; at < ids.length; at += resumedAtOnce) {
      await Promise.all(ids.slice(at, at + resumedAtOnce).map((id) => this.#resume(id)));
    }
    await this.#dispatch.watchDue((rows) => this.#resumeRows(rows));
    await this.#vigil.takenOver();
    this.#state = 'running';
    if (this.#around.retention) this.#sweep.keepTo(this.#around.retention, clock, () => this.#mailboxes.isEmpty);
    this.#wake();
  }

  #receive(messages: readonly Message[]): void {
    for (const message of messages) {
      if (message.kind === 'retry') this.#mailboxes.pushFirst(message);
      else this.#mailboxes.push(message);
    }
    this.#holdPool();
    this.#wake();
  }

  /** Activities that are quicker than the storage wait for it, or what they give would pile up in memory. */
  #holdPool(): void {
    const { size } = this.#mailboxes;
    const isHeld = size > (this.#isPoolHeld ? mostWaiting / 2 : mostWaiting);
    if (isHeld === this.#isPoolHeld) return;
    this.#isPoolHeld = isHeld;
    this.#around.pool.hold(isHeld);
  }

  /** What killed this hub's owners does not run again: an instance is parked, an activity's attempt fails. */
  #condemn({ instanceId: to, execution, taskId }: Running): void {
    if (taskId === undefined) {
      const reason =
        'each time that it ran, the page or its worker crashed or hung; has its orchestrator an endless loop? It runs again when it is resumed, and with another build';
      this.#turns.suspect = { id: to, reason };
      this.#mailboxes.push({ kind: 'park', to, execution, code: 'Suspect', reason });
    } else {
      const lost = new WorkerLostError('each time that this activity ran, the page or its worker crashed or hung');
      const event = { type: 'TaskFailed', taskId, failure: toFailure(lost) } as const;
      this.#dispatch.refuse(taskKey(execution, taskId));
      this.#mailboxes.push({ kind: 'deliver', to, execution, event });
    }
  }

  /** Takes a message: a command of the page, or one of the hub's own. */
  submit(message: Message): void {
    if (this.#state === 'stopped') {
      message.caller?.done({ error: this.#stopped });
    } else if (message.caller && this.#mailboxes.isHeldBack(message.to)) {
      const error = new CodecError(
        `instance '${message.to}' goes on when its values can be decoded: its key is missing`,
      );
      this.submit({ kind: 'answer', to: '', caller: message.caller, outcome: { error } });
    } else if (message.kind === 'purgeBy') {
      void this.#sweep.answer(message);
    } else if (message.kind === 'start' && message.caller && this.#state === 'running' && this.#checkpoint.isLogFull) {
      this.#held.push(message);
    } else {
      this.#mailboxes.push(message);
      // Somebody waits: the next try is now.
      if (message.caller && this.#pause.kind === 'retry') this.#pause.end();
      this.#wake();
    }
  }

  /** Takes results of activities. */
  finish(results: readonly ActivityResult[]): void {
    this.#dispatch.finish(results);
  }

  /** Takes what is told of activities that run. */
  note(note: ActivityNote): void {
    this.#dispatch.note(note);
  }

  /** When the time of the next activity is over, by the clock. */
  get nextDeadline(): number | undefined {
    return this.#dispatch?.nextDeadline;
  }

  /** Resolves when nothing of a hub that was stopped is under way any more. */
  get ended(): Promise<void> {
    const slice = this.#slice?.catch(() => {});
    return this.#running.then(() => slice);
  }

  /** Stops for good. What is committed is for the next owner; what is not has not happened. */
  stop(reason: unknown = new HubUnavailableError('the task hub was stopped')): void {
    if (this.#state === 'stopped') return;
    this.#state = 'stopped';
    this.#stopped = reason;
    this.#dispatch?.stop();
    this.#reader?.stop();
    this.#vigil?.stop();
    this.#sweep.stop();
    this.#pause.end();
    this.#refuseAll(reason);
    this.#around.onStop(reason);
  }

  #refuseAll(error: unknown): void {
    for (const { caller } of [...this.#held.splice(0), ...this.#takeAll()]) caller?.done({ error });
  }

  #takeAll(): Message[] {
    const waiting: Message[] = [];
    for (let next = this.#mailboxes.take(Infinity); next; next = this.#mailboxes.take(Infinity)) {
      for (const message of next.messages) waiting.push(message);
    }
    return waiting;
  }

  // ------------------------------------------------------------------------------------------------ the loop

  #wake(): void {
    if (this.#state !== 'running' || this.#looping || this.#pause.kind === 'retry') return;
    this.#pause.end();
    this.#looping = true;
    this.#running = this.#loop();
  }

  async #loop(): Promise<void> {
    try {
      while (this.#state === 'running' && (this.#hasWork || this.#checkpoint.isDue)) {
        await this.#resumeWork();
        if (!this.#mailboxes.isEmpty) await this.#nextBatch();
        const isBusy = !this.#mailboxes.isEmpty;
        if (this.#checkpoint.isDue) await this.#nextSlice(isBusy);
        this.#succeeded();
      }
      this.#looping = false;
      if (this.#checkpoint.isUseful && this.#state === 'running') {
        this.#pause.start('idle', idleMs, () => {
          this.#running = this.#whenIdle();
        });
      }
    } catch (error) {
      this.#looping = false;
      this.#failed(error);
    }
  }

  get #hasWork(): boolean {
    return !this.#mailboxes.isEmpty || this.#toResume.size > 0;
  }

  /** What the storage does not give now, it may give at the next try. */
  async #resumeWork(): Promise<void> {
    for (const id of this.#toResume) {
      await this.#resume(id);
      this.#toResume.delete(id);
    }
  }

  async #whenIdle(): Promise<void> {
    this.#looping = true;
    try {
      while (this.#state === 'running' && this.#mailboxes.isEmpty && !(await this.#nextSlice(false)));
      this.#succeeded();
      this.#looping = false;
      this.#wake();
    } catch (error) {
      this.#looping = false;
      this.#failed(error);
    }
  }

  #succeeded(): void {
    if (this.#failures > 0) this.#around.onTrouble(undefined);
    this.#failures = 0;
  }

  #failed(error: unknown): void {
    if (isFinal(error)) this.stop(error);
    if (this.#state === 'stopped') {
      // Of all that waits, only the batch that has just failed may have happened.
      this.#refuseAll(error instanceof OutcomeUnknownError ? error : this.#stopped);
      return;
    }
    if (this.#failures === 0) this.#around.onTrouble(error);
    const pauseMs = Math.min(retryMs * 2 ** this.#failures++, maxRetryMs);
    if (this.#failures >= triesForCommands && !isSomeonesFault(error)) {
      this.#mailboxes.restore(this.#takeAll().filter((message) => !wasRefused(message, error)));
      this.#held.push(...this.#held.splice(0).filter((message) => !wasRefused(message, error)));
    }
    this.#pause.start('retry', pauseMs, () => this.#wake());
  }

  // ------------------------------------------------------------------------------------------------ one batch

  async #nextBatch(): Promise<void> {
    const batch = new Batch(this.#tail.newest + 1, this.#around.clock.now());
    this.#batch = batch;
    try {
      await this.#fill(batch);
      // A slice that failed is for the checkpoint to repeat; only an owner that is none any more must not go on.
      await this.#slice?.catch((error) => {
        if (isFinal(error)) throw error;
      });
      if (this.#state !== 'running') throw this.#stopped;
      await this.#commit(batch);
    } catch (error) {
      this.#undo(batch, error);
      throw error;
    } finally {
      this.#batch = undefined;
    }
    this.#release(batch);
  }

  /** Takes messages and runs their turns until the batch is full. */
  async #fill(batch: Batch): Promise<void> {
    const { clock } = this.#around;
    // What cannot be read fails again with the message that needs it, and then it is known which.
    const looked = await this.#load().catch(() => new Set<string>());
    const end = clock.monotonicNow() + batchMs;
    const most = this.#solo > 0 ? 1 : messagesPerTurn;
    do {
      const next = this.#mailboxes.take(most);
      if (!next) break;
      for (const message of next.messages) batch.taken.push(message);
      // What was looked for and not found is not there: an id that is new costs no second look.
      const isKnown = batch.touched.has(next.id) || looked.has(next.id);
      if (!isKnown && next.messages.some(needsInstance)) await this.#instances.load([next.id]);
      const handling = this.#handle(batch, next.id, next.messages);
      if (handling) await handling;
    } while (this.#solo === 0 && !this.#isFull(batch, end));
  }

  #handle(batch: Batch, id: string, messages: readonly Message[]): void | Promise<void> {
    return this.#vigil.runsAlone(id) ? this.#handleAlone(batch, id, messages) : this.#turns.handle(batch, id, messages);
  }

  async #handleAlone(batch: Batch, id: string, messages: readonly Message[]): Promise<void> {
    // Of a start, the execution is not known yet.
    await this.#vigil.enter(id, { instanceId: id, execution: this.#instances.get(id)?.execution ?? 0 });
    try {
      await this.#turns.handle(batch, id, messages);
    } finally {
      this.#vigil.leave(id);
    }
  }

  /** A batch writes at least as much as it carries over, or a large fan-out of children would be carried again and again. */
  #isFull(batch: Batch, end: number): boolean {
    if (batch.bytes < this.#mailboxes.carryBytes) return false;
    return batch.bytes >= batchBytes || this.#around.clock.monotonicNow() >= end;
  }

  /** Reads what the batch will need, in one transaction. Gives the ids that it has looked for. */
  async #load(): Promise<ReadonlySet<string>> {
    const messages = this.#mailboxes.firsts(instancesPerLoad).filter(needsInstance);
    const ids = new Set(messages.map((message) => message.to));
    await this.#instances.load([...ids]);
    return ids;
  }

  async #commit(batch: Batch): Promise<void> {
    const { store } = this.#around;
    const made: LogRecord = {
      commit: batch.commit,
      epoch: this.#epoch,
      time: batch.time,
      counts: batch.counts,
      carry: this.#mailboxes.carry,
      entries: batch.entries,
    };
    const record = await this.#encoding.record(made);
    packEvents(record.entries);
    const consumed = await this.#encoding.outcomes(batch.consumed);
    if (batch.entries.length > 0 || consumed.length > 0) {
      try {
        // What is tried again is written again.
        for (const { key } of batch.payloads) this.#orphans.delete(String(key));
        if (batch.payloads.length > 0) await store.stage(await this.#encoding.payloads(batch.payloads));
        await store.commit({
          record,
          consumed,
          payloads: batch.payloads.map((payload) => payload.key),
          dropped: [...batch.dropped, ...this.#orphans.values()],
        });
      } catch (error) {
        if (error instanceof UnstorableError || isFinal(error)) throw error;
        if (!(await this.#wasCommitted(record, error))) throw error;
      }
      this.#orphans.clear();
      this.#tail.apply(record);
      this.#checkpoint.committed(record.commit, batch.bytes + this.#mailboxes.carryBytes);
    }
    this.#solo = Math.max(0, this.#solo - batch.taken.length);
  }

  /**
   * A commit can fail after it was written: the connection was lost before the answer came. Nothing may go on before
   * that is known, or a batch could be run twice.
   */
  async #wasCommitted({ commit, epoch }: LogRecord, error: unknown): Promise<boolean> {
    const { store, clock } = this.#around;
    for (let ms = retryMs; ; ms = Math.min(ms * 2, maxRetryMs)) {
      try {
        const { records, meta } = await store.read({ logAbove: commit - 1 });
        if (records.some((record) => record.commit === commit && record.epoch === epoch)) return true;
        if (meta.epoch === epoch || meta.checkpoint < commit) return false;
        // The new owner has taken the log up already: the record may have been there.
        this.stop(new FencedError('another hub has taken over'));
        break;
      } catch (unread) {
        if (isFinal(unread)) throw unread;
        if (this.#state !== 'running') break;
        await new Promise<void>((resolve) => clock.setTimer(resolve, ms));
      }
    }
    throw new OutcomeUnknownError('the task hub stopped; whether this call was carried out is not known', {
      cause: error,
    });
  }

  /** Lets out what a commit sets free, and gives memory back. */
  #release(batch: Batch): void {
    this.#dispatch.release(batch);
    this.#holdPool();
    for (const id of batch.touched) {
      const instance = this.#instances.get(id);
      if (instance?.hasEnded) this.#instances.forget(id);
      else if (instance) instance.uncommitted.length = 0;
    }
    for (const id of batch.resumed) this.#toResume.add(id);
    this.#instances.evict((id) => this.#mailboxes.has(id));
    if (batch.touched.size > 0) this.#around.onChange(batch.touched);
  }

  /** Nothing of the batch has happened. */
  #undo(batch: Batch, error: unknown): void {
    for (const id of batch.touched) this.#instances.forget(id);
    for (const { key } of batch.payloads) this.#orphans.set(String(key), key);
    const again = afterFailure(batch.taken, error);
    this.#mailboxes.restore(again, batch);
    if (isSomeonesFault(error)) this.#solo = Math.max(this.#solo, again.length);
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

  async #resumeRows(rows: readonly InstanceRow[]): Promise<void> {
    for (const row of rows) {
      this.#tail.seed(row);
      await this.#resume(row.id);
      if (!this.#instances.has(row.id)) this.#tail.drop(row.id);
    }
  }

  #resume(id: string): Promise<void> {
    return this.#dispatch.resume(id, this.#tail, (instance, execution, task) =>
      this.#decisions.idempotencyKey(instance, execution, task),
    );
  }
}

/** Whether the instance must be in memory before the message can be handled. */
function needsInstance(message: Message): boolean {
  return message.kind !== 'answer' && (message.kind !== 'start' || !message.fresh);
}

function sizeOfRecord(record: LogRecord): number {
  return record.entries.reduce((bytes, entry) => bytes + ('events' in entry ? eventBytes(entry.events) : 0), 0);
}
