/** Calls over HTTP in a test hub: the test is the server, and polling takes no time. */
import { checkDeterminism, createTestHub, never, type ReceivedRequest, type TestHub } from 'perdure/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ActivityOptions, HttpRequest, HttpResponse, OrchestrationContext } from '../../../src';

type Context = OrchestrationContext<Record<never, never>>;
interface Call {
  request: HttpRequest;
  options?: Omit<ActivityOptions, 'retry'> & { retry?: { maxAttempts: number; firstRetryInterval: number } };
}

const orchestrations = {
  async calls(ctx: Context, { request, options }: Call): Promise<HttpResponse> {
    return ctx.callHttp(request, options);
  },
  async callsUntil(ctx: Context, { request }: Call): Promise<string> {
    const call = ctx.callHttp(request);
    const first = await ctx.any({ call, deadline: ctx.createTimer('10m') });
    if (first.key === 'call') return first.value.content;
    call.cancel('too late');
    return 'too late';
  },
};

const url = 'https://jobs.test/';
const done: HttpResponse = { statusCode: 200, content: 'done', headers: {} };
const accepted = (headers: Record<string, string> = {}): HttpResponse => ({
  statusCode: 202,
  content: '',
  headers: { Location: '/7', ...headers },
});
const start = Date.UTC(2026, 0, 1);
const second = 1_000;

let hub: TestHub<typeof orchestrations, object>;
let received: { request: ReceivedRequest; after: number }[];
beforeEach(async () => {
  received = [];
  hub = await createTestHub({ orchestrations });
});
afterEach(() => hub.close());

/** A server that gives these answers, one after the other, and then is done; an Error is none. */
function serve(...answers: (HttpResponse | Error)[]): void {
  hub.answerHttp((request) => {
    received.push({ request, after: hub.now.getTime() - start });
    const answer = answers.shift() ?? done;
    if (answer instanceof Error) throw answer;
    return answer;
  });
}
const times = () => received.map(({ after }) => after);
const call = (request: Partial<HttpRequest> = {}, options: Call['options'] = {}) =>
  hub.client.startNew('calls', { input: { request: { method: 'GET', url, ...request }, options } });
const outcome = async (id: string) => (await hub.client.waitForCompletion(id)).output;

describe('a server that a test stands for', () => {
  it('gets the request as it would be sent, and its answer is given', async () => {
    serve({ ...done, headers: { ETag: '1' } });
    const id = await call({ method: 'POST', body: { a: 1 } });
    expect(await outcome(id)).toEqual({ ...done, headers: { etag: '1' } });
    const headers = { 'content-type': 'application/json' };
    expect(received).toEqual([{ request: { method: 'POST', url, body: '{"a":1}', headers }, after: 0 }]);
  });

  it('is asked again where and when it says, in virtual time', async () => {
    const date = new Date(start + 100 * second).toUTCString();
    serve(
      accepted({ 'Retry-After': '5' }),
      accepted({ 'retry-after': date }),
      accepted(),
      accepted({ 'retry-after': 'x' }),
    );
    expect(await outcome(await call())).toEqual(done);
    expect(times()).toEqual([0, 5, 100, 130, 160].map((each) => each * second));
    expect(received.slice(1).map(({ request }) => request)).toEqual(
      Array(4).fill({ method: 'GET', url: 'https://jobs.test/7' }),
    );
  });

  it('is asked again in hours, over reloads of the hub', async () => {
    serve(accepted({ 'retry-after': '7200' }), accepted({ 'retry-after': '7200' }));
    const id = await call();
    for (let hour = 0; hour < 5; hour++) {
      await hub.advance('1h');
      await hub.reload();
    }
    expect(await outcome(id)).toEqual(done);
    expect(times()).toEqual([0, 7_200 * second, 14_400 * second]);
  });

  it('is not asked again without enablePolling', async () => {
    serve(accepted());
    expect(await outcome(await call({ enablePolling: false }))).toEqual({ ...accepted(), headers: { location: '/7' } });
    expect(received).toHaveLength(1);
  });

  it('is asked once more by whoever retries, if it does not answer a poll', async () => {
    serve(accepted(), new TypeError('down'), new TypeError('down'));
    const id = await call({}, { retry: { maxAttempts: 3, firstRetryInterval: 10 * second } });
    expect(await outcome(id)).toEqual(done);
    expect(times()).toEqual([0, 30, 40, 50].map((each) => each * second));
  });

  it('fails who does not retry, if it does not answer', async () => {
    serve(new TypeError('down'));
    await expect(outcome(await call())).rejects.toMatchObject({
      message: expect.stringContaining('perdure:http failed: down'),
    });
  });

  it('may keep silent', async () => {
    hub.answerHttp(never);
    const id = await hub.client.startNew('callsUntil', { input: { request: { method: 'GET', url } } });
    expect(await outcome(id)).toBe('too late');
  });

  it('is not asked any more by who has given up', async () => {
    serve(...Array<HttpResponse>(100).fill(accepted({ 'retry-after': '240' })));
    const id = await hub.client.startNew('callsUntil', { input: { request: { method: 'GET', url } } });
    expect(await outcome(id)).toBe('too late');
    await hub.advance('1h');
    expect(times()).toEqual([0, 240 * second, 480 * second]);
  });

  it('is at http://localhost for who does not say where', async () => {
    serve(accepted());
    await outcome(await call({ url: 'jobs' }));
    expect(received.map(({ request }) => request.url)).toEqual(['jobs', 'http://localhost/7']);
  });
});

it('without one, the request is really made', async () => {
  const fetched = vi.spyOn(globalThis, 'fetch').mockImplementation(async () => new Response('from afar'));
  expect(await outcome(await call())).toMatchObject({ statusCode: 200, content: 'from afar' });
  expect(fetched).toHaveBeenCalledWith(url, expect.objectContaining({ method: 'GET', redirect: 'follow' }));
  fetched.mockRestore();
});

it('a call decides the same again in any order of what comes', async () => {
  const both = async (ctx: Context): Promise<string[]> => {
    const paths = ['a', 'b'].map((path) => ctx.callHttp({ method: 'POST', url: url + path, body: ctx.newGuid() }));
    return (await ctx.all(paths)).map(({ content }) => content);
  };
  const answerHttp = ({ method, url: asked }: ReceivedRequest): HttpResponse =>
    method === 'GET' ? { ...done, content: asked } : accepted({ Location: `${asked}/outcome` });
  for (const { output } of await checkDeterminism(both, { answerHttp })) {
    expect(output).toEqual([`${url}a/outcome`, `${url}b/outcome`]);
  }
});
