/** Several tasks as one: `all`, `any` and `allSettled` over tasks, promises of async helpers, and called generators. */
import { isGenerator, runFiber } from './fiber';
import { DurableTask, type TaskOwner } from './task';

/** A task for anything that can be waited for. */
export function taskOf(joined: unknown, owner: TaskOwner): DurableTask {
  if (joined instanceof DurableTask) return joined;
  if (isGenerator(joined)) return runFiber(joined, owner);
  const task = new DurableTask(owner);
  if (typeof joined === 'object' && joined !== null && 'then' in joined && typeof joined.then === 'function') {
    // An async helper runs on by itself, so there may be continuations to wait for already.
    owner.wake();
    (joined as PromiseLike<unknown>).then(
      (value) => task.complete(value),
      (error) => task.fail(error),
    );
  } else {
    task.complete(joined);
  }
  return task;
}

/** All results, in order; fails with the first failure. */
export function all(joined: readonly unknown[], owner: TaskOwner): DurableTask<unknown[]> {
  const whole = new DurableTask<unknown[]>(owner);
  const tasks = joined.map((item) => taskOf(item, owner));
  let open = tasks.length;
  if (open === 0) whole.complete([]);
  for (const task of tasks) {
    task.listen(() => {
      open--;
      if (whole.isCompleted) return;
      if (task.isFaulted) whole.fail(errorOf(task));
      else if (open === 0) whole.complete(tasks.map((each) => each.result));
    });
  }
  return whole;
}

/** How each ended, in order; never fails. */
export function allSettled(joined: readonly unknown[], owner: TaskOwner): DurableTask<PromiseSettledResult<unknown>[]> {
  const whole = new DurableTask<PromiseSettledResult<unknown>[]>(owner);
  const tasks = joined.map((item) => taskOf(item, owner));
  let open = tasks.length;
  const settled = (task: DurableTask): PromiseSettledResult<unknown> =>
    task.isFaulted ? { status: 'rejected', reason: errorOf(task) } : { status: 'fulfilled', value: task.result };
  if (open === 0) whole.complete([]);
  for (const task of tasks) {
    task.listen(() => {
      open--;
      if (open === 0) whole.complete(tasks.map(settled));
    });
  }
  return whole;
}

/** The first to settle, with its key. Awaiting the task itself would unwrap it, hence the key and the value. */
export function any(
  joined: readonly unknown[] | Readonly<Record<string, unknown>>,
  owner: TaskOwner,
): DurableTask<{ key: number | string; task: unknown; value: unknown }> {
  const entries: [number | string, unknown][] = Array.isArray(joined)
    ? joined.map((item, index) => [index, item])
    : Object.entries(joined);
  if (entries.length === 0) throw new TypeError('any() of nothing would never settle: give it at least one task');
  const whole = new DurableTask<{ key: number | string; task: unknown; value: unknown }>(owner);
  for (const [key, item] of entries) {
    const task = taskOf(item, owner);
    task.listen(() => {
      whole.complete({
        key,
        task: item,
        get value() {
          return task.result;
        },
      });
    });
  }
  return whole;
}

export function errorOf(task: DurableTask): unknown {
  try {
    return task.result;
  } catch (error) {
    return error;
  }
}
