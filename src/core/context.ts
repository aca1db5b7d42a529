/** What an orchestrator sees of its execution: every call is either the same on replay, or a recorded decision. */
import { callActivity } from './activity-call';
import { type Duration, durationMs } from './duration';
import { TimeoutError } from './errors';
import type { Execution } from './execution';
import { callHttp } from './http-call';
import { all, allSettled, any } from './join';
import { checkName } from './names';
import { retryPolicy } from './retry';
import { runOptions } from './run-options';
import { Scope } from './scope';
import { callSubOrchestrator } from './sub-orchestration';
import { DurableTask } from './task';
import type { HttpRequest } from './types/http';
import type {
  ActivityOptions,
  CompensationOptions,
  ContinueOptions,
  ParentInstance,
  ScopeOptions,
  SubOrchestratorOptions,
  WaitOptions,
} from './types/orchestration';
import { copyValue } from './values';

/** The run-time side of `OrchestrationContext`: the public type adds what the compiler knows of the app's functions. */
export class Context {
  readonly #execution: Execution;
  readonly #name: string;
  /** What the tasks belong to that are started here. */
  readonly #scope: Scope | undefined;
  #activities: object | undefined;

  constructor(execution: Execution, name: string, scope?: Scope) {
    this.#execution = execution;
    this.#name = name;
    this.#scope = scope;
  }

  get instanceId(): string {
    return this.#execution.instanceId;
  }

  get parent(): ParentInstance | undefined {
    const { parent } = this.#execution;
    return parent && { instanceId: parent.instanceId, name: parent.name };
  }

  get version(): string | undefined {
    return this.#execution.version;
  }

  get tags(): Readonly<Record<string, string>> {
    return { ...this.#execution.tags };
  }

  get isReplaying(): boolean {
    return this.#execution.replayed !== undefined;
  }

  get currentUtcDateTime(): Date {
    return new Date(this.#execution.now);
  }

  get customStatus(): unknown {
    return copyValue(this.#execution.customStatus, 'the custom status');
  }

  get activities(): object {
    this.#activities ??= new Proxy(
      {},
      {
        get: (_, name) =>
          typeof name === 'string'
            ? (input: unknown, options?: ActivityOptions) => this.callActivity(name, input, options)
            : undefined,
      },
    );
    return this.#activities;
  }

  getInput(): unknown {
    return copyValue(this.#execution.input, 'the input');
  }

  newGuid(): string {
    this.#assertRunning('newGuid');
    return this.#execution.newGuid();
  }

  random(): number {
    this.#assertRunning('random');
    return this.#execution.random();
  }

  patched(id: string): boolean {
    this.#assertRunning('patched');
    checkName(id, 'a patch id');
    return this.#execution.patched(id);
  }

  log(...args: unknown[]): void {
    const { replayed, surroundings, instanceId } = this.#execution;
    if (!replayed) surroundings.log(`${this.#name} ${instanceId}`, args);
  }

  callActivity(name: string, input?: unknown, options?: ActivityOptions): DurableTask {
    this.#assertRunning(`callActivity('${name}')`);
    const retry = options?.retry && retryPolicy(options.retry);
    const run = options && runOptions(options);
    const copy = copyValue(input, `the input of activity '${name}'`);
    return this.#own(callActivity(this.#execution, name, copy, retry, run));
  }

  callHttp(request: HttpRequest, options?: ActivityOptions): DurableTask {
    this.#assertRunning('callHttp');
    return this.#own(callHttp(this.#execution, request, options));
  }

  callSubOrchestrator(orchestrator: unknown, input?: unknown, options: SubOrchestratorOptions = {}): DurableTask {
    this.#assertRunning('callSubOrchestrator');
    return this.#own(callSubOrchestrator(this.#execution, orchestrator, input, options));
  }

  createTimer(due: Date | Duration): DurableTask {
    this.#assertRunning('createTimer');
    const fireAt = due instanceof Date ? due.getTime() : this.#execution.now + durationMs(due);
    if (Number.isNaN(new Date(fireAt).getTime())) {
      throw new TypeError('createTimer was given an invalid date, or a time that no date can tell');
    }
    return this.#own(this.#execution.calls.startTimer(fireAt));
  }

  waitForExternalEvent(name: string, options?: WaitOptions<unknown>): DurableTask {
    this.#assertRunning(`waitForExternalEvent('${name}')`);
    checkName(name, 'an event name');
    const event = this.#execution.calls.waitForEvent(name);
    return this.#own(options && !event.isCompleted ? this.#withTimeout(name, event, options) : event);
  }

  /** The event or its time-out, whichever comes first; the other is given up. */
  #withTimeout(name: string, event: DurableTask, options: WaitOptions<unknown>): DurableTask {
    const timer = this.#execution.calls.startTimer(this.#execution.now + durationMs(options.timeout));
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

  sendEvent(instanceId: string, name: string, data?: unknown): void {
    this.#assertRunning(`sendEvent('${name}')`);
    checkName(instanceId, 'an instance id');
    checkName(name, 'an event name');
    const input = copyValue(data, `the data of event '${name}'`);
    this.#execution.calls.decide({ type: 'EventSent', instanceId, name, ...(input !== undefined && { input }) });
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

  scope(body: (scope: ScopeContext) => unknown, options: ScopeOptions = {}): DurableTask {
    this.#assertRunning('scope');
    const scope = new Scope(this.#execution, this.#scope);
    return scope.run(() => body(new ScopeContext(this.#execution, this.#name, scope)), options.timeout);
  }

  setCustomStatus(status: unknown): void {
    this.#assertRunning('setCustomStatus');
    this.#execution.setCustomStatus(copyValue(status, 'the custom status'));
  }

  continueAsNew(input?: unknown, { version, keepEvents = true }: ContinueOptions = {}): never {
    this.#assertRunning('continueAsNew');
    if (version !== undefined) checkName(version, 'a version');
    const copy = copyValue(input, 'the input of continueAsNew');
    return this.#execution.continueAsNew({
      ...(copy !== undefined && { input: copy }),
      ...(version !== undefined && { version }),
      ...(!keepEvents && { dropEvents: true }),
    });
  }

  #assertRunning(call: string): void {
    this.#execution.assertRunning(call);
    this.#scope?.assertOpen(call);
  }

  #own(task: DurableTask): DurableTask {
    this.#scope?.own(task);
    return task;
  }
}

/** The run-time side of `OrchestrationScope`: what is started here belongs to the scope. */
export class ScopeContext extends Context {
  readonly #scope: Scope;

  constructor(execution: Execution, name: string, scope: Scope) {
    super(execution, name, scope);
    this.#scope = scope;
  }

  addCompensation(name: string, input?: unknown, options?: CompensationOptions): void {
    this.#scope.addCompensation(name, input, options);
  }
}
