/**
 * What leaves the hub, and what comes back: tasks to the pool and their results, timers and their firing. Nothing leaves
 * before the commit that decided it is complete; after a restart, what is still open leaves again.
 */
import { type MessageEvent, TaskCanceledError, type TimeoutError, toFailure } from '../../src/core';
import type { ActivityNote, ActivityResult, ActivityTask } from '../pool';
import type { InstanceRow } from '../store/records';
import type { Running } from '../store/store';
import type { Tail } from '../store/tail';
import { type Attempt, Attempts } from './attempts';
import type { Batch } from './batch';
import type { Caller, Message } from './message';
import { isNetworkFailure } from './network-failure';
import { openActivities } from './recovery';
import type { HubSurroundings } from './surroundings';
import { executionOf, taskIdOf, taskKey } from './task-key';
import type { TaskReader } from './task-reader';
import { type DueTimer, startTimer, Timers } from './timers';
import type { Vigil } from './vigil';

/** Timers due within this time are watched, in milliseconds; rows that are due later stay in the store until then. */
const horizonMs = 3_600_000;
/** How often the wall clock is asked whether the horizon is near, in milliseconds. */
const lookEveryMs = 10_000;

/** A network that fails is known to be gone a little later, in milliseconds. */
const networkLagMs = 500;

type IdempotencyKey = (id: string, execution: number, taskId: number) => string;

export class Dispatch {
  readonly #hub: HubSurroundings;
  readonly #receive: (messages: readonly Message[]) => void;
  readonly #timers: Timers;
  readonly #vigil: Vigil;
  readonly #attempts: Attempts;
  readonly #reader: TaskReader;
  #scan: unknown;
  #isStopped = false;

  /** @param receive takes what comes back */
  constructor(hub: HubSurroundings, vigil: Vigil, reader: TaskReader, receive: (messages: readonly Message[]) => void) {
    this.#hub = hub;
    this.#vigil = vigil;
    this.#receive = receive;
    this.#timers = new Timers(hub.clock, (due) => this.#receive(due.map(messageOfTimer)));
    this.#attempts = new Attempts(hub.clock, hub.liveTasks, (attempt, error) => this.#onOver(attempt, error));
    this.#reader = reader;
  }

  /** When the time of the next attempt is over, by the clock. */
  get nextDeadline(): number | undefined {
    return this.#attempts.nextDeadline;
  }

  /** Lets out what a commit sets free. */
  release(batch: Batch): void {
    for (const timer of batch.timers) this.#timers.add(timer);
    // Scheduled and given up in the same commit.
    const unwanted = new Set(batch.cancels.map(({ execution, taskId }) => taskKey(execution, taskId)));
    this.#submit(unwanted.size > 0 ? batch.tasks.filter(({ key }) => !unwanted.has(key)) : batch.tasks);
    this.#cancel(batch);
    for (const { caller, outcome } of batch.replies) caller.done(outcome);
  }

  /** A task must not be sent to the pool; somebody else sees to its end. */
  refuse(key: string): void {
    this.#attempts.block(key);
  }

  /** Takes results of activities. What comes of an attempt that does not count any more is dropped. */
  finish(results: readonly ActivityResult[]): void {
    const messages: Message[] = [];
    for (const result of results) {
      const attempt = this.#attempts.get(result.key);
      if (!attempt) continue;
      if (!result.ok && this.#isForNetwork(attempt) && isNetworkFailure(result.failure)) this.#withoutNetwork(result);
      else messages.push(this.#ended(attempt, result));
    }
    this.#receive(messages);
  }

  #ended({ to, execution, taskId }: Attempt, result: ActivityResult): Message {
    this.#attempts.delete(result.key);
    this.#vigil.leave(result.key);
    if (!result.ok && result.isUnread && result.failure.code === 'Codec') {
      // Without its key it cannot run; that is no failure of the activity.
      return { kind: 'park', to, execution, code: 'Codec', reason: result.failure.message };
    }
    return { kind: 'deliver', to, execution, event: eventOf(result, taskId) };
  }

  #isForNetwork({ task }: Attempt): boolean {
    return task?.run?.runWhen === 'online';
  }

  /** A failure of the network may be noticed before it is known that there is none. */
  #withoutNetwork(result: ActivityResult & { ok: false }): void {
    const { holds } = this.#hub;
    const attempt = this.#attempts.get(result.key) as Attempt;
    this.#attempts.rest(result.key);
    const decide = () => {
      if (this.#isStopped || this.#attempts.get(result.key) !== attempt) return;
      if (holds('online')) this.#receive([this.#ended(attempt, result)]);
      else this.#again(attempt);
    };
    if (holds('online')) this.#attempts.after(attempt, networkLagMs, decide);
    else decide();
  }

