/**
 * A part of an orchestration that succeeds or is undone as a whole. It knows the tasks that were started through it, so
 * that it can give them up when it fails, and the steps that it would have to undo.
 *
 * The steps of an inner scope that succeeds go over to the outer one, which may still fail. If the outer one ends while
 * an inner one is under way, it takes over what that had to undo; if that is undoing already, it waits for it.
 */
import { callActivity } from './activity-call';
import { type Duration, durationMs } from './duration';
import { CompensationFailedError, TaskCanceledError, TimeoutError } from './errors';
import type { Execution } from './execution';
import { runFiber } from './fiber';
import { errorOf, taskOf } from './join';
import { type RetryPolicy, retryPolicy } from './retry';
import { DurableTask, type TaskOwner } from './task';
import type { CompensationOptions } from './types/orchestration';
import { copyValue } from './values';

const scopeHasEnded = 'the scope has ended';

/** A step to undo. */
interface Compensation {
  id: number;
  name: string;
  input?: unknown;
  retry?: RetryPolicy;
}

/** To cancel it is to fail the scope; it settles when everything is undone that has to be. */
class ScopeTask extends DurableTask {
  readonly #fail: (error: TaskCanceledError) => void;

  constructor(owner: TaskOwner, fail: (error: TaskCanceledError) => void) {
    super(owner);
    this.#fail = fail;
  }

  override cancel(reason = 'the scope was cancelled'): void {
    this.#fail(new TaskCanceledError(reason));
  }
}

export class Scope {
  readonly task: DurableTask;
  readonly #execution: Execution;
  /** The number of the first task that the outermost scope may have started. */
  readonly #firstTask: number;
  /** The one around it that has not ended in success. */
  #outer: Scope | undefined;
  readonly #tasks = new Set<DurableTask>();
  readonly #inner = new Set<Scope>();
  readonly #compensations: Compensation[] = [];
  #timer: DurableTask | undefined;
  #isOpen = true;
  /** Once it has failed: gives what went wrong with the undoing. */
  #undoing: DurableTask<Error[]> | undefined;

  constructor(execution: Execution, outer: Scope | undefined) {
    this.#execution = execution;
    this.#outer = outer;
    this.#firstTask = outer ? outer.#firstTask : execution.calls.nextTaskId;
    this.task = new ScopeTask(execution, (error) => this.#fail(error));
  }

  /** Runs what the scope is for. */
  run(body: () => unknown, timeout: Duration | undefined): DurableTask {
    if (timeout !== undefined) this.#failAfter(timeout);
    if (this.#outer) this.#outer.#inner.add(this);
    let running: DurableTask;
    try {
      running = taskOf(body(), this.#execution);
    } catch (error) {
      this.#fail(error);
      return this.task;
    }
    running.listen(() => {
      if (running.isFaulted) this.#fail(errorOf(running));
      else this.#succeed(running.result);
    });
    return this.task;
  }

  #failAfter(timeout: Duration): void {
    const timer = this.#execution.calls.startTimer(this.#execution.now + durationMs(timeout));
    this.#timer = timer;
    timer.listen(() => {
      if (!timer.isCanceled) this.#fail(new TimeoutError(`the scope did not end within ${timeout}`));
    });
  }

  /** @throws TaskCanceledError when it has ended */
  assertOpen(call: string): void {
    if (!this.#isOpen) throw new TaskCanceledError(`${call} was called in a scope that has ended`);
  }

  /** The task is given up with the scope. */
  own(task: DurableTask): void {
    if (task.isCompleted) return;
    this.#tasks.add(task);
    task.listen(() => this.#tasks.delete(task));
  }

  addCompensation(name: string, input: unknown, { retry }: CompensationOptions = {}): void {
    const call = `addCompensation('${name}')`;
    this.#execution.assertRunning(call);
    this.assertOpen(call);
    const policy = retry && retryPolicy(retry);
    if (policy?.retryIf) {
      throw new TypeError(
        `${call} was given retryIf: a function cannot be recorded, and the step be undone without it`,
      );
    }
    const copy = copyValue(input, `the input of activity '${name}'`);
    const step = { name, ...(copy !== undefined && { input: copy }), ...(policy && { retry: policy }) };
    const id = this.#execution.calls.addCompensation({ ...step, scope: this.#firstTask });
    this.#compensations.push({ id, ...step });
  }

  #succeed(result: unknown): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    if (this.#outer) this.#outer.#inner.delete(this);
    if (this.#execution.isRunning) {
      this.#timer?.cancel();
      this.#leaveTo(this.#outer);
    }
    this.task.complete(result);
  }

  /** What is still under way, and what may have to be undone, is the outer scope's from now on. */
  #leaveTo(outer: Scope | undefined): void {
    for (const inner of this.#inner) {
      inner.#outer = outer;
      if (outer) outer.#inner.add(inner);
    }
    for (const task of this.#tasks) outer?.own(task);
    if (outer) outer.#compensations.push(...this.#compensations);
    else if (this.#compensations.length > 0)
      this.#execution.calls.removeCompensations(this.#compensations.map(({ id }) => id));
  }

  #fail(error: unknown): void {
    if (!this.#isOpen) return;
    const undone = new DurableTask<Error[]>(this.#execution);
    this.#undoing = undone;
    undone.listen(() => {
      if (this.#outer) this.#outer.#inner.delete(this);
      this.task.fail(undone.result.length > 0 ? new CompensationFailedError(undone.result, error) : error);
    });
    // What is given up goes on at once, so nothing of it must be open any more.
    const ended = this.#end();
    const compensations = ended.flatMap((scope) => scope.#compensations);
    const undoing = ended.flatMap((scope) => [...scope.#inner].flatMap((inner) => inner.#undoing ?? []));
    for (const scope of ended) {
      scope.#giveUp();
      if (scope !== this) scope.task.fail(new TaskCanceledError(scopeHasEnded));
    }
    // An orchestration that has ended, or continues as new, can undo nothing any more.
    if (!this.#execution.isRunning) undone.complete([]);
    else undo(this.#execution, compensations, undoing, undone);
  }

  /** Ends it, with all scopes in it that are open. */
  #end(): Scope[] {
    this.#isOpen = false;
    return [this, ...[...this.#inner].flatMap((inner) => (inner.#isOpen ? inner.#end() : []))];
  }

  #giveUp(): void {
    for (const task of [this.#timer, ...this.#tasks]) if (this.#execution.isRunning) task?.cancel(scopeHasEnded);
  }
}

/** Calls what undoes each step, newest first. One that fails holds up nothing; all that failed are given in the end. */
function undo(
  execution: Execution,
  compensations: readonly Compensation[],
  undoing: readonly DurableTask<Error[]>[],
  undone: DurableTask<Error[]>,
): void {
  runFiber(steps(), execution);

  function* steps(): Generator<DurableTask<unknown>, void, unknown> {
    const failures: Error[] = [];
    for (const inner of undoing) failures.push(...((yield inner as DurableTask<unknown>) as Error[]));
    for (const { id, name, input, retry } of compensations.toSorted((a, b) => b.id - a.id)) {
      try {
        yield callActivity(execution, name, input, retry);
      } catch (error) {
        failures.push(error as Error);
      }
      execution.calls.removeCompensations([id], true);
    }
    undone.complete(failures);
  }
}
