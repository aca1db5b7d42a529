import { describe, expect, it } from 'vitest';
import type { AnyActivity } from '../../src/core/types/activity';
import { hop, monotonicNow } from '../../worker/platform';
import { Estimates } from '../../worker/pool/estimates';
import type { Report, SentTask } from '../../worker/pool/exchange';
import { findActivity } from '../../worker/pool/find';
import { ActivityRunner } from '../../worker/pool/runner';

const sent = (name: string, input?: unknown): SentTask => ['an-instance', 0, 1, 'once', name, input];
const many = <T>(count: number, make: (index: number) => T) => Array.from({ length: count }, (_, index) => make(index));
/** Its clock stands still, so that a busy machine does not make it rest between tasks. */
const runner = (
  activities: Record<string, (input: never, ctx: never) => unknown>,
  concurrency: number,
  now = () => 0,
) => new ActivityRunner(activities as Record<string, AnyActivity>, { concurrency, post: () => {}, now });
const canceled = (message: string) => ({ code: 'TaskCanceled', message }) as const;

/** What a promise has come to, once everything that can go on by itself has. */
function state<T>(promise: Promise<T>): Promise<T | 'pending'> {
  return Promise.race([promise, hop().then(() => 'pending' as const)]);
}

/** Activities that end when the test says so. */
function controlled() {
  const running = new Map<unknown, (value: unknown) => void>();
  const hold = (input: unknown) => new Promise((resolve) => running.set(input, resolve));
  return { running, hold, end: (input: unknown) => running.get(input)?.(input) };
}

describe('a runner of activities', () => {
  it('answers one call with all results of the same turn of the event loop', async () => {
    const { work } = bound(runner({ later: async (input: number) => input, now: (input: number) => input }, 4));
    const report = await work(
      0,
      many(100, (index) => sent(index % 2 ? 'later' : 'now', index)),
    );
    expect(report.numbers).toHaveLength(100);
    expect(report.values[report.numbers.indexOf(37)]).toBe(37);
  });

  it('answers the oldest call first, whichever task has ended', async () => {
    const { hold, end } = controlled();
    const { work } = bound(runner({ hold }, 4));
    const first = work(0, [sent('hold', 'a')]);
    const second = work(1, [sent('hold', 'b')]);
    end('b');
    expect((await first).values).toEqual(['b']);
    expect(await state(second)).toBe('pending');
    end('a');
    expect((await second).numbers).toEqual([0]);
  });

  it('keeps results until there is a call to answer', async () => {
    const { hold, end } = controlled();
    const { work } = bound(runner({ hold }, 4));
    const first = work(0, [sent('hold', 'a'), sent('hold', 'b'), sent('hold', 'c')]);
    end('a');
    await first;
    end('b');
    await hop();
    end('c');
    await hop();
    expect((await work(3, [])).values).toEqual(['b', 'c']);
  });

  it('answers calls that have nothing left to wait for', async () => {
    const { hold, end } = controlled();
    const { work } = bound(runner({ hold }, 4));
    const calls = [work(0, [sent('hold', 'a')]), work(1, [sent('hold', 'b')]), work(2, [])];
    expect(await state(calls[2]!)).toBe('pending');
    end('a');
    end('b');
    const reports = await Promise.all(calls);
    expect(reports.flatMap(({ values }) => values).sort()).toEqual(['a', 'b']);
    expect((await work(2, [])).numbers).toEqual([]);
  });

  it('begins tasks in order, and so many at a time as agreed', async () => {
    const { hold, end, running } = controlled();
    const { work } = bound(runner({ hold }, 2));
    void work(
      0,
      ['a', 'b', 'c', 'd'].map((input) => sent('hold', input)),
    );
    expect([...running.keys()]).toEqual(['a', 'b']);
    end('b');
    await hop();
    expect([...running.keys()]).toEqual(['a', 'b', 'c']);
  });

  it('lets messages through between tasks that take the thread', async () => {
    const spin = () => {
      const end = performance.now() + 10;
      while (performance.now() < end);
    };
    const { work, cancel } = bound(runner({ spin }, 16, monotonicNow));
    const first = work(
      0,
      many(5, () => sent('spin')),
    );
    expect((await first).numbers).toEqual([0]);
    cancel([4], canceled('not any more'));
    const report = await collect(work, 4);
    expect(report.get(3)).toBe('ended');
    expect(report.get(4)).toBe('not any more');
  });

  it('does not begin what was cancelled, and tells an activity that begins to look only later', async () => {
    const signals: AbortSignal[] = [];
    const { hold, end, running } = controlled();
    const late = async (_input: unknown, ctx: { signal: AbortSignal }) => {
      await hold('late');
      signals.push(ctx.signal);
    };
    const { work, cancel } = bound(runner({ hold, late: late as never }, 1));
    const first = work(0, [sent('late'), sent('hold', 'queued')]);
    cancel([0, 1], canceled('why'));
    end('late');
    await first;
    expect([signals[0]?.aborted, signals[0]?.reason.message]).toEqual([true, 'why']);
    expect(running.has('queued')).toBe(false);
  });

  it('reports a failure beside the values', async () => {
    const fails = () => {
      throw new RangeError('no');
    };
    const { work } = bound(runner({ fails, fine: () => 'fine' }, 4));
    const report = await work(7, [sent('fine'), sent('fails'), sent('fine')]);
    expect(report.numbers).toEqual([7, 8, 9]);
    expect([...report.failures]).toMatchObject([[8, { name: 'RangeError', message: 'no' }]]);
  });
});

