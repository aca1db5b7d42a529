/*
 * What `callHttp` takes and gives, in both styles, and in a helper that knows no activities.
 */
import type { DurableContext, OrchestrationContext } from '../../src/core/types/orchestration';
import type { Steps, Task } from '../../src/core/types/task';
import type { HttpRequest, HttpResponse } from '../../src/index';
import { createTestHub, never, type ReceivedRequest } from '../../src/testing';
import type * as activities from './activities';
import { holds, type Same } from './assert';
import * as orchestrations from './orchestrations';

type Context = OrchestrationContext<typeof activities>;

export async function exportsYear(ctx: Context, year: number) {
  const headers = { 'idempotency-key': ctx.newGuid() };
  const task = ctx.callHttp({ method: 'POST', url: '/exports', body: { year }, headers });
  holds<Same<typeof task, Task<HttpResponse>>>();
  const { statusCode, content, headers: answered } = await task;
  holds<Same<typeof statusCode, number>>();
  holds<Same<typeof content, string>>();
  const { etag } = answered;
  holds<Same<typeof etag, string | undefined>>();
  task.cancel();
  return content;
}

export function* inSteps(ctx: Context): Steps<number> {
  const { statusCode } = yield* ctx.callHttp({ method: 'GET', url: '/', enablePolling: false });
  return statusCode;
}

export async function helper(ctx: DurableContext, request: HttpRequest): Promise<string> {
  return ctx.scope(async (scope) => {
    const retry = { maxAttempts: 3, firstRetryInterval: '1s', retryIf: () => true } as const;
    const answer = await scope.callHttp(request, { retry, timeout: '1m', runWhen: 'online', priority: 1 });
    return answer.content;
  });
}

export async function wrongRequests(ctx: Context) {
  // @ts-expect-error no request
  await ctx.callHttp();
  // @ts-expect-error a URL alone
  await ctx.callHttp('https://example.com');
  // @ts-expect-error no method
  await ctx.callHttp({ url: '/' });
  // @ts-expect-error no url
  await ctx.callHttp({ method: 'GET' });
  // @ts-expect-error a url that is no text
  await ctx.callHttp({ method: 'GET', url: new URL('https://example.com') });
  // @ts-expect-error a body that is neither text nor object
  await ctx.callHttp({ method: 'POST', url: '/', body: 7 });
  // @ts-expect-error null is no object
  await ctx.callHttp({ method: 'POST', url: '/', body: null });
  // @ts-expect-error a header that is no text
  await ctx.callHttp({ method: 'GET', url: '/', headers: { n: 1 } });
  // @ts-expect-error an option of fetch, not of a request
  await ctx.callHttp({ method: 'GET', url: '/', redirect: 'error' });
  // @ts-expect-error an option that does not exist
  await ctx.callHttp({ method: 'GET', url: '/' }, { retries: 3 });
  const answer = await ctx.callHttp({ method: 'GET', url: '/' });
  // @ts-expect-error its properties are read only
  answer.statusCode = 200;
  // @ts-expect-error a header that may be missing
  const etag: string = answer.headers.etag;
  // @ts-expect-error where to poll is no part of the response
  return [etag, answer.location];
}

export async function answers() {
  const hub = await createTestHub({ orchestrations, activities: {} });
  hub.answerHttp((request) => {
    holds<Same<typeof request, ReceivedRequest>>();
    return { statusCode: 200, content: request.body ?? '', headers: {} };
  });
  hub.answerHttp(async () => ({ statusCode: 202, content: '', headers: { location: '/7' } }));
  hub.answerHttp(never);
  // @ts-expect-error no status
  hub.answerHttp(() => ({ content: '', headers: {} }));
  // @ts-expect-error no answer
  hub.answerHttp(() => {});
  await hub.close();
}
