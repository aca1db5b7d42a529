/** Carries out plans, in both styles from one text; and the world in which their activities act. */
import type { OrchestrationContext, OrchestrationScope, Step, Steps } from '../../src';
import type { Orchestrator } from '../../src/core';
import type { Plan, Style } from './plans';
import type { Activities } from './simulation';
import { asAsync } from './styles';

/** What activities leave behind. */
export class World {
  /** What was undone, by idempotency key, in the order of the first calls. */
  readonly undone = new Map<string, string>();
  readonly #broken = new Set<string>();
  readonly #mended = new Set<string>();

  /** Whatever is broken works from now on. */
  mend(): void {
    for (const what of this.#broken) this.#mended.add(what);
  }

  readonly activities: Activities = {
    work(input: never) {
      const number = input as number;
      if (number % 7 === 0) throw new RangeError(`no ${number}`);
      return number * 2;
    },
    flaky(fails: never, { attempt }) {
      if (attempt <= (fails as number)) throw new Error(`attempt ${attempt} failed`);
      return attempt;
    },
    use: (what: never) => {
      this.#broken.add(what);
      if (!this.#mended.has(what)) throw new Error(`${what} is broken`);
      return 'it works';
    },
    undo: (what: never, { idempotencyKey }) => {
      const label = what as string;
      if (!this.undone.has(idempotencyKey)) this.undone.set(idempotencyKey, label);
      if (label.endsWith('!')) throw new Error(`${label} cannot be undone`);
    },
  };
}

type Context = OrchestrationContext<Record<string, (input: unknown) => unknown>>;

function* wait(task: unknown): Steps<unknown> {
  return yield task as Step;
}

function codeOf(error: unknown): string {
  return (error as { code?: string }).code ?? String(error);
}

/** The result, or what it failed with. */
function* outcome(task: unknown): Steps<unknown> {
  try {
    return yield* wait(task);
  } catch (error) {
    return codeOf(error);
  }
}

function* run(ctx: Context, plan: Plan, style: Style): Steps<unknown[]> {
  const results = [...plan.results];
  let { events } = plan;
  for (const [i, step] of plan.steps.entries()) {
    const label = `${plan.round}/${plan.at + i}`;
    switch (step.do) {
      case 'activity':
        results.push(yield* outcome(ctx.callActivity('work', step.n)));
        break;
      case 'lose': {
        const deadline = ctx.createTimer('3000d');
        const first = (yield* wait(ctx.any({ work: ctx.callActivity('work', step.n), deadline }))) as { key: string };
        deadline.cancel();
        results.push(first.key);
        break;
      }
      case 'cancel': {
        const task = ctx.callActivity('work', step.n);
        task.cancel();
        results.push(yield* outcome(task));
        break;
      }
      case 'retry': {
        const retry = { maxAttempts: step.attempts, firstRetryInterval: 100, backoffCoefficient: 3, jitter: 0.5 };
        results.push(yield* outcome(ctx.callActivity('flaky', step.fails, { retry })));
        break;
      }
      case 'refuse': {
        const retryIf = (error: { cause?: unknown }) => (error.cause as Error).name !== 'RangeError';
        const retry = { maxAttempts: 5, firstRetryInterval: '1h', retryIf } as const;
        results.push(yield* outcome(ctx.callActivity('work', 7, { retry })));
        break;
      }
      case 'timer': {
        const from = ctx.currentUtcDateTime.getTime();
        yield* wait(ctx.createTimer(step.ms));
        results.push(ctx.currentUtcDateTime.getTime() - from >= step.ms);
        break;
      }
      case 'race': {
        const timers = { a: ctx.createTimer(step.a), b: ctx.createTimer(step.b) };
        const first = (yield* wait(ctx.any(timers))) as { key: 'a' | 'b' };
        timers[first.key === 'a' ? 'b' : 'a'].cancel();
        results.push(first.key);
        break;
      }
      case 'all':
        results.push(yield* outcome(ctx.all(step.n.map((each) => ctx.callActivity('work', each)))));
        break;
      case 'settle': {
        const all = ctx.allSettled(step.n.map((each) => ctx.callActivity('work', each)));
        const settled = (yield* wait(all)) as PromiseSettledResult<unknown>[];
        results.push(settled.map((each) => (each.status === 'fulfilled' ? each.value : codeOf(each.reason))));
        break;
      }
      case 'event': {
        // A sender that got no answer sends again; what has been seen is passed over.
        let seen = -1;
        while (seen < events) seen = (yield* wait(ctx.waitForExternalEvent('go'))) as number;
        results.push(events++);
        break;
      }
      case 'miss': {
        const options = { timeout: step.ms, ...(step.hasDefault && { default: 'nobody' }) };
        results.push(yield* outcome(ctx.waitForExternalEvent('never', options)));
        break;
      }
      case 'remind':
        ctx.sendEvent(ctx.instanceId, 'Reminder', new Map([['label', label]]));
        results.push(yield* wait(ctx.waitForExternalEvent('reminder')));
        break;
      case 'tell': {
        const instanceId = `${ctx.instanceId} listens ${label}`;
        const child = ctx.callSubOrchestrator(planOrchestrations.listen as never, undefined as never, { instanceId });
        ctx.sendEvent(instanceId, 'word', label);
        results.push(yield* wait(child));
        break;
      }
      case 'child': {
        const child: Plan = { round: label, steps: step.steps, at: 0, results: [], events: 0 };
        const options = step.isNamed ? { instanceId: `${ctx.instanceId} child ${label} ${ctx.newGuid()}` } : {};
        const orchestrator = planOrchestrations[step.style];
        results.push(yield* wait(ctx.callSubOrchestrator(orchestrator as never, child as never, options)));
        break;
      }
      case 'detach': {
        const child: Plan = { round: label, steps: step.steps, at: 0, results: [], events: 0 };
        const started = ctx.callSubOrchestrator(planOrchestrations[step.style] as never, child as never, {
          detached: true,
        });
        results.push(typeof (yield* wait(started)));
        break;
      }
      case 'scope': {
        const body = function* (scope: OrchestrationScope): Steps<unknown> {
          const values: unknown[] = [];
          const take = function* (within: OrchestrationScope, of: number, where: string): Steps<void> {
            for (let k = 0; k < of; k++) {
              within.addCompensation('undo', `${label}${where}${k}${step.badUndo && k === 0 ? '!' : ''}`);
              // Time may fly while an activity runs.
              if (step.ends !== 'late') values.push(yield* wait(within.callActivity('work', k + 1)));
            }
          };
          yield* take(scope, step.steps, '.');
          const inner = function* (within: OrchestrationScope): Steps<unknown> {
            yield* take(within, step.inner, '..');
            return undefined;
          };
          yield* wait(scope.scope(inStyle(inner, style)));
          if (step.ends === 'fails') yield* wait(scope.callActivity('work', 7));
          if (step.ends === 'late') yield* wait(scope.waitForExternalEvent('never'));
          if (step.ends === 'breaks') yield* wait(scope.callActivity('use', label));
          return values;
        };
        const scope = ctx.scope(inStyle(body, style), step.ends === 'late' ? { timeout: 5_000 } : {});
        // What breaks is for whoever mends and rewinds it.
        results.push(step.ends === 'breaks' ? yield* wait(scope) : yield* outcome(scope));
        break;
      }
      case 'break':
        results.push(yield* wait(ctx.callActivity('use', label)));
        break;
      case 'status':
        ctx.setCustomStatus({ value: step.value });
        break;
      case 'draw': {
        const drawn = [ctx.newGuid(), ctx.newGuid(), ctx.random(), ctx.random()];
        results.push(new Set(drawn).size === 4 && Number(drawn[2]) >= 0 && Number(drawn[2]) < 1);
        break;
      }
      case 'patch':
        results.push(ctx.patched('a patch'));
        break;
      case 'continue': {
        const rest: Plan = { ...plan, steps: plan.steps.slice(i + 1), at: plan.at + i + 1, results, events };
        ctx.continueAsNew(rest as never, { keepEvents: step.keepsEvents });
      }
    }
  }
  return results;
}

type Body = (scope: OrchestrationScope) => Steps<unknown>;

function inStyle(body: Body, style: Style): never {
  return (style === 'plan' ? body : asAsync(body as never)) as never;
}

export const planOrchestrations: Record<Style | 'listen', Orchestrator> = {
  *plan(ctx: Context, plan: Plan) {
    return yield* run(ctx, plan, 'plan');
  },
  planAsync: asAsync(((ctx: Context, plan: Plan) => run(ctx, plan, 'planAsync')) as never),
  listen: async (ctx: Context) => ctx.waitForExternalEvent('word'),
};
