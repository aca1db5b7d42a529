/** Random orchestrations: a program is data, one orchestrator in each style runs it, and a plain function says what it must come to. */
import fc from 'fast-check';
import type { Step as DurableStep, OrchestrationContext, Steps } from '../../src';
import type { Orchestrator } from '../../src/core';

export type Step =
  | { do: 'activity'; n: number }
  | { do: 'all'; n: number[] }
  | { do: 'race'; n: number }
  | { do: 'timer'; ms: number }
  | { do: 'event' }
  /** Something binary goes to an activity and back, and into the custom status, beside something large. */
  | { do: 'blob'; bytes: number }
  | { do: 'child'; steps: Step[]; explicit: boolean }
  | { do: 'continue' };

export interface Program {
  /** Tells one use of an id from the next. */
  round: string;
  steps: Step[];
  results: unknown[];
  /** How many events were consumed. */
  events: number;
  /** The last binary value. */
  blob?: Blob;
}

const simple: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('activity' as const), n: fc.nat(30) }),
  fc.record({ do: fc.constant('all' as const), n: fc.array(fc.nat(30), { maxLength: 4 }) }),
  fc.record({ do: fc.constant('race' as const), n: fc.nat(30) }),
  fc.record({ do: fc.constant('timer' as const), ms: fc.nat(20_000) }),
  fc.record({ do: fc.constant('event' as const) }),
  fc.record({ do: fc.constant('blob' as const), bytes: fc.integer({ min: 1, max: 9 }) }),
  fc.record({ do: fc.constant('continue' as const) }),
);
const childSteps = fc.array(
  simple.filter((step) => step.do !== 'event'),
  { maxLength: 3 },
);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: simple },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('child' as const), steps: childSteps, explicit: fc.boolean() }),
  },
);
export const steps: fc.Arbitrary<Step[]> = fc.array(step, { maxLength: 6 });

export const activities = {
  work(n: number): number {
    if (n % 7 === 0) throw new RangeError(`no ${n}`);
    return n * 2;
  },
  swap(blob: Blob): Blob {
    return new Blob([blob, '.']);
  },
};

const working = (n: number) => (n % 7 === 0 ? `failed ${n}` : n * 2);

/** What a program comes to, with nothing in the way. */
export function outcomeOf(all: readonly Step[]): unknown[] {
  let events = 0;
  return all.flatMap((each): unknown[] => {
    switch (each.do) {
      case 'activity':
      case 'race':
        return [working(each.n)];
      case 'all':
        return [each.n.map(working)];
      case 'event':
        return [`event ${events++}`];
      case 'blob':
        return [`${each.bytes + 1} bytes`];
      case 'child':
        return [outcomeOf(each.steps)];
      default:
        return [];
    }
  });
}

type Context = OrchestrationContext<typeof activities, { events: { go: number } }>;

function* run(ctx: Context, program: Program): Steps<unknown[]> {
  // One text for both styles: every wait is a `yield`, which the async orchestrator below awaits.
  const { steps: rest, round } = program;
  const results = [...program.results];
  let { events, blob } = program;
  const wait = function* (task: unknown): Steps<unknown> {
    return yield task as DurableStep;
  };
  const work = function* (task: unknown, n: number): Steps<unknown> {
    try {
      return yield* wait(task);
    } catch (error) {
      return (error as { code?: string }).code === 'TaskFailed' ? `failed ${n}` : `unexpected ${error}`;
    }
  };
  for (const [i, each] of rest.entries()) {
    switch (each.do) {
      case 'activity':
        results.push(yield* work(ctx.callActivity('work', each.n), each.n));
        break;
      case 'all': {
        const settled = (yield* wait(
          ctx.allSettled(each.n.map((n) => ctx.callActivity('work', n))),
        )) as PromiseSettledResult<number>[];
        results.push(settled.map((one, k) => (one.status === 'fulfilled' ? one.value : `failed ${each.n[k]}`)));
        break;
      }
      case 'race': {
        const deadline = ctx.createTimer('3000d');
        const task = ctx.callActivity('work', each.n);
        const first = (yield* wait(ctx.any({ task, deadline }))) as { key: string; value: unknown };
        deadline.cancel();
        try {
          results.push(first.key === 'task' ? first.value : 'the deadline');
        } catch {
          results.push(`failed ${each.n}`);
        }
        break;
      }
      case 'timer':
        yield* wait(ctx.createTimer(each.ms));
        break;
      case 'event': {
        // A sender that got no answer sends again; the orchestrator passes over what it has seen.
        let seen = -1;
        while (seen < events) seen = (yield* wait(ctx.waitForExternalEvent('go'))) as number;
        results.push(`event ${events++}`);
        break;
      }
      case 'blob': {
        const swapped = (yield* wait(ctx.callActivity('swap', new Blob(['b'.repeat(each.bytes)])))) as Blob;
        ctx.setCustomStatus({ before: blob, now: swapped, large: 'l'.repeat(33_000) });
        blob = swapped;
        results.push(`${blob.size} bytes`);
        break;
      }
      case 'child': {
        const child: Program = { round, steps: each.steps, results: [], events: 0 };
        const options = each.explicit
          ? { instanceId: `${ctx.instanceId}/${round}/${results.length}/${ctx.newGuid()}` }
          : {};
        results.push(yield* wait(ctx.callSubOrchestrator(orchestrations.steps as never, child as never, options)));
        break;
      }
      case 'continue':
        ctx.setCustomStatus({ done: results.length });
        ctx.continueAsNew({ round, steps: rest.slice(i + 1), results, events, ...(blob && { blob }) });
    }
  }
  return results;
}

export const orchestrations: Record<'steps' | 'async', Orchestrator> = {
  *steps(ctx: Context, program: Program) {
    return yield* run(ctx, program);
  },
  async async(ctx: Context, program: Program) {
    const steps = run(ctx, program);
    let next = steps.next();
    while (!next.done) {
      const task = next.value as unknown as PromiseLike<unknown>;
      try {
        const value = await task;
        next = steps.next(value as never);
      } catch (error) {
        next = steps.throw(error);
      }
    }
    return next.value;
  },
};