describe('an unknown activity', () => {
  it('is told with the names there are, if they are few and none is near', () => {
    const activities = { greet: () => {}, count: 3, sendMail: () => {} } as never;
    expect(() => findActivity(activities, 'resize')).toThrow(
      "no activity is named 'resize'; there are greet, sendMail",
    );
    expect(() => findActivity({}, 'resize')).toThrow('none are registered with serve()');
  });
});

describe('an estimate', () => {
  it('takes what was never measured for slow, follows what is measured, and is never nothing', () => {
    const estimates = new Estimates();
    const { ms, share } = estimates.of('new');
    expect([ms > 4, share]).toEqual([true, 1]);
    for (let i = 0; i < 50; i++) estimates.measured('new', 0, 0);
    expect(estimates.of('new').ms).toBeGreaterThan(0);
    expect(estimates.of('new').ms).toBeLessThan(0.01);
    for (let i = 0; i < 50; i++) estimates.measured('new', 30, 30);
    expect(estimates.of('new').ms).toBeCloseTo(30, 0);
  });

  it('tells what computes from what waits', () => {
    const estimates = new Estimates();
    for (let i = 0; i < 20; i++) {
      estimates.measured('computes', 30, 30);
      estimates.measured('waits', 1_000, 5);
    }
    expect(estimates.of('computes').share).toBeCloseTo(1);
    expect(estimates.of('waits').share).toBeLessThan(0.01);
  });

  it('takes one for waiting that has begun and left the thread free', () => {
    const estimates = new Estimates();
    estimates.began('new', 1);
    expect(estimates.of('new').share).toBeLessThan(0.1);
    estimates.measured('new', 200, 200);
    expect(estimates.of('new').share).toBe(1);
  });
});

function bound(of: ActivityRunner) {
  return { work: of.work.bind(of), cancel: of.cancel.bind(of) };
}

/** Calls until so many tasks are reported. */
async function collect(work: (first: number, tasks: SentTask[]) => Promise<Report>, count: number) {
  const outcomes = new Map<number, string>();
  while (outcomes.size < count) {
    const { numbers, failures } = await work(1_000, []);
    for (const number of numbers) outcomes.set(number, failures.get(number)?.message ?? 'ended');
  }
  return outcomes;
}
