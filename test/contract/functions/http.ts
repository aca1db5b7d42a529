/** Calls over HTTP. */
import type { ActivityOptions, HttpRequest, Steps } from '../../../src';
import type { Context } from '../../support/styles';
import { inBothStyles } from './styled';

export interface HttpInput {
  request: HttpRequest;
  options?: Pick<ActivityOptions, 'timeout'> & { retry?: { maxAttempts: number; firstRetryInterval: number } };
  /** It waits for an event when it has its answer. */
  waits?: boolean;
}

export const http = inBothStyles(() => ({
  *callsHttp(ctx: Context, { request, options, waits }: HttpInput): Steps<unknown> {
    let answer: unknown;
    try {
      answer = yield* ctx.callHttp(request, options);
    } catch (error) {
      const { name, message, taskName } = error as Error & { taskName?: string };
      answer = { name, message, taskName };
    }
    if (waits) yield* ctx.waitForExternalEvent('go');
    return answer;
  },
}));
