/**
 * The one task model under both styles of orchestrators. An async function awaits a task through `then`; a generator
 * yields it, and its fiber listens. A task settles only while its execution applies a message or runs its orchestrator,
 * so nothing here waits for anything.
 */
import { TaskCanceledError } from './errors';
import type { Step, Task, TaskIterator } from './types/task';

/** What a task tells of to its execution. */
export interface TaskOwner {
  /** Somebody awaits a settled task: continuations are queued that need a hop of the event loop to run. */
  wake(): void;
}

export class DurableTask<T = unknown> {
  #state: 'pending' | 'completed' | 'faulted' | 'canceled' = 'pending';
  #value: unknown;
  #listeners: (() => void)[] | undefined;
  #promise: Promise<T> | undefined;
  #settlePromise: (() => void) | undefined;
  readonly #owner: TaskOwner;
  /** Gives up what stands behind the task. */
  readonly #onCancel: ((reason: string | undefined) => void) | undefined;
  constructor(owner: TaskOwner, onCancel?: (reason: string | undefined) => void) {
    this.#owner = owner;
    this.#onCancel = onCancel;
  }

  get [Symbol.toStringTag](): string {
    return 'Task';
  }

  /** This task as orchestrators see it. */
  get asTask(): Task<T> {
    return this as unknown as Task<T>;
  }

  get isCompleted(): boolean {
    return this.#state !== 'pending';
  }

  get isFaulted(): boolean {
    return this.#state === 'faulted' || this.#state === 'canceled';
  }

  get isCanceled(): boolean {
    return this.#state === 'canceled';
  }

  /** The result. @throws what the task failed with */
  get result(): T {
    if (this.isFaulted) throw this.#value;
    return this.#value as T;
  }

  complete(value: T): void {
    this.#settle('completed', value);
  }

  fail(error: unknown): void {
    this.#settle('faulted', error);
  }

  cancel(reason?: string): void {
    if (this.isCompleted) return;
    this.#onCancel?.(reason);
    this.#settle('canceled', new TaskCanceledError(reason ?? 'the task was cancelled'));
  }

  /** Calls back when the task settles, at once if it has. */
  listen(listener: () => void): void {
    if (this.isCompleted) listener();
    else if (this.#listeners) this.#listeners.push(listener);
    else this.#listeners = [listener];
  }

  #settle(state: 'completed' | 'faulted' | 'canceled', value: unknown): void {
    if (this.isCompleted) return;
    this.#state = state;
    this.#value = value;
    if (this.#settlePromise) {
      this.#settlePromise();
      this.#owner.wake();
    }
    const listeners = this.#listeners;
    this.#listeners = undefined;
    if (listeners) for (const listener of listeners) listener();
  }

  // biome-ignore lint/suspicious/noThenProperty: a task is awaited like a promise
  then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    // Made only when somebody awaits: a task that nobody waits for costs no promise and cannot be an unhandled rejection.
    this.#promise ??= new Promise<T>((resolve, reject) => {
      this.#settlePromise = () => (this.isFaulted ? reject(this.#value) : resolve(this.#value as T));
    });
    if (this.isCompleted) {
      this.#settlePromise?.();
      this.#owner.wake();
    }
    return this.#promise.then(onFulfilled, onRejected);
  }

  catch<B = never>(onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise<T | B> {
    return this.then(null, onRejected);
  }

  finally(onFinally?: (() => void) | null): Promise<T> {
    return this.then().finally(onFinally);
  }

  [Symbol.iterator](): TaskIterator<T> {
    return new TaskSteps(this);
  }
}

/** How `yield*` waits for a task. */
class TaskSteps<T> implements TaskIterator<T> {
  readonly #task: DurableTask<T>;
  #isYielded = false;

  constructor(task: DurableTask<T>) {
    this.#task = task;
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(): IteratorResult<Step, T> {
    if (this.#task.isCompleted) return { done: true, value: this.#task.result };
    if (this.#isYielded) throw new TypeError('a task went on before it had settled: yield it with yield*');
    this.#isYielded = true;
    return { done: false, value: this.#task as unknown as Step };
  }

  throw(error: unknown): never {
    throw error;
  }

  return(): never {
    // `const [a] = ctx.all([…])` compiles, and would take the step for the result.
    throw new TypeError('a task was iterated over, not awaited: await it, or use yield*');
  }
}
