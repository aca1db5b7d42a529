/**
 * What leaves the hub, and what comes back: tasks to the pool and their results, timers and their firing. Nothing leaves
 * before the commit that decided it is complete; after a restart, what is still open leaves again.
 */
import { type MessageEvent, toFailure } from '../../src/core';
import type { ActivityResult, ActivityTask } from '../pool';
import type { InstanceRow } from '../store/records';
import type { Running } from '../store/store';
import type { Tail } from '../store/tail';
import type { Batch } from './batch';
import type { Message } from './message';
import { openActivities } from './recovery';
import type { HubSurroundings } from './surroundings';
import { executionOf, taskIdOf, taskKey } from './task-key';
import { type DueTimer, startTimer, Timers } from './timers';
import type { Vigil } from './vigil';

/** Timers due within this time are watched, in milliseconds; rows that are due later stay in the store until then. */
const horizonMs = 3_600_000;
/** How often the wall clock is asked whether the horizon is near, in milliseconds. */
const lookEveryMs = 10_000;

type IdempotencyKey = (id: string, execution: number, taskId: number) => string;

export class Dispatch {
  readonly #hub: HubSurroundings;
  readonly #receive: (messages: readonly Message[]) => void;
  readonly #timers: Timers;
  readonly #vigil: Vigil;
  /** Tasks that are with the pool, by their key. */
  readonly #running = new Map<string, { to: string; execution: number; taskId: number }>();
  #scan: unknown;
  #isStopped = false;

  /** @param receive takes what comes back */
  constructor(hub: HubSurroundings, vigil: Vigil, receive: (messages: readonly Message[]) => void) {
    this.#hub = hub;
    this.#vigil = vigil;
    this.#receive = receive;
    this.#timers = new Timers(hub.clock, (due) => this.#receive(due.map(messageOfTimer)));
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
    this.#running.set(key, { to: '', execution: executionOf(key), taskId: taskIdOf(key) });
  }

  /** Takes results of activities. */
  finish(results: readonly ActivityResult[]): void {
    const messages: Message[] = [];
    for (const result of results) {
      const task = this.#running.get(result.key);
      if (!task) continue;
      this.#running.delete(result.key);
      this.#vigil.leave(result.key);
      const { to, execution, taskId } = task;
      messages.push({ kind: 'deliver', to, execution, event: eventOf(result, taskId) });
    }
    this.#receive(messages);
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
    // Another build may be able to go on with it.
    if (parked && parked.build !== this.#hub.build) this.#receive([{ kind: 'retry', to: id }]);
    const { tasks, unreadable } = await openActivities(this.#hub.store, tail, instance);
    // Its orchestrator hears of what cannot be read and so cannot be run, and nobody else.
    this.#receive(
      unreadable.map(({ taskId, error }) => {
        const event = { type: 'TaskFailed', taskId, failure: toFailure(error) } as const;
        return { kind: 'deliver', to: id, execution, event };
      }),
    );
    for (const { key } of tasks) this.#vigil.again(key);
    this.#submit(tasks.map((task) => ({ ...task, idempotencyKey: idempotencyKey(id, execution, task.taskId) })));
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
      if (!this.#running.delete(key)) continue;
      this.#vigil.leave(key);
      const together = keys.get(reason);
      if (together) together.push(key);
      else keys.set(reason, [key]);
    }
    for (const [reason, together] of keys) this.#hub.pool.cancel(together, reason);
  }

  #submit(tasks: readonly ActivityTask[]): void {
    if (tasks.length === 0) return;
    // What was given up by an execution that was rewound since may still run: then its result counts.
    const idle = tasks.filter(({ key }) => !this.#running.has(key));
    for (const { key, instanceId } of idle) {
      this.#running.set(key, { to: instanceId, execution: executionOf(key), taskId: taskIdOf(key) });
    }
    const isAlone = (task: ActivityTask) => this.#vigil.runsAlone(task.key);
    const together = idle.filter((task) => !isAlone(task));
    if (together.length > 0) this.#hub.pool.submit(together);
    for (const task of idle.filter(isAlone)) void this.#submitAlone(task);
  }

  async #submitAlone(task: ActivityTask): Promise<void> {
    await this.#vigil.enter(task.key, runningOf(task));
    if (this.#running.has(task.key)) this.#hub.pool.submit([task]);
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
