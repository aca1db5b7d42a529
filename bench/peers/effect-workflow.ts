/** Effect's workflows on the engine in memory that comes with them. */
import { Effect, Layer, ManagedRuntime, Schema } from 'effect';
import { Activity, Workflow, WorkflowEngine } from 'effect/workflow';
import { noop } from '../activities';
import type { Side } from '../sides';
import { range, sideOf } from './rival';

const LoadWorkflow = Workflow.make('Load', {
  payload: { id: Schema.String, steps: Schema.Number, width: Schema.Number },
  success: Schema.Number,
  idempotencyKey: ({ id }) => id,
});

const activity = (step: number, i: number) =>
  Activity.make({ name: `${step}.${i}`, success: Schema.Number, execute: Effect.promise(() => noop(i)) });

const LoadLayer = LoadWorkflow.toLayer(
  Effect.fnUntraced(function* ({ steps, width }) {
    let done = 0;
    for (const step of range(steps)) {
      const results = yield* Effect.all(
        range(width).map((i) => activity(step, i)),
        { concurrency: 'unbounded' },
      );
      done += results.length;
    }
    return done;
  }),
);

export function open(): Side {
  const runtime = ManagedRuntime.make(LoadLayer.pipe(Layer.provideMerge(WorkflowEngine.layerMemory)));
  return sideOf({
    runOne: (id, shape) => runtime.runPromise(LoadWorkflow.execute({ id, ...shape })),
    close: () => runtime.dispose(),
  });
}
