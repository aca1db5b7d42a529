/** What an orchestrator sees of its execution: every call is either the same on replay, or a recorded decision. */
import { type Duration, durationMs } from './duration';
import { TimeoutError, UnknownOrchestrationError } from './errors';
import type { Execution } from './execution';
import { all, allSettled, any } from './join';
import { checkName, childInstanceId } from './names';
import { DurableTask } from './task';
import type { ParentInstance, SubOrchestratorOptions, WaitOptions } from './types/orchestration';
import { copyValue } from './values';

/** The run-time side of `OrchestrationContext`: the public type adds what the compiler knows of the app's functions. */
export class Context {
  readonly #execution: Execution;
  readonly #name: string;
  #activities: object | undefined;

  constructor(execution: Execution, name: string) {
    this.#execution = execution;
    this.#name = name;
  }

  get instanceId(): string {
    return this.#execution.instanceId;
  }

  get parent(): ParentInstance | undefined {
    const { parent } = this.#execution;
    return parent && { instanceId: parent.instanceId, name: parent.name };
  }

  get isReplaying(): boolean {
    return this.#execution.replaying;
  }

  get currentUtcDateTime(): Date {
    return new Date(this.#execution.now);
  }

  get activities(): object {
    this.#activities ??= new Proxy(
      {},
      { get: (_, name) => (typeof name === 'string' ? (input: unknown) => this.callActivity(name, input) : undefined) },
    );
    return this.#activities;
  }

  getInput(): unknown {
    return copyValue(this.#execution.input, 'the input');
  }

  newGuid(): string {
    this.#execution.assertRunning('newGuid');
    return this.#execution.newGuid();
  }

  log(...args: unknown[]): void {
    const { replaying, surroundings, instanceId } = this.#execution;
    if (!replaying) surroundings.log(`${this.#name} ${instanceId}`, args);
  }

  callActivity(name: string, input?: unknown): DurableTask {
    this.#execution.assertRunning(`callActivity('${name}')`);
    const copy = copyValue(input, `the input of activity '${name}'`);
    return this.#execution.schedule(name, (taskId) => ({
      type: 'TaskScheduled',
      taskId,
      name,
      ...(copy !== undefined && { input: copy }),
    }));
  }

  callSubOrchestrator(orchestrator: unknown, input?: unknown, options: SubOrchestratorOptions = {}): DurableTask {
    this.#execution.assertRunning('callSubOrchestrator');
    const name = this.#execution.surroundings.nameOf(orchestrator);
    if (name === undefined) {
      throw new UnknownOrchestrationError(
        'callSubOrchestrator was given something that is not registered: pass the function itself, and export it from the module given to serve({ orchestrations })',
      );
    }
    const { instanceId: parentId, number, parent } = this.#execution;
    if (options.instanceId !== undefined) checkName(options.instanceId, 'an instance id');
    if (options.instanceId === parentId || (parent && options.instanceId === parent.instanceId)) {
      throw new TypeError(`a sub-orchestration cannot have its parent's id '${options.instanceId}'`);
    }
    const copy = copyValue(input, `the input of orchestration '${name}'`);
    return this.#execution.schedule(name, (taskId) => ({
      type: 'SubOrchestrationInstanceCreated',
      taskId,
      name,
      instanceId: options.instanceId ?? childInstanceId(parentId, number, taskId),
      ...(copy !== undefined && { input: copy }),
    }));
  }

  createTimer(due: Date | Duration): DurableTask {
    this.#execution.assertRunning('createTimer');
    const fireAt = due instanceof Date ? due.getTime() : this.#execution.now + durationMs(due);
    if (!Number.isFinite(fireAt)) throw new TypeError('createTimer was given an invalid date');
    return this.#execution.schedule('timer', (taskId) => ({ type: 'TimerCreated', taskId, fireAt }));
  }

  waitForExternalEvent(name: string, options?: WaitOptions<unknown>): DurableTask {
    this.#execution.assertRunning(`waitForExternalEvent('${name}')`);
    checkName(name, 'an event name');
    const event = this.#execution.waitForEvent(name);
    return options && !event.isCompleted ? this.#withTimeout(name, event, options) : event;
  }

  /** The event or its time-out, whichever comes first; the other is given up. */
  #withTimeout(name: string, event: DurableTask, options: WaitOptions<unknown>): DurableTask {
    const timer = this.createTimer(options.timeout);
    const either: DurableTask = new DurableTask(this.#execution, (reason) => {
      event.cancel(reason);
      timer.cancel(reason);
    });
    event.listen(() => {
      if (either.isCompleted || event.isCanceled) return;
      timer.cancel();
      either.complete(event.result);
    });
    timer.listen(() => {
      if (either.isCompleted || timer.isCanceled) return;
      event.cancel();
      if ('default' in options) either.complete(options.default);
      else either.fail(new TimeoutError(`the event '${name}' did not come within ${String(options.timeout)}`));
    });
    return either;
  }

  all(tasks: readonly unknown[]): DurableTask {
    return all(tasks, this.#execution);
  }

  allSettled(tasks: readonly unknown[]): DurableTask {
    return allSettled(tasks, this.#execution);
  }

  any(tasks: readonly unknown[] | Readonly<Record<string, unknown>>): DurableTask {
    return any(tasks, this.#execution);
  }

  setCustomStatus(status: unknown): void {
    this.#execution.assertRunning('setCustomStatus');
    this.#execution.customStatus = { value: copyValue(status, 'the custom status') };
  }

  continueAsNew(input?: unknown): never {
    this.#execution.assertRunning('continueAsNew');
    return this.#execution.continueAsNew(copyValue(input, 'the input of continueAsNew'));
  }
}
