/**
 * A call over HTTP, as long as the server needs for it. One that answers 202 has only taken the request in, and says
 * where its outcome is going to be: it is asked there again and again, with a durable timer before each time. So a job
 * that takes the server hours costs nothing meanwhile, and outlives the tab.
 *
 * Each request is a call of a built-in activity, with the options that the call was given.
 */
import { callActivity } from './activity-call';
import type { Execution } from './execution';
import { runFiber } from './fiber';
import { retryPolicy } from './retry';
import { runOptions } from './run-options';
import type { DurableTask } from './task';
import type { HttpRequest, HttpResponse } from './types/http';
import type { ActivityOptions } from './types/orchestration';
import { copyValue } from './values';

/** The activity that every activity worker has. No export of a module is named so. */
export const httpActivityName = 'perdure:http';

/** What the activity takes: the request as it is sent. */
export interface SentRequest {
  method: string;
  url: string;
  body?: string;
  headers?: Readonly<Record<string, string>>;
}

/** What the activity gives. Of a 202, it says where to ask again; only an activity may ask the clock when. */
export interface HttpAnswer extends HttpResponse {
  /** An absolute URL. */
  readonly location?: string;
  readonly retryAfterMs?: number;
}

/** If the server does not say when to ask again. */
const defaultRetryAfterMs = 30_000;
/** The last moment that a Date can tell. */
const endOfTime = 8.64e15;

/** @throws TypeError, RangeError when the request or an option makes no sense */
export function callHttp(execution: Execution, request: HttpRequest, options?: ActivityOptions): DurableTask {
  const sent = checkedRequest(request);
  const { enablePolling = true } = request;
  const retry = options?.retry && retryPolicy(options.retry);
  const run = options && runOptions(options);
  const send = (each: SentRequest) => callActivity(execution, httpActivityName, each, retry, run);
  let current = send(sent);
  return runFiber(answers(), execution, (reason) => current.cancel(reason));

  function* answers(): Generator<DurableTask, HttpResponse, unknown> {
    for (;;) {
      const { statusCode, content, headers, ...more } = (yield current) as HttpAnswer;
      const { location, retryAfterMs = defaultRetryAfterMs } = more;
      if (!enablePolling || statusCode !== 202 || location === undefined) return { statusCode, content, headers };
      current = execution.calls.startTimer(Math.min(execution.now + retryAfterMs, endOfTime));
      yield current;
      current = send(pollOf(sent, location));
    }
  }
}

/** The outcome is asked for by whoever made the request: with the same headers, but for those of a body. */
function pollOf({ headers }: SentRequest, url: string): SentRequest {
  if (!headers) return { method: 'GET', url };
  const kept = Object.entries(headers).filter(([name]) => !/^content-(type|length)$/i.test(name));
  return { method: 'GET', url, headers: Object.fromEntries(kept) };
}

function checkedRequest(request: unknown): SentRequest {
  if (!isPlainObject(request)) {
    throw new TypeError("callHttp takes a request, such as { method: 'GET', url: '/orders/7' }");
  }
  const { method, url, body, headers } = request as Readonly<Record<string, unknown>>;
  if (typeof method !== 'string' || method === '') throw new TypeError("callHttp needs a method, such as 'GET'");
  if (typeof url !== 'string') throw new TypeError(`the url of callHttp must be a string, not ${kindOf(url)}`);
  if (headers !== undefined) checkHeaders(headers);
  const sent: SentRequest = { method, url, ...(headers && { headers: { ...headers } }) };
  if (typeof body === 'string') sent.body = body;
  else if (body !== undefined) {
    sent.body = jsonOf(body);
    const hasType = Object.keys(sent.headers ?? {}).some((name) => name.toLowerCase() === 'content-type');
    if (!hasType) sent.headers = { 'content-type': 'application/json', ...sent.headers };
  }
  return sent;
}

function checkHeaders(headers: unknown): asserts headers is Readonly<Record<string, string>> {
  if (!isPlainObject(headers)) {
    throw new TypeError(`the headers of callHttp must be an object of names and texts, not ${kindOf(headers)}`);
  }
  for (const [name, value] of Object.entries(headers)) {
    if (typeof value !== 'string') {
      throw new TypeError(`the header '${name}' of callHttp must be a string, not ${kindOf(value)}`);
    }
  }
}

function jsonOf(body: unknown): string {
  if (!Array.isArray(body) && !isPlainObject(body)) {
    throw new TypeError(
      `the body of callHttp must be a text, or an object that is sent as JSON, not ${kindOf(body)}; send what is binary from an activity of your own`,
    );
  }
  // As a copy, since that is refused which JSON would leave out in silence.
  return JSON.stringify(copyValue(body, 'the body of callHttp'));
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const proto: unknown = Object.getPrototypeOf(value);
  // Another realm's Object.prototype is a root as well.
  return proto === null || Object.getPrototypeOf(proto) === null;
}

function kindOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value;
  return Object.prototype.toString.call(value).slice('[object '.length, -1);
}
