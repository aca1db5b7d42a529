/*
 * What `serve` takes, and what does not compile there: it is the one place that sees all functions of an app.
 */
import type { ActivityContext } from '../../src/core/types/activity';
import type { Check } from '../../src/core/types/cloneable';
import type { OrchestrationContext } from '../../src/core/types/orchestration';
import type { Steps } from '../../src/core/types/task';
import type { CheckActivities, CheckOrchestrations, ServeOptions } from '../../worker/types';
import * as activities from './activities';
import { holds, type Same } from './assert';
import * as orchestrations from './orchestrations';

declare function serve<M extends object, A extends object>(options: ServeOptions<M, A>): void;
type Context = OrchestrationContext<typeof activities>;

serve({ orchestrations, activities });
serve({ orchestrations });
serve({ orchestrations, activities, pool: { size: 2, concurrency: 8 } });
serve({ orchestrations, activityWorker: () => new Worker('activities.worker.js', { type: 'module' }) });

// @ts-expect-error no orchestrations
serve({ activities });
// @ts-expect-error an option that does not exist
serve({ orchestrations, workers: 4 });
// @ts-expect-error a function that makes a worker
serve({ orchestrations, activityWorker: new Worker('activities.worker.js') });

// ------------------------------------------------------------------ what can be cloned

interface Tree {
  readonly name: string;
  readonly children: readonly Tree[];
  readonly parent?: Tree;
}

holds<Same<Check<string | number | bigint | boolean | null | undefined, 'x'>, never>>();
holds<Same<Check<void, 'x'>, never>>();
holds<Same<Check<Date | RegExp | Error, 'x'>, never>>();
holds<Same<Check<Blob | File | ArrayBuffer | Uint8Array | ImageData | CryptoKey, 'x'>, never>>();
holds<Same<Check<Map<string, Set<Date>>, 'x'>, never>>();
holds<Same<Check<{ a?: string; b: { c: readonly [number, File?] }[] }, 'x'>, never>>();
holds<Same<Check<unknown, 'x'>, never>>();
holds<Same<Check<unknown[], 'x'>, never>>();
// Types without an end: each would loop if it were followed.
holds<Same<Check<activities.Json, 'x'>, never>>();
holds<Same<Check<Tree, 'x'>, never>>();

holds<Same<Check<symbol, 'x'>, 'x is a symbol'>>();
holds<Same<Check<() => void, 'x'>, 'x is a function'>>();
holds<Same<Check<typeof Date, 'x'>, 'x is a function'>>();
holds<Same<Check<Promise<string>, 'x'>, 'x is a promise'>>();
holds<Same<Check<{ a: { b: PromiseLike<string> }[] }, 'x'>, 'x.a[].b is a promise'>>();
holds<Same<Check<{ list: { onClick?: () => void }[] }, 'x'>, 'x.list[].onClick is a function'>>();
holds<Same<Check<Map<string, { f: () => void }>, 'x'>, 'x.values.f is a function'>>();
holds<Same<Check<Map<symbol, string>, 'x'>, 'x.keys is a symbol'>>();
holds<Same<Check<Set<() => void>, 'x'>, 'x.values is a function'>>();
holds<Same<Check<string | [number, () => void], 'x'>, 'x[] is a function'>>();
holds<Same<Check<{ a: symbol; b: { c: symbol } }, 'x'>, 'x.a is a symbol' | 'x.b.c is a symbol'>>();
holds<Same<Check<activities.Uploader, 'x'>, never>>();
holds<Same<Check<{ el: HTMLElement }, 'x'> extends `x.el.${string} is a function` ? true : false, true>>();
// Beyond a depth of five the path ends, and the answer stays.
holds<
  Same<
    Check<{ a: { b: { c: { d: { e: { f: symbol } } } } } }, 'x'>,
    'x.a.b.c.d.e holds something that cannot be cloned'
  >
>();
// Memory that is shared between workers cannot be stored.
holds<Same<Check<SharedArrayBuffer, 'x'>, 'x.slice is a function'>>();

// ------------------------------------------------------------------ activities

