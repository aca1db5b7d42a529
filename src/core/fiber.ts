/**
 * Runs a generator: the orchestrator itself, or a helper given to `all`. It goes on, without a hop of the event loop,
 * as soon as what it yielded has settled.
 */
import { DurableTask, type TaskOwner } from './task';

type Steps = Iterator<unknown, unknown, unknown>;

/** Whether it is a generator that was called and can be run. */
export function isGenerator(value: unknown): value is Steps {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as Partial<Steps>).next === 'function' &&
    typeof (value as Partial<Steps>).throw === 'function' &&
    Symbol.iterator in value
  );
}

/** Starts a generator, and gives the task of its result. `onCancel` gives up what it waits for. */
export function runFiber(steps: Steps, owner: TaskOwner, onCancel?: (reason: string | undefined) => void): DurableTask {
  const task = new DurableTask(owner, onCancel);
  go(() => steps.next());
  return task;

  function go(resume: () => IteratorResult<unknown, unknown>): void {
    let next = resume;
    // A loop, not a recursion: what has settled already must not deepen the stack.
    for (;;) {
      let step: IteratorResult<unknown, unknown>;
      try {
        step = next();
      } catch (error) {
        task.fail(error);
        return;
      }
      if (step.done) {
        task.complete(step.value);
        return;
      }
      const awaited = awaitedTask(step.value, owner);
      if (!awaited) {
        next = () => steps.throw?.(new TypeError(notATask)) as IteratorResult<unknown, unknown>;
      } else if (awaited.isCompleted) {
        next = () => resumeWith(awaited);
      } else {
        awaited.listen(() => go(() => resumeWith(awaited)));
        return;
      }
    }
  }

  function resumeWith(settled: DurableTask): IteratorResult<unknown, unknown> {
    let result: unknown;
    try {
      result = settled.result;
    } catch (error) {
      return steps.throw?.(error) as IteratorResult<unknown, unknown>;
    }
    return steps.next(result);
  }
}

const notATask =
  'a generator orchestrator yielded something that is no task: yield only what the context gives, such as ctx.callActivity(…)';

function awaitedTask(yielded: unknown, owner: TaskOwner): DurableTask | undefined {
  if (yielded instanceof DurableTask) return yielded;
  return isGenerator(yielded) ? runFiber(yielded, owner) : undefined;
}
