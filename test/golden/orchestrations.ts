/**
 * The orchestrations of the golden histories, one for each feature, each in both styles. What was recorded with them
 * lies beside this file and must replay for ever: add to them, and never change what is there.
 */
import type { ActivityContext, Steps } from '../../src';
import { asAsync, type Context, type StepsOf } from '../support/styles';

export const activities = {
  echo: (value: unknown) => value,
  fail: (message: string) => {
    throw Object.assign(new RangeError(message, { cause: new TypeError('the cause') }), { code: 'E_GOLDEN' });
  },
  /** Succeeds in its third attempt. */
  third: (_: unknown, { attempt }: { attempt: number }) => {
    if (attempt < 3) throw new Error(`attempt ${attempt}`);
    return attempt;
  },
  undo: (step: string) => step,
  /** Comes only so far at first, and goes on from there. */
  resumes: async (_: unknown, ctx: ActivityContext<{ part: number }>) => {
    if (ctx.lastHeartbeat) return ctx.lastHeartbeat;
    await ctx.heartbeat({ part: 3 });
    throw new Error('cut off');
  },
};

function* child(ctx: Context, n: number): Steps<unknown> {
  return [n, ctx.tags, yield* ctx.waitForExternalEvent('go')];
}
function* failingChild(ctx: Context): Steps<void> {
  yield* ctx.callActivity('fail', 'of the child');
}
function* quickChild(ctx: Context, n: number): Steps<unknown> {
  return yield* ctx.callActivity('echo', n);
}
export const children = { child, failingChild, quickChild };