const returnsFunction = { load: async () => ({ list: [{ onClick: () => {} }] }) };
// @ts-expect-error output.list[].onClick is a function
serve({ orchestrations, activities: returnsFunction });
holds<
  Same<
    CheckActivities<typeof returnsFunction>['load'],
    { readonly 'perdure: this cannot be cloned': 'output.list[].onClick is a function' }
  >
>();

const takesFunction = { load: async (_: { callback: () => void }) => {} };
// @ts-expect-error input.callback is a function
serve({ orchestrations, activities: takesFunction });

const takesElement = { measure: async (element: HTMLElement) => element.clientWidth };
// @ts-expect-error an element of the page
serve({ orchestrations, activities: takesElement });

const returnsResponse = { get: async (url: string, { signal }: ActivityContext) => await fetch(url, { signal }) };
// @ts-expect-error output.json is a function
serve({ orchestrations, activities: returnsResponse });

const returnsSymbol = { make: () => ({ id: Symbol('id') }) };
// @ts-expect-error output.id is a symbol
serve({ orchestrations, activities: returnsSymbol });

const returnsPromise = { make: async () => ({ later: Promise.resolve(1) }) };
// @ts-expect-error output.later is a promise
serve({ orchestrations, activities: returnsPromise });

const returnsGenerator = {
  async *stream() {
    yield 1;
  },
};
// @ts-expect-error an activity gives one result
serve({ orchestrations, activities: returnsGenerator });

// ------------------------------------------------------------------ orchestrations

const asyncGenerator = {
  async *both(ctx: Context) {
    yield ctx.callActivity('greet', 'Ada');
  },
};
// @ts-expect-error an async function or a generator, not both
serve({ orchestrations: asyncGenerator, activities });
holds<
  Same<
    CheckOrchestrations<typeof asyncGenerator>['both'],
    {
      readonly 'perdure: this is no orchestrator': 'an orchestrator is an async function or a generator, not both';
    }
  >
>();

const yieldsValue = {
  *values(_: Context) {
    yield 1;
  },
};
// @ts-expect-error it yields something that is no task
serve({ orchestrations: yieldsValue, activities });

const yieldsPromise = {
  *promises(ctx: Context) {
    yield ctx.callActivity('greet', 'Ada').then((greeting) => greeting.length);
  },
};
// @ts-expect-error it yields something that is no task
serve({ orchestrations: yieldsPromise, activities });

const returnsTask = {
  *nested(ctx: Context): Steps<{ greeting: Promise<string> }> {
    yield* ctx.callActivity('ping');
    return { greeting: ctx.callActivity('greet', 'Ada') };
  },
};
// @ts-expect-error output.greeting is a promise
serve({ orchestrations: returnsTask, activities });

const takesCallback = { run: async (_: Context, input: { steps: (() => void)[] }) => input.steps.length };
// @ts-expect-error input.steps[] is a function
serve({ orchestrations: takesCallback, activities });

const declaresTwoInputs = {
  run: async (_: OrchestrationContext<typeof activities, { input: string }>, n: number) => n,
};
// @ts-expect-error its context declares another input than its second parameter
serve({ orchestrations: declaresTwoInputs, activities });

const declaresEvent = {
  run: async (_: OrchestrationContext<typeof activities, { events: { go: { reply: () => void } } }>) => {},
};
// @ts-expect-error contract.events.go.reply is a function
serve({ orchestrations: declaresEvent, activities });
holds<
  Same<
    CheckOrchestrations<typeof declaresEvent>['run'],
    { readonly 'perdure: this cannot be cloned': 'contract.events.go.reply is a function' }
  >
>();

const declaresStatus = { run: async (_: OrchestrationContext<typeof activities, { customStatus: symbol }>) => {} };
// @ts-expect-error contract.customStatus is a symbol
serve({ orchestrations: declaresStatus, activities });

const declaresFunction = {
  run: async (_: OrchestrationContext<typeof activities, { input: { f: () => void } }>) => {},
};
// @ts-expect-error input.f is a function
serve({ orchestrations: declaresFunction, activities });