  /** It waits again for its condition, and no attempt is counted. */
  #again({ task }: Attempt): void {
    if (task) this.#hub.pool.submit([task]);
  }

  #onOver(attempt: Attempt, error: TimeoutError): void {
    const { key } = attempt.task as ActivityTask;
    this.#attempts.rest(key);
    this.#hub.pool.cancel([key], { code: 'Timeout', message: error.message });
    if (this.#isForNetwork(attempt) && !this.#hub.holds('online')) this.#again(attempt);
    else this.#receive([this.#ended(attempt, { key, ok: false, failure: toFailure(error) })]);
  }

  /** Takes what is told of activities that run. */
  note(note: ActivityNote): void {
    const attempt = this.#attempts.note(note);
    if (note.kind !== 'heartbeat') return;
    const { details, kept } = note;
    const done: Caller['done'] = (outcome) => kept('error' in outcome ? toFailure(outcome.error) : undefined);
    if (!attempt?.task) {
      done({ error: new TaskCanceledError('the result of this activity is not wanted any more') });
      return;
    }
    const { to, execution, taskId, task } = attempt;
    // Should it run again, it goes on from there.
    task.lastHeartbeat = details;
    this.#receive([{ kind: 'heartbeat', to, execution, taskId, call: task.taskId, details, caller: { done } }]);
  }

  /** Takes up an instance after a restart: watches its timers, runs its open activities again, tries it if it is parked. */
  async resume(id: string, tail: Tail, idempotencyKey: IdempotencyKey): Promise<void> {
    const instance = tail.get(id);
    if (!instance || instance.deleted) return;
    const { execution, parked, startAt } = instance.row;
    if (startAt !== undefined) this.#timers.add({ id, execution, taskId: startTimer, fireAt: startAt });
    for (const task of instance.open.values()) {
      if (task.kind === 'timer') this.#timers.add({ id, execution, taskId: task.taskId, fireAt: task.fireAt });
    }
    // Another build may be able to go on with it, and a key that was missing may be there.
    if (parked && (parked.build !== this.#hub.build || parked.code === 'Codec'))
      this.#receive([{ kind: 'retry', to: id }]);
    const tasks = await openActivities(this.#hub.store, tail, instance, idempotencyKey);
    for (const task of tasks) {
      this.#vigil.again(task.key);
      this.#reader.prepare(task);
    }
    this.#submit(tasks);
  }

  /** Takes up what lies in the store and is due within the horizon, now and, as time goes on, again. */
  async watchDue(resume: (rows: readonly InstanceRow[]) => Promise<void>, above = -1): Promise<void> {
    const upTo = this.#hub.clock.now() + horizonMs;
    const { due } = await this.#hub.store.read({ due: { above, upTo } });
    await resume(due);
    this.#scanLater(resume, upTo);
  }

  stop(): void {
    this.#isStopped = true;
    this.#attempts.stop();
    this.#timers.stop();
    this.#hub.clock.clearTimer(this.#scan);
  }

  /** Looks long before the horizon is reached. The wall clock says when: a machine may have slept. */
  #scanLater(resume: (rows: readonly InstanceRow[]) => Promise<void>, above: number): void {
    if (this.#isStopped) return;
    this.#scan = this.#hub.clock.setTimer(() => {
      if (this.#hub.clock.now() < above - horizonMs / 2) this.#scanLater(resume, above);
      // A look that fails is taken again.
      else this.watchDue(resume, above).catch(() => this.#scanLater(resume, above));
    }, lookEveryMs);
  }

  #cancel(batch: Batch): void {
    const keys = new Map<string, string[]>();
    for (const { execution, taskId, reason } of batch.cancels) {
      const key = taskKey(execution, taskId);
      this.#timers.cancel(execution, taskId);
      if (!this.#attempts.delete(key)) continue;
      this.#vigil.leave(key);
      const together = keys.get(reason);
      if (together) together.push(key);
      else keys.set(reason, [key]);
    }
    for (const [message, together] of keys) this.#hub.pool.cancel(together, { code: 'TaskCanceled', message });
  }

  #submit(tasks: readonly ActivityTask[]): void {
    const together: ActivityTask[] = [];
    const alone: ActivityTask[] = [];
    for (const task of tasks) {
      // What was given up by an execution that was rewound since may still run: then its result counts.
      if (this.#attempts.has(task.key)) continue;
      this.#attempts.add(task);
      (this.#isAlone(task) ? alone : together).push(task);
    }
    if (together.length > 0) this.#hub.pool.submit(together);
    for (const task of alone) void this.#submitAlone(task);
  }

  /** One that waits for its condition runs not at all, and is no suspect. */
  #isAlone({ key, run }: ActivityTask): boolean {
    return this.#vigil.runsAlone(key) && (run?.runWhen === undefined || this.#hub.holds(run.runWhen));
  }

  async #submitAlone(task: ActivityTask): Promise<void> {
    await this.#vigil.enter(task.key, runningOf(task));
    if (this.#attempts.has(task.key)) this.#hub.pool.submit([task]);
    else this.#vigil.leave(task.key);
  }
}

function runningOf({ key, instanceId }: ActivityTask): Running {
  return { instanceId, execution: executionOf(key), taskId: taskIdOf(key) };
}

function messageOfTimer({ id, execution, taskId, fireAt }: DueTimer): Message {
  if (taskId === startTimer) return { kind: 'begin', to: id, execution };
  return { kind: 'deliver', to: id, execution, event: { type: 'TimerFired', taskId, fireAt } };
}

function eventOf(result: ActivityResult, taskId: number): MessageEvent {
  if (!result.ok) return { type: 'TaskFailed', taskId, failure: result.failure };
  return { type: 'TaskCompleted', taskId, ...(result.value !== undefined && { result: result.value }) };
}
