/** Calls that are tried again, other orchestrations, and what is given up. */
import type { RetryOptions, Steps, SubOrchestratorOptions } from '../../../src';
import type { Context } from '../../support/styles';
import { inBothStyles } from './styled';

/** Options as an input can hold them: no function. */
export interface RetryInput {
  retry: Omit<RetryOptions, 'retryIf'>;
  /** The attempt that succeeds, if any does. */
  attempt: number;
  /** Try again only what has this code. */
  onlyCode?: string;
}

const withPredicate = ({ retry, onlyCode }: RetryInput): RetryOptions =>
  onlyCode === undefined ? retry : { ...retry, retryIf: ({ failure }) => failure.code === onlyCode };

const described = (error: unknown) => {
  const { code, taskId, message } = error as Record<string, unknown>;
  return { code, taskId, message };
};

export const calls = inBothStyles(({ own }) => ({
  *retries(ctx: Context, input: RetryInput): Steps<unknown> {
    try {
      return yield* ctx.callActivity('failBefore', input.attempt, { retry: withPredicate(input) });
    } catch (error) {
      return described(error);
    }
  },

  *comparesKeys(ctx: Context): Steps<unknown> {
    const retry = { maxAttempts: 2, firstRetryInterval: 1 };
    const [first] = (yield* ctx.callActivity('keyOfEachAttempt', undefined, { retry })) as string[];
    const [second] = (yield* ctx.callActivity('keyOfEachAttempt', undefined, { retry })) as string[];
    return [first, second];
  },

  *child(ctx: Context, n: number): Steps<number> {
    return (yield* ctx.callActivity('increment', n)) as number;
  },

  // biome-ignore lint/correctness/useYield: it fails at once
  *failingChild(): Steps<void> {
    throw Object.assign(new RangeError('no pens'), { code: 'E_STOCK' });
  },

  *retriesChild(ctx: Context, options: SubOrchestratorOptions): Steps<unknown> {
    try {
      return yield* ctx.callSubOrchestrator(own('failingChild'), undefined, options);
    } catch (error) {
      return described(error);
    }
  },

  *nests(ctx: Context, n: number): Steps<unknown> {
    const results = yield* ctx.all([
      ctx.callSubOrchestrator(own('child'), n),
      ctx.callSubOrchestrator(own('child'), n + 1),
    ]);
    let failure: unknown;
    try {
      yield* ctx.callSubOrchestrator(own('failingChild'));
    } catch (error) {
      const { code, message, taskName, cause } = error as Record<string, unknown>;
      failure = { code, message, taskName, cause: { ...(cause as object), message: (cause as Error).message } };
    }
    return [results, failure];
  },

  /** Starts another with these options, and gives what it gives. */
  *starts(ctx: Context, { name, input, options }: Family): Steps<unknown> {
    return yield* ctx.callSubOrchestrator(own(name), input, options);
  },

  /** What becomes of a child that does not complete. */
  *losesChild(ctx: Context, instanceId: string): Steps<unknown> {
    try {
      return yield* ctx.callSubOrchestrator(own('waits'), undefined, { instanceId });
    } catch (error) {
      const { code, message } = error as Error & { code: string };
      return { code, message, cause: ((error as Error).cause as { code: string }).code };
    }
  },

  /** Goes on when its child does. */
  *recoversChild(ctx: Context, channel: string): Steps<unknown> {
    return [yield* ctx.callActivity('ticket'), yield* ctx.callSubOrchestrator(own('recovers'), channel)];
  },

  *takesOwnId(ctx: Context): Steps<unknown> {
    return yield* ctx.callSubOrchestrator(own('child'), 1, { instanceId: ctx.instanceId });
  },

  *sends(ctx: Context, { to, items }: { to: string; items: unknown[] }): Steps<void> {
    for (const item of items) ctx.sendEvent(to, 'item', item);
    yield* ctx.callActivity('echo');
  },

  /** Gives the slower one up. */
  *givesUp(ctx: Context, channel: string): Steps<unknown> {
    const slow = ctx.callActivity('listen', channel);
    const first = yield* ctx.any({ slow, go: ctx.waitForExternalEvent('go') });
    slow.cancel('too slow');
    try {
      yield* slow;
    } catch (error) {
      return [first.key, (error as Error & { code: string }).code, (error as Error).message];
    }
    return first.key;
  },
}));

export interface Family {
  name: string;
  input?: unknown;
  options?: SubOrchestratorOptions;
}
