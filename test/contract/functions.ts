/** The orchestrations and activities of the contract: every hub runs the same ones, each in both styles. */
import type { Steps, Task } from '../../src';
import { asAsync, type Context, type StepsOf } from '../support/styles';

export const activities = {
  increment: (n: number) => n + 1,
  echo: (value: unknown) => value,
  fail: (message: string) => {
    throw Object.assign(new RangeError(message, { cause: new TypeError('the cause') }), { code: 'E_TEST' });
  },
  readText: (blob: Blob) => blob.text(),
  forever: () => new Promise<void>(() => {}),
};

export function* child(ctx: Context, n: number): Steps<number> {
  return (yield* ctx.callActivity('increment', n)) as number;
}
export async function childAsync(ctx: Context, n: number): Promise<number> {
  return (await ctx.callActivity('increment', n)) as number;
}
export async function failingChild(): Promise<void> {
  throw Object.assign(new RangeError('no pens'), { code: 'E_STOCK' });
}
export async function whoAmI(ctx: Context): Promise<unknown> {
  return { instanceId: ctx.instanceId, parent: ctx.parent };
}

const steps = {
  *chain(ctx: Context, n: number): Steps<number> {
    let value = 0;
    for (let i = 0; i < n; i++) value = (yield* ctx.callActivity('increment', value)) as number;
    return value;
  },

  *fanOut(ctx: Context, n: number): Steps<unknown> {
    return yield* ctx.all(Array.from({ length: n }, (_, i) => ctx.activities.increment!(i)));
  },

  *catches(ctx: Context): Steps<unknown> {
    try {
      yield* ctx.callActivity('fail', 'oh no');
    } catch (error) {
      const { name, code, cause } = error as Error & { code: string; cause: Error & { code: string } };
      return { name, code, cause: { name: cause.name, message: cause.message, code: cause.code } };
    }
    return 'not thrown';
  },

  *fails(ctx: Context): Steps<void> {
    yield* ctx.callActivity('fail', 'oh no');
  },

  *callsUnknown(ctx: Context): Steps<void> {
    yield* ctx.callActivity('incremnt', 1);
  },

  *nests(ctx: Context, n: number): Steps<unknown> {
    const results = yield* ctx.all([ctx.callSubOrchestrator(child, n), ctx.callSubOrchestrator(childAsync, n + 1)]);
    let failure: unknown;
    try {
      yield* ctx.callSubOrchestrator(failingChild);
    } catch (error) {
      failure = (error as Error).message;
    }
    return [
      results,
      failure,
      yield* ctx.callSubOrchestrator(whoAmI, undefined, { instanceId: `${ctx.instanceId}/who` }),
    ];
  },

  *collects(ctx: Context, names: string[]): Steps<unknown> {
    ctx.setCustomStatus({ names });
    const name = (yield* ctx.waitForExternalEvent('addname')) as string;
    if (name !== 'done') ctx.continueAsNew([...names, name]);
    return names;
  },

  *approval(ctx: Context): Steps<unknown> {
    const deadline = ctx.createTimer('1d');
    const first = yield* ctx.any({ decision: ctx.waitForExternalEvent<boolean>('decision'), deadline });
    deadline.cancel();
    const comment = yield* ctx.waitForExternalEvent('comment', { timeout: 20, default: 'none' });
    return [first.key, first.value, comment];
  },

  *settles(ctx: Context): Steps<unknown> {
    const timer: Task<void> = ctx.createTimer('1d');
    timer.cancel('not needed');
    const settled = yield* ctx.allSettled([ctx.callActivity('increment', 1), ctx.callActivity('fail', 'no'), timer]);
    return settled.map((each) => (each.status === 'fulfilled' ? each.value : (each.reason as Error).message));
  },

  *sleeps(ctx: Context, ms: number): Steps<number> {
    const from = ctx.currentUtcDateTime.getTime();
    yield* ctx.createTimer(ms);
    return ctx.currentUtcDateTime.getTime() - from;
  },

  *echoes(ctx: Context, input: unknown): Steps<unknown> {
    return [input, yield* ctx.callActivity('echo', input), yield* ctx.waitForExternalEvent('echo')];
  },

  *reads(ctx: Context, file: Blob): Steps<unknown> {
    return [yield* ctx.callActivity('readText', file), yield* ctx.callActivity('readText', file)];
  },

  *lasts(ctx: Context): Steps<void> {
    yield* ctx.callActivity('forever');
  },

  *guids(ctx: Context): Steps<unknown> {
    const first = ctx.newGuid();
    yield* ctx.callActivity('increment', 1);
    return [first, ctx.newGuid()];
  },
};

const asyncs = Object.entries(steps).map(([name, each]) => [`${name}Async`, asAsync(each as StepsOf)] as const);

export const orchestrations = { child, childAsync, failingChild, whoAmI, ...steps, ...Object.fromEntries(asyncs) };
