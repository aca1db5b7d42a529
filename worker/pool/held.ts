/** A task that an activity worker holds, queued or running, and what its activity sees of it. */
import { TaskCanceledError } from '../../src/core/errors';
import type { ActivityContext } from '../../src/core/types/activity';
import type { SentTask } from './exchange';

export class HeldTask {
  readonly number: number;
  readonly #task: SentTask;
  #canceled: TaskCanceledError | undefined;
  #controller: AbortController | undefined;

  constructor(number: number, task: SentTask) {
    this.number = number;
    this.#task = task;
  }

  get name(): string {
    return this.#task[4];
  }

  get input(): unknown {
    return this.#task[5];
  }

  cancel(reason: string): void {
    this.#canceled ??= new TaskCanceledError(reason);
    this.#controller?.abort(this.#canceled);
  }

  throwIfCanceled(): void {
    if (this.#canceled) throw this.#canceled;
  }

  context(): ActivityContext {
    return new Context(this.#task, this);
  }

  // Most activities never look at their signal, and making one costs more than a small activity.
  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.#canceled) this.#controller.abort(this.#canceled);
    }
    return this.#controller.signal;
  }
}

class Context implements ActivityContext {
  readonly instanceId: string;
  readonly taskId: number;
  readonly attempt: number;
  readonly idempotencyKey: string;
  // A field, so that it can be taken out of the context: `({ log }) => …`.
  readonly log: (...args: unknown[]) => void;
  readonly #held: HeldTask;

  constructor([instanceId, taskId, attempt, idempotencyKey, name]: SentTask, held: HeldTask) {
    this.instanceId = instanceId;
    this.taskId = taskId;
    this.attempt = attempt;
    this.idempotencyKey = idempotencyKey;
    this.log = (...args) => console.log(`[perdure activity ${instanceId} ${name}]`, ...args);
    this.#held = held;
  }

  get signal(): AbortSignal {
    return this.#held.signal;
  }
}
