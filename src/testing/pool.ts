/** Runs a hub's activities in this process. As with a worker, what runs when it is closed is never heard of again. */
import type { ActivityPool, ActivityResult, ActivityTask } from '../../worker/pool';
import { ActivityRunner } from '../../worker/pool/runner';
import { type FailureDetails, toFailure } from '../core';
import type { TestActivities } from './activities';
import type { Work } from './work';

export class InProcessPool implements ActivityPool {
  readonly #activities: TestActivities;
  readonly #work: Work;
  readonly #onResults: (results: readonly ActivityResult[]) => void;
  readonly #runner: ActivityRunner;
  /** What runs, by the number that the runner knows it by. */
  readonly #running = new Map<number, ActivityTask>();
  #nextNumber = 0;
  #closed = false;

  constructor(activities: TestActivities, work: Work, onResults: (results: readonly ActivityResult[]) => void) {
    this.#activities = activities;
    this.#work = work;
    this.#onResults = onResults;
    this.#runner = new ActivityRunner(activities.module, Infinity);
  }

  /** What runs and is going to answer. */
  get running(): ActivityTask[] {
    return [...this.#running.values()].filter(({ name }) => this.#activities.answers(name));
  }

  submit(tasks: readonly ActivityTask[]): void {
    const first = this.#nextNumber;
    for (const task of tasks) this.#running.set(this.#nextNumber++, task);
    void this.#work.soon(() => {
      for (const [index, task] of tasks.entries()) this.#run(first + index, task);
    });
  }

  #run(number: number, { instanceId, taskId, attempt, idempotencyKey, name, input }: ActivityTask): void {
    if (!this.#running.has(number)) return;
    // A copy, as a worker would get one.
    const sent = [instanceId, taskId, attempt, idempotencyKey, name, structuredClone(input)] as const;
    void this.#runner.work(number, [sent]).then(({ numbers, values, failures }) => {
      const finished = numbers.map((each, index) => [each, values[index], failures.get(each)] as const);
      void this.#work.soon(() => this.#finish(finished));
    });
  }

  cancel(keys: readonly string[], reason: string): void {
    const unwanted = new Set(keys);
    const canceled = [...this.#running].filter(([, { key }]) => unwanted.has(key)).map(([number]) => number);
    for (const number of canceled) this.#running.delete(number);
    this.#runner.cancel(canceled, reason);
  }

  close(): void {
    this.#closed = true;
    this.#running.clear();
  }

  #finish(finished: readonly (readonly [number: number, value: unknown, failure: FailureDetails | undefined])[]): void {
    if (this.#closed) return;
    const results: ActivityResult[] = [];
    for (const [number, value, failure] of finished) {
      const task = this.#running.get(number);
      if (!task) continue;
      this.#running.delete(number);
      results.push(resultOf(task.key, value, failure));
    }
    if (results.length > 0) this.#onResults(results);
  }
}

function resultOf(key: string, value: unknown, failure: FailureDetails | undefined): ActivityResult {
  if (failure) return { key, ok: false, failure };
  if (value === undefined) return { key, ok: true };
  try {
    return { key, ok: true, value: structuredClone(value) };
  } catch (error) {
    return { key, ok: false, failure: toFailure(error) };
  }
}
