/**
 * The activity behind `callHttp`. An orchestrator must not look at the clock, nor at where it runs; so what a server
 * says of when and where it wants to be asked again is worked out here, into a duration and an absolute URL.
 */
import type { HttpAnswer, SentRequest } from '../../src/core/http-call';
import type { ActivityContext } from '../../src/core/types/activity';
import type { HttpResponse } from '../../src/core/types/http';
import { now } from '../platform';

/** Makes the request. It throws if there is no answer, whatever the reason. */
export async function httpActivity(request: SentRequest, { signal }: ActivityContext): Promise<HttpAnswer> {
  const { method, url, headers = {}, body = null } = request;
  try {
    // `fetch` would leave `patch` as it is, which servers do not know.
    const response = await fetch(url, { method: method.toUpperCase(), headers, body, signal, redirect: 'follow' });
    const content = await response.text();
    const answer = { statusCode: response.status, content, headers: Object.fromEntries(response.headers) };
    return answerOf(answer, response.url, now());
  } catch (error) {
    if (signal.aborted || !(error instanceof TypeError)) throw error;
    // Browsers say that it failed, and not what.
    throw new TypeError(`${method} ${url}: ${error.message}`, { cause: error });
  }
}

/**
 * The answer to whoever polls.
 *
 * @param response its headers by their names in lower case
 * @param url where it came from
 * @param at when it came, in milliseconds since 1970
 */
export function answerOf(response: HttpResponse, url: string, at: number): HttpAnswer {
  if (response.statusCode !== 202) return response;
  const { location, 'retry-after': retryAfter, date } = response.headers;
  const absolute = location === undefined ? undefined : absoluteUrl(location, url);
  const retryAfterMs = retryAfter === undefined ? undefined : durationOf(retryAfter, dateOf(date) ?? at);
  return {
    ...response,
    ...(absolute !== undefined && { location: absolute }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}

function absoluteUrl(location: string, base: string): string | undefined {
  try {
    return new URL(location, base).href;
  } catch {
    return undefined;
  }
}

/** @param from what the server's own clock shows, if it says so: the user's may be wrong */
function durationOf(retryAfter: string, from: number): number | undefined {
  if (/^\d+$/.test(retryAfter)) return Number(retryAfter) * 1_000;
  const until = dateOf(retryAfter);
  return until === undefined ? undefined : Math.max(0, until - from);
}

/** Every date in HTTP is in GMT. What else `Date.parse` makes a date of, such as `-5`, is none. */
function dateOf(text: string | undefined): number | undefined {
  const time = text?.endsWith('GMT') ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}
