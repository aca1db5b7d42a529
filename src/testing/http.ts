/** Stands where the servers are: a test answers the requests of `callHttp` itself, and nothing goes over the network. */
import { answerOf } from '../../worker/pool/http';
import type { HttpResponse, SentRequest } from '../core';
import { type LooseActivity, never } from './activities';

/** A request as it would be sent: a body is text, be it JSON, and the method is as the orchestrator wrote it. */
export type ReceivedRequest = Readonly<SentRequest>;

/** Answers a request. What it throws, the request fails with, as if there were no answer; `never` does not answer. */
export type AnswerHttp = (request: ReceivedRequest) => HttpResponse | Promise<HttpResponse>;

/** Where an address without a host leads, as a page would give it one. */
const host = 'http://localhost';

/** The activity behind `callHttp`. @param now the hub's time, for dates in `Retry-After` */
export function httpAnsweredBy(answer: AnswerHttp, now: () => number): LooseActivity {
  if (answer === never) return never;
  return async (input) => {
    const request = input as ReceivedRequest;
    const { statusCode, content, headers } = await answer(request);
    // Tests write names as they like; scripts see them in lower case.
    const lowerCase = Object.fromEntries(new Headers(headers as Record<string, string>));
    return answerOf({ statusCode, content, headers: lowerCase }, new URL(request.url, host).href, now());
  };
}
