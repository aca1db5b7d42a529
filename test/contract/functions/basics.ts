/** What most orchestrations are made of: calls one after the other and side by side, events, timers, values. */
import type { Steps, Task } from '../../../src';
import type { Context } from '../../support/styles';
import { inBothStyles } from './styled';

export const basics = inBothStyles(() => ({
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
      const { name, code, taskName, taskId, cause } = error as Record<string, unknown>;
      const { name: causeName, message, code: causeCode } = cause as Record<string, unknown>;
      return { name, code, taskName, taskId, cause: { name: causeName, message, code: causeCode } };
    }
    return 'not thrown';
  },

  *fails(ctx: Context): Steps<void> {
    yield* ctx.callActivity('fail', 'oh no');
  },

  *callsUnknown(ctx: Context): Steps<void> {
    yield* ctx.callActivity('incremnt', 1);
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

  *waits(ctx: Context): Steps<unknown> {
    return yield* ctx.waitForExternalEvent('go');
  },

  /** Takes so many events, whatever comes in between. */
  *takes(ctx: Context, n: number): Steps<unknown> {
    const taken: unknown[] = [];
    while (taken.length < n) taken.push(yield* ctx.waitForExternalEvent('item'));
    return taken;
  },

  *listens(ctx: Context, channel: string): Steps<void> {
    yield* ctx.callActivity('listen', channel);
  },

  /** Goes on if it is rewound, with the ticket that it had. */
  *recovers(ctx: Context, channel: string): Steps<unknown> {
    return [yield* ctx.callActivity('ticket'), yield* ctx.callActivity('ask', channel)];
  },
}));
