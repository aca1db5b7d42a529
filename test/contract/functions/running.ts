/** How activities are run: what a call says of it, and what comes of it. */
import type { ActivityOptions, Steps } from '../../../src';
import type { Context } from '../../support/styles';
import { inBothStyles } from './styled';

/** A call as an input can hold it. */
export interface Run {
  name: string;
  input?: unknown;
  options?: Omit<ActivityOptions, 'retry'> & { retry?: { maxAttempts: number; firstRetryInterval: number } };
}

const described = (error: unknown) => {
  const { name, code, message, cause } = error as Error & { code?: string };
  const why = cause as (Error & { code?: string }) | undefined;
  return { name, code, message, ...(why && { cause: { code: why.code, message: why.message } }) };
};

export const running = inBothStyles(() => ({
  *runs(ctx: Context, { name, input, options }: Run): Steps<unknown> {
    try {
      return yield* ctx.callActivity(name, input, options);
    } catch (error) {
      return described(error);
    }
  },

  /** Two calls, one after the other, in each of two executions. */
  *runsAgainAndAgain(ctx: Context, found: readonly unknown[] | undefined): Steps<unknown> {
    const results = [...(found ?? [])];
    for (let call = 0; call < 2; call++) results.push(yield* ctx.callActivity('beatBefore', 1));
    if (found) return results;
    return ctx.continueAsNew(results);
  },
}));