const features = {
  *activities(ctx: Context, input: unknown): Steps<unknown> {
    const echoed = yield* ctx.callActivity('echo', input);
    const nothing = yield* ctx.activities.echo!(undefined);
    let caught: unknown;
    try {
      yield* ctx.callActivity('fail', 'caught');
    } catch (error) {
      const { message, code, cause } = error as Error & { code: string; cause: Error & { code: string } };
      caught = { message, code, cause: { name: cause.name, message: cause.message, code: cause.code } };
    }
    yield* ctx.waitForExternalEvent('go');
    return { echoed, nothing, caught, again: yield* ctx.callActivity('echo', [echoed, echoed]) };
  },

  *runs(ctx: Context): Steps<unknown> {
    const run = {
      timeout: '1h',
      heartbeatTimeout: '10m',
      runWhen: 'online',
      priority: 3,
      transfer: true,
    } as const;
    const echoed = yield* ctx.callActivity('echo', 1, run);
    const retry = { maxAttempts: 3, firstRetryInterval: '1h' } as const;
    const resumed = ctx.callActivity('resumes', undefined, { ...run, retry });
    yield* ctx.waitForExternalEvent('go');
    return { echoed, resumed: yield* resumed };
  },

  *joins(ctx: Context): Steps<unknown> {
    const echo = (n: number) => ctx.callActivity('echo', n);
    const all = yield* ctx.all([echo(1), echo(2), ctx.all([echo(3), ctx.createTimer('1m')])]);
    const settled = yield* ctx.allSettled([echo(4), ctx.callActivity('fail', 'settled')]);
    const slow = ctx.createTimer('1d');
    const first = yield* ctx.any({ quick: echo(5), slow, go: ctx.waitForExternalEvent('go') });
    slow.cancel('too slow');
    const go = yield* ctx.any([ctx.waitForExternalEvent('go'), ctx.createTimer('2d')]);
    return { all, settled: settled.map(({ status }) => status), first: [first.key, first.value], go: go.value };
  },

  *timers(ctx: Context): Steps<unknown> {
    const from = ctx.currentUtcDateTime.getTime();
    const canceled = ctx.createTimer('1h');
    yield* ctx.createTimer('30s');
    yield* ctx.createTimer(new Date(from + 90_000));
    canceled.cancel();
    const [at] = yield* ctx.all([ctx.waitForExternalEvent('go'), ctx.createTimer('60d')]);
    return { at, passed: ctx.currentUtcDateTime.getTime() - from };
  },

  *events(ctx: Context): Steps<unknown> {
    const early = yield* ctx.waitForExternalEvent('early');
    const late = yield* ctx.waitForExternalEvent('late', { timeout: '1h', default: 'nobody' });
    let timedOut = '';
    try {
      yield* ctx.waitForExternalEvent('never', { timeout: 500 });
    } catch (error) {
      timedOut = (error as Error).message;
    }
    const pair = yield* ctx.all([ctx.waitForExternalEvent('Twice'), ctx.waitForExternalEvent('twice')]);
    return { early, late, timedOut, pair, go: yield* ctx.waitForExternalEvent('go') };
  },

  *subOrchestrations(ctx: Context): Steps<unknown> {
    const one = ctx.callSubOrchestrator(child, 1, { tags: { of: 'golden' } });
    const two = ctx.callSubOrchestrator(child, 2, { instanceId: `${ctx.instanceId}/two` });
    const detached = yield* ctx.callSubOrchestrator(quickChild, 3, { detached: true });
    let failure = '';
    try {
      yield* ctx.callSubOrchestrator(failingChild);
    } catch (error) {
      failure = (error as Error).message;
    }
    return { failure, detached, both: yield* ctx.all([one, two]) };
  },

  *continuesAsNew(ctx: Context, round: number): Steps<unknown> {
    const guid = ctx.newGuid();
    if (round < 3) ctx.continueAsNew(round + 1);
    return { round, guid, kept: yield* ctx.waitForExternalEvent('kept'), go: yield* ctx.waitForExternalEvent('go') };
  },

  *retries(ctx: Context): Steps<unknown> {
    const retry = { maxAttempts: 3, firstRetryInterval: '10s', backoffCoefficient: 2, jitter: 0.5 } as const;
    const third = yield* ctx.callActivity('third', undefined, { retry });
    const given = { ...retry, retryIf: () => false, jitter: 0 };
    const caught = (error: Error) => error.message;
    const [refused, nested] = yield* ctx.allSettled([
      ctx.callActivity('fail', 'not again', { retry: given }),
      ctx.callSubOrchestrator(failingChild, undefined, { retry: { ...retry, maxRetryInterval: '15s' } }),
    ]);
    const failures = [refused, nested].map((each) => each.status === 'rejected' && caught(each.reason));
    return { third, failures, go: yield* ctx.waitForExternalEvent('go') };
  },

  *patches(ctx: Context): Steps<unknown> {
    const early = ctx.patched('before the first call');
    yield* ctx.callActivity('echo', early);
    yield* ctx.waitForExternalEvent('go');
    return [early, ctx.patched('after the event'), ctx.patched('before the first call')];
  },

  *chance(ctx: Context): Steps<unknown> {
    const draw = () => [ctx.random(), Math.random(), ctx.newGuid(), crypto.randomUUID(), Date.now()];
    const before = draw();
    yield* ctx.callActivity('echo', before);
    yield* ctx.waitForExternalEvent('go');
    return { before, after: draw(), bytes: crypto.getRandomValues(new Uint8Array(4)) };
  },

  *scopes(ctx: Context): Steps<unknown> {
    const kept = yield* ctx.scope(function* (scope) {
      scope.addCompensation('undo', 'outer');
      const inner = yield* scope.scope(function* (nested) {
        nested.addCompensation('undo', 'inner', { retry: { maxAttempts: 2, firstRetryInterval: '1s' } });
        return yield* nested.callActivity('echo', 'inner');
      });
      yield* scope.waitForExternalEvent('go');
      return inner;
    });
    let failure = '';
    try {
      yield* ctx.scope(
        function* (scope) {
          scope.addCompensation('undo', 'first');
          scope.addCompensation('fail', 'second');
          yield* scope.createTimer('1d');
        },
        { timeout: '1h' },
      );
    } catch (error) {
      failure = (error as Error).message;
    }
    return { kept, failure };
  },

  *globals(ctx: Context): Steps<unknown> {
    const fired: string[] = [];
    const unwanted = setTimeout(() => fired.push('unwanted'), 500);
    setTimeout((name: string) => fired.push(name), 1_000, 'wanted');
    clearTimeout(unwanted);
    yield* ctx.createTimer('5s');
    return { fired, time: new Date(), go: yield* ctx.waitForExternalEvent('go') };
  },

  *sends(ctx: Context, data: unknown): Steps<unknown> {
    ctx.sendEvent(ctx.instanceId, 'hello', data);
    ctx.setCustomStatus({ sent: data });
    const hello = yield* ctx.waitForExternalEvent('hello');
    return [hello, ctx.tags, yield* ctx.waitForExternalEvent('go')];
  },

  *standsStill(ctx: Context): Steps<unknown> {
    const first = yield* ctx.waitForExternalEvent('first');
    return [first, yield* ctx.callActivity('echo', 'on it goes'), yield* ctx.waitForExternalEvent('go')];
  },

  *rewinds(ctx: Context): Steps<unknown> {
    const before = yield* ctx.callActivity('echo', 'before');
    const both = yield* ctx.all([ctx.callActivity('undo', 'fails at first'), ctx.callActivity('echo', 'beside')]);
    return [before, both, yield* ctx.waitForExternalEvent('go')];
  },

  *fails(ctx: Context): Steps<void> {
    yield* ctx.waitForExternalEvent('go');
    yield* ctx.callActivity('fail', 'for good');
  },

  *ends(ctx: Context): Steps<void> {
    yield* ctx.scope(function* (scope) {
      scope.addCompensation('undo', 'what it did');
      yield* scope.waitForExternalEvent('go');
    });
  },

  *moves(ctx: Context): Steps<unknown> {
    const drawn = [ctx.newGuid(), ctx.random()];
    const quick = yield* ctx.callSubOrchestrator(quickChild, 1);
    return [drawn, quick, yield* ctx.waitForExternalEvent('go'), ctx.random()];
  },

  *versions(ctx: Context): Steps<unknown> {
    const version = yield* ctx.callActivity('echo', ctx.version);
    return [version, 'the first', yield* ctx.waitForExternalEvent('go')];
  },

  *httpCalls(ctx: Context): Steps<unknown> {
    yield* ctx.waitForExternalEvent('begin');
    const headers = { Authorization: ctx.newGuid(), 'Content-Type': 'application/vnd.golden+json' };
    const retry = { maxAttempts: 2, firstRetryInterval: '10s' } as const;
    const job = ctx.callHttp({ method: 'POST', url: '/jobs', body: { n: [1] }, headers }, { retry, timeout: '1m' });
    const given = ctx.callHttp({ method: 'GET', url: '/given up' });
    const single = yield* ctx.callHttp({ method: 'PUT', url: '/jobs', body: 'once', enablePolling: false });
    let failure = '';
    try {
      yield* ctx.callHttp({ method: 'GET', url: '/nowhere' });
    } catch (error) {
      failure = (error as Error).message;
    }
    const go = yield* ctx.waitForExternalEvent('go');
    given.cancel('not needed');
    return { single, failure, go, job: yield* job };
  },
};
export type Feature = keyof typeof features;

const asyncs = Object.entries(features).map(([name, each]) => [`${name}Async`, asAsync(each as StepsOf)]);

/** Each feature under its name as a generator, and with `Async` behind it as an async function. */
export const orchestrations: Record<string, (ctx: never, input?: unknown) => unknown> = {
  ...children,
  ...features,
  ...Object.fromEntries(asyncs),
};

async function changed(): Promise<string> {
  return 'never run by an instance of the first version';
}

/** The second version, which instances of the first one stay clear of. */
export const secondVersion = { ...orchestrations, versions: changed, versionsAsync: changed };
