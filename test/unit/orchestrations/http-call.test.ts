/** Calls over HTTP, as the history records them: each request an activity of its own, and a timer before each poll. */
import { describe, expect, it } from 'vitest';
import type { ActivityOptions, HttpAnswer, HttpRequest, SentRequest } from '../../../src/core';
import { Play, type PlayOptions } from '../../support/core-turns';
import { type Context, styles } from '../../support/styles';

const name = 'perdure:http';
const get: HttpRequest = { method: 'GET', url: '/orders/7' };
const ok: HttpAnswer = { statusCode: 200, content: 'done', headers: { etag: '1' } };
const accepted: HttpAnswer = { statusCode: 202, content: '', headers: {}, location: 'https://test/jobs/1' };
const start = Date.UTC(2026, 0, 1);

/** A server that gives these answers, one after the other; an Error is none. */
const answering =
  (...answers: (HttpAnswer | Error)[]) =>
  (_: SentRequest) => {
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return answer;
  };

describe.each(styles)('a call over HTTP, in %s', (_, write) => {
  const calling = (request: HttpRequest, options?: ActivityOptions) =>
    write(function* (ctx) {
      try {
        return yield* ctx.callHttp(request, options);
      } catch (error) {
        const { name: type, message, taskId } = error as Error & { taskId?: number };
        return { type, message, taskId };
      }
    });
  const play = async (request: HttpRequest, answers: (HttpAnswer | Error)[], options?: ActivityOptions) => {
    const played = await Play.start(calling(request, options), { does: { [name]: answering(...answers) } });
    await played.finish();
    return played;
  };

  it('gives status, content and headers, whatever the status', async () => {
    const missing = { statusCode: 404, content: 'no such order', headers: {} };
    for (const answer of [ok, missing]) {
      const { end, decisions } = await play(get, [answer]);
      expect(end).toMatchObject({ status: 'Completed', result: answer });
      expect(decisions[0]).toEqual({ type: 'TaskScheduled', taskId: 0, name, input: get });
    }
  });

  it('hands on nothing of what is between it and its activity', async () => {
    const { end } = await play({ ...get, enablePolling: false }, [{ ...accepted, retryAfterMs: 5 }]);
    expect(end).toMatchObject({ result: { statusCode: 202, content: '', headers: {} } });
    expect((end as { result: object }).result).not.toHaveProperty('location');
  });

  it('is made again, at the location and after the time that a 202 tells, until there is another answer', async () => {
    const played = await play(get, [
      { ...accepted, retryAfterMs: 5_000 },
      accepted,
      { ...accepted, location: '2' },
      ok,
    ]);
    expect(played.end).toMatchObject({ result: ok });
    expect(played.decisions.slice(0, -1)).toEqual([
      { type: 'TaskScheduled', taskId: 0, name, input: get },
      { type: 'TimerCreated', taskId: 1, fireAt: start + 5_000 },
      { type: 'TaskScheduled', taskId: 2, name, input: { method: 'GET', url: 'https://test/jobs/1' } },
      { type: 'TimerCreated', taskId: 3, fireAt: start + 35_000 },
      { type: 'TaskScheduled', taskId: 4, name, input: { method: 'GET', url: 'https://test/jobs/1' } },
      { type: 'TimerCreated', taskId: 5, fireAt: start + 65_000 },
      { type: 'TaskScheduled', taskId: 6, name, input: { method: 'GET', url: '2' } },
    ]);
    await played.reload();
  });

  it('goes on between its polls after a reload', async () => {
    const does = { [name]: answering(accepted, accepted, ok) };
    const played = await Play.start(calling(get), { does });
    while (!played.ended) {
      await played.reload();
      await played.step();
    }
    expect(played.end).toMatchObject({ result: ok });
  });

  it('ends with a 202 that has no location, or that is not to be followed', async () => {
    const { location: __, ...without } = accepted;
    const answer = { statusCode: 202, content: '', headers: {} };
    expect((await play(get, [without])).end).toMatchObject({ result: answer });
    const { decisions, end } = await play({ ...get, enablePolling: false }, [accepted]);
    expect(end).toMatchObject({ result: answer });
    expect(decisions).toHaveLength(2);
  });

  it('waits as long as a date can tell, if it is told to wait longer', async () => {
    const { decisions } = await play(get, [{ ...accepted, retryAfterMs: Number.POSITIVE_INFINITY }, ok]);
    expect(decisions[1]).toMatchObject({ fireAt: 8.64e15 });
  });

  it('polls with the headers of the request, but for those of its body', async () => {
    const headers = { Authorization: 'secret', 'Content-Type': 'text/plain', 'content-length': '2' };
    const { decisions } = await play({ method: 'POST', url: '/jobs', body: 'go', headers }, [accepted, ok]);
    expect(decisions[0]).toMatchObject({ input: { method: 'POST', url: '/jobs', body: 'go', headers } });
    const { input } = decisions[2] as { input: SentRequest };
    expect(input).toEqual({ method: 'GET', url: accepted.location, headers: { Authorization: 'secret' } });
  });

  it('sends an object as JSON, and says so unless it is told to say something else', async () => {
    const sent = async (request: Omit<HttpRequest, 'method' | 'url'>) => {
      const { decisions } = await play({ method: 'POST', url: '/', ...request }, [ok]);
      const { body, headers } = (decisions[0] as { input: SentRequest }).input;
      return [body, headers];
    };
    const json = { 'content-type': 'application/json' };
    expect(await sent({ body: { a: [1, new Date(0)] } })).toEqual(['{"a":[1,"1970-01-01T00:00:00.000Z"]}', json]);
    expect(await sent({ body: [1], headers: { x: 'y' } })).toEqual(['[1]', { ...json, x: 'y' }]);
    const own = { 'Content-Type': 'application/merge-patch+json' };
    expect(await sent({ body: {}, headers: own })).toEqual(['{}', own]);
    expect(await sent({ body: 'as it is' })).toEqual(['as it is', undefined]);
  });

  it('fails if there is no answer, be it to a poll', async () => {
    const down = new TypeError('GET /orders/7: Failed to fetch');
    const failed = { type: 'TaskFailedError', message: `${name} failed: ${down.message}` };
    expect((await play(get, [down])).end).toMatchObject({ result: { ...failed, taskId: 0 } });
    expect((await play(get, [accepted, down])).end).toMatchObject({ result: { ...failed, taskId: 2 } });
  });

  it('asks again for what it got no answer to, and for nothing before it, when it is rewound', async () => {
    const failing = write(function* (ctx: Context) {
      return yield* ctx.callHttp(get);
    });
    const asked: string[] = [];
    const answer = answering(accepted, new TypeError('down'), ok);
    const does = {
      [name]: (request: SentRequest) => {
        asked.push(request.url);
        return answer(request);
      },
    };
    const played = await Play.start(failing, { does });
    expect(await played.finish()).toMatchObject({ status: 'Failed' });
    await played.rewind();
    expect(await played.finish()).toMatchObject({ status: 'Completed', result: ok });
    expect(asked).toEqual([get.url, accepted.location, accepted.location]);
    await played.reload();
  });

  it('does each of its requests with the same options', async () => {
    const down = new Error('down');
    const retry = { maxAttempts: 2, firstRetryInterval: '1s' } as const;
    const options = { retry, timeout: '20s', heartbeatTimeout: '10s', runWhen: 'online', priority: 3 } as const;
    const played = await play(get, [down, accepted, down, ok], options);
    const run = { timeout: 20_000, heartbeatTimeout: 10_000, runWhen: 'online', priority: 3 };
    expect(played.end).toMatchObject({ result: ok });
    const poll = { method: 'GET', url: accepted.location };
    expect(played.decisions.slice(0, -1)).toEqual([
      { type: 'TaskScheduled', taskId: 0, name, input: get, run },
      { type: 'TimerCreated', taskId: 1, fireAt: start + 1_000 },
      { type: 'TaskScheduled', taskId: 2, name, input: get, attempt: 2, retryOf: 0, run },
      { type: 'TimerCreated', taskId: 3, fireAt: start + 31_000 },
      { type: 'TaskScheduled', taskId: 4, name, input: poll, run },
      { type: 'TimerCreated', taskId: 5, fireAt: start + 32_000 },
      { type: 'TaskScheduled', taskId: 6, name, input: poll, attempt: 2, retryOf: 4, run },
    ]);
    await played.reload();
  });

  describe('that is cancelled', () => {
    const canceling = write(function* (ctx: Context) {
      const call = ctx.callHttp(get, { retry: { maxAttempts: 3, firstRetryInterval: 1 } });
      yield* ctx.waitForExternalEvent('stop');
      call.cancel('not needed');
      try {
        return yield* call;
      } catch (error) {
        return (error as Error).message;
      }
    });
    const options: PlayOptions = { does: { [name]: answering(accepted) } };

    it.each([
      ['the request', 0, 0],
      ['the time between two requests', 1, 1],
      ['a poll', 2, 2],
    ])('gives up %s that is under way', async (__, steps, taskId) => {
      const played = await Play.start(canceling, { ...options, does: { [name]: answering(accepted) } });
      for (let i = 0; i < steps; i++) await played.step();
      await played.raise('stop');
      expect(played.decisions.slice(-2)).toMatchObject([
        { type: 'TaskCanceled', taskId, reason: 'not needed' },
        { type: 'ExecutionCompleted', result: 'not needed' },
      ]);
      expect(played.open.size).toBe(0);
      await played.reload();
    });

    it('with its scope is given up', async () => {
      const scoped = write(function* (ctx: Context) {
        try {
          yield* ctx.scope((scope) => scope.callHttp(get), { timeout: '10s' });
        } catch (error) {
          return (error as Error).name;
        }
        return 'not given up';
      });
      const played = await Play.start(scoped, options);
      expect(await played.finish()).toMatchObject({ result: 'TimeoutError' });
      expect(played.decisions).toContainEqual({ type: 'TaskCanceled', taskId: 2, reason: 'the scope has ended' });
    });
  });

  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'TypeError: callHttp takes a request'],
    ['a text', 'https://test/', 'TypeError: callHttp takes a request'],
    ['a Request', new Request('https://test/'), 'TypeError: callHttp takes a request'],
    ['no method', { url: '/' }, 'TypeError: callHttp needs a method'],
    ['an empty method', { method: '', url: '/' }, 'TypeError: callHttp needs a method'],
    ['no url', { method: 'GET' }, 'TypeError: the url of callHttp must be a string, not undefined'],
    ['a URL', { ...get, url: new URL('https://test/') }, 'TypeError: the url of callHttp must be a string, not URL'],
    ['bytes', { ...get, body: new Uint8Array(1) }, 'TypeError: the body of callHttp must be a text, or an object'],
    ['a number', { ...get, body: 7 }, 'TypeError: the body of callHttp must be a text, or an object'],
    ['null', { ...get, body: null }, 'TypeError: the body of callHttp must be a text, or an object'],
    ['a Map', { ...get, body: new Map() }, 'TypeError: the body of callHttp must be a text, or an object'],
    ['a big number', { ...get, body: { n: 1n } }, 'TypeError: Do not know how to serialize a BigInt'],
    ['a function in it', { ...get, body: { a: [() => {}] } }, 'PayloadError: the body of callHttp'],
    ['Headers', { ...get, headers: new Headers({ a: 'b' }) }, 'TypeError: the headers of callHttp must be an object'],
    ['pairs', { ...get, headers: [['a', 'b']] }, 'TypeError: the headers of callHttp must be an object'],
    [
      'a header that is no text',
      { ...get, headers: { n: 1 } },
      "TypeError: the header 'n' of callHttp must be a string",
    ],
  ])('is refused %s', async (__, request, message) => {
    const { end, decisions } = await play(request as HttpRequest, []);
    const { type, message: text } = (end as unknown as { result: { type: string; message: string } }).result;
    expect(`${type}: ${text}`).toContain(message);
    expect(decisions).toHaveLength(1);
  });

  it('is refused options that make no sense', async () => {
    for (const options of [{ timeout: 0 }, { retry: { maxAttempts: 0, firstRetryInterval: 1 } }]) {
      expect((await play(get, [], options)).end).toMatchObject({ result: { type: 'RangeError' } });
    }
  });
});
