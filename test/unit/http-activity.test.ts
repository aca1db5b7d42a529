/** The activity behind `callHttp`: what it sends to a server, and what it makes of what comes back. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ActivityContext, HttpResponse, SentRequest } from '../../src/core';
import { findActivity } from '../../worker/pool/find';
import { answerOf, httpActivity } from '../../worker/pool/http';

describe('the activity', () => {
  let server: Server;
  let origin: string;
  const controller = new AbortController();
  const call = (request: Partial<SentRequest> & { url: string }, signal = new AbortController().signal) =>
    httpActivity({ method: 'GET', ...request }, { signal } as ActivityContext);

  const answers: Record<string, (request: IncomingMessage, response: ServerResponse) => void> = {
    async '/echo'(request, response) {
      const { method, headers } = request;
      let body = '';
      for await (const chunk of request.setEncoding('utf8')) body += chunk;
      const { 'x-own': own, 'content-type': type } = headers;
      response.writeHead(404, { 'X-Answer': 'yes' }).end(`${method} ${own} ${type} ${body}`);
    },
    '/old': (_, response) => response.writeHead(307, { Location: '/jobs/new' }).end(),
    '/jobs/new': (_, response) => response.writeHead(202, { Location: '7?a=b', 'Retry-After': '3' }).end('taken in'),
    '/silent': () => controller.abort(new Error('not wanted any more')),
    '/breaks': (_, response) => response.destroy(),
  };

  beforeAll(async () => {
    server = createServer((request, response) => answers[request.url ?? '']?.(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  it('is in every activity worker, and listed nowhere', () => {
    expect(findActivity({}, 'perdure:http')).toBe(httpActivity);
    expect(() => findActivity({ echo: () => {} }, 'perdure:htp')).toThrow('; there are echo');
  });

  it('sends method, headers and body, and gives status, headers and text', async () => {
    const { statusCode, content, headers, ...more } = await call({
      method: 'patch',
      url: `${origin}/echo`,
      headers: { 'X-Own': 'mine', 'content-type': 'text/x' },
      body: 'héllo',
    });
    expect([statusCode, content]).toEqual([404, 'PATCH mine text/x héllo']);
    expect(headers).toMatchObject({ 'x-answer': 'yes' });
    expect(more).toEqual({});
  });

  it('takes a location for one of where the answer came from, after all redirects', async () => {
    expect(await call({ url: `${origin}/old` })).toMatchObject({
      statusCode: 202,
      content: 'taken in',
      location: `${origin}/jobs/7?a=b`,
      retryAfterMs: 3_000,
    });
  });

  it('fails with what was asked for if there is no answer', async () => {
    await expect(call({ url: `${origin}/breaks` })).rejects.toMatchObject({
      name: 'TypeError',
      message: `GET ${origin}/breaks: fetch failed`,
      cause: { message: 'fetch failed' },
    });
    await expect(call({ url: 'no/url' })).rejects.toThrow(/^GET no\/url: /);
  });

  it('ends when its signal aborts, with the reason', async () => {
    await expect(call({ url: `${origin}/silent` }, controller.signal)).rejects.toThrow('not wanted any more');
  });
});

describe('of a 202 is made', () => {
  const at = Date.UTC(2026, 0, 1);
  const httpDate = (time: number) => new Date(time).toUTCString();
  const answer = (headers: Record<string, string>, statusCode = 202) => {
    const response: HttpResponse = { statusCode, content: '', headers };
    const { statusCode: _, content: __, headers: given, ...more } = answerOf(response, 'https://test/a/b', at);
    expect(given).toBe(headers);
    return more;
  };

  it.each([
    ['/jobs/7', 'https://test/jobs/7'],
    ['7', 'https://test/a/7'],
    ['//other/7', 'https://other/7'],
    ['https://other:1/7#x', 'https://other:1/7#x'],
    ['http://', undefined],
  ])('the location %s into %s', (location, absolute) => {
    expect(answer({ location })).toEqual(absolute === undefined ? {} : { location: absolute });
  });

  it.each<[string, number | undefined, date?: string]>([
    ['0', 0],
    ['120', 120_000],
    [httpDate(at + 90_000), 90_000],
    [httpDate(at - 90_000), 0],
    // The server's clock is an hour ahead of the user's.
    [httpDate(at + 3_690_000), 90_000, httpDate(at + 3_600_000)],
    [httpDate(at + 90_000), 90_000, 'yesterday'],
    ['Wednesday, 31-Dec-25 23:59:59 GMT', 0],
    ['-5', undefined],
    ['1.5', undefined],
    ['soon', undefined],
    ['in GMT', undefined],
    ['', undefined],
  ])('Retry-After: %s into %s ms', (value, ms, date) => {
    const headers = { 'retry-after': value, ...(date !== undefined && { date }) };
    expect(answer(headers)).toEqual(ms === undefined ? {} : { retryAfterMs: ms });
  });

  it('nothing if it is none', () => {
    expect(answer({ location: '/', 'retry-after': '1' }, 201)).toEqual({});
  });
});
