import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type ActivityNote,
  type ActivityResult,
  type ActivityTask,
  WorkerPool,
  type WorkerPoolOptions,
} from '../../worker/pool';

type Options = Partial<Omit<WorkerPoolOptions, 'onResults' | 'onNote'>>;

const spawnFixture = () => new Worker(new URL('./fixtures/activity.worker.ts', import.meta.url), { type: 'module' });

/** A pool with everything that came of it. */
class Fixture {
  readonly workers: Worker[] = [];
  /** Messages that were posted to the workers. */
  posted = 0;
  readonly results = new Map<string, ActivityResult>();
  /** Keys in the order in which their results came. */
  readonly order: string[] = [];
  /** Keys that were reported more than once. */
  readonly twice: string[] = [];
  readonly notes: ActivityNote[] = [];
  readonly pool: WorkerPool;
  #waiting: (() => void)[] = [];
  #keys = 0;

  constructor({ spawn = spawnFixture, ...options }: Options = {}) {
    this.pool = new WorkerPool({
      size: 2,
      concurrency: 16,
      ...options,
      spawn: () => {
        const worker = spawn();
        const post = worker.postMessage.bind(worker) as (...args: unknown[]) => void;
        worker.postMessage = (...args: unknown[]) => {
          this.posted++;
          post(...args);
        };
        this.workers.push(worker);
        return worker;
      },
      onResults: (results) => {
        for (const result of results) {
          if (this.results.has(result.key)) this.twice.push(result.key);
          this.results.set(result.key, result);
          this.order.push(result.key);
        }
        this.#changed();
      },
      onNote: (note) => {
        this.notes.push(note);
        this.#changed();
      },
    });
  }

  task(name: string, input?: unknown, more: Partial<ActivityTask> = {}): ActivityTask {
    const taskId = this.#keys++;
    const key = `${taskId}`;
    return { key, instanceId: 'an-instance', taskId, attempt: 1, idempotencyKey: `once-${key}`, name, input, ...more };
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #changed(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  submit(tasks: readonly ActivityTask[]): void {
    this.pool.submit(tasks);
  }

  /** Submits, and waits until all have a result. */
  async run(...tasks: ActivityTask[]): Promise<ActivityResult[]> {
    this.submit(tasks);
    return await this.settled(...tasks);
  }

  async settled(...tasks: ActivityTask[]): Promise<ActivityResult[]> {
    while (!tasks.every(({ key }) => this.results.has(key))) {
      await this.#change();
    }
    return tasks.map(({ key }) => this.results.get(key)!);
  }

  /** The first note like this. */
  async noted<K extends ActivityNote['kind']>(kind: K, { key }: ActivityTask): Promise<ActivityNote & { kind: K }> {
    for (;;) {
      const note = this.notes.find((each) => each.kind === kind && each.key === key);
      if (note) return note as ActivityNote & { kind: K };
      await this.#change();
    }
  }

  async value(name: string, input?: unknown): Promise<unknown> {
    const [result] = await this.run(this.task(name, input));
    if (!result?.ok) throw new Error(`${name} failed: ${JSON.stringify(result)}`);
    return result.value;
  }

  async failure(name: string, input?: unknown) {
    const [result] = await this.run(this.task(name, input));
    if (!result || result.ok) throw new Error(`${name} did not fail`);
    return result.failure;
  }
}

const channel = new BroadcastChannel('activity-worker');
const heard: string[] = [];
channel.addEventListener('message', ({ data }) => heard.push(data));
/** Waits for what a fixture's activity tells. */
const hear = (message: string) => vi.waitUntil(() => heard.includes(message), { timeout: 5_000, interval: 5 });

const open: Fixture[] = [];
function start(options?: Options): Fixture {
  const fixture = new Fixture(options);
  open.push(fixture);
  return fixture;
}
beforeEach(() => {
  heard.length = 0;
});
afterEach(() => {
  for (const { pool, twice } of open.splice(0)) {
    pool.close();
    expect(twice, 'each task is reported once').toEqual([]);
  }
});

const moduleOf = (source: string) => () =>
  new Worker(`data:text/javascript,${encodeURIComponent(source)}`, { type: 'module' });
// A server may answer with a page instead of a 404; a revoked address leads nowhere for certain.
const missing = () => {
  const url = URL.createObjectURL(new Blob());
  URL.revokeObjectURL(url);
  return new Worker(url, { type: 'module' });
};
const canceled = (message: string) => ({ code: 'TaskCanceled', message }) as const;
const many = <T>(count: number, make: (index: number) => T) => Array.from({ length: count }, (_, index) => make(index));
const values = (results: readonly ActivityResult[]) =>
  results.map((result) => (result.ok ? result.value : result.failure));

describe('results', () => {
  it('come back whether an activity gives a promise, a thenable or a plain value', async () => {
    const fixture = start();
    expect(await fixture.value('echo', { list: [1, new Date(7)] })).toEqual({ list: [1, new Date(7)] });
    expect(await fixture.value('echoNow', 'now')).toBe('now');
    expect(await fixture.value('thenable', 'then')).toBe('then');
    expect(await fixture.value('noop')).toBeUndefined();
  });

  it('keep Blobs and null', async () => {
    const fixture = start();
    const blob = (await fixture.value('echo', new Blob(['abc'], { type: 'text/plain' }))) as Blob;
    expect([blob.type, await blob.text()]).toEqual(['text/plain', 'abc']);
    expect(await fixture.value('echo', null)).toBeNull();
  });

  it('are of the task that was asked for, however many there are', async () => {
    const fixture = start();
    const tasks = many(3_000, (index) => fixture.task(index % 2 ? 'echo' : 'echoNow', `input ${index}`));
    const results = await fixture.run(...tasks);
    expect(values(results)).toEqual(tasks.map(({ input }) => input));
    expect(results.map(({ key }) => key)).toEqual(tasks.map(({ key }) => key));
  });

  it('of activities that know who called them', async () => {
    const fixture = start();
    const task = { ...fixture.task('context'), attempt: 3 };
    const [context] = values(await fixture.run(task));
    const { instanceId, taskId, attempt, idempotencyKey } = task;
    expect(context).toEqual({ instanceId, taskId, attempt, idempotencyKey, aborted: false });
  });
});

describe('errors', () => {
  it('keep name, message, stack, code and the chain of causes', async () => {
    const failure = await start().failure('fails');
    expect(failure).toMatchObject({
      name: 'RangeError',
      message: 'too far',
      code: 'E_FAR',
      cause: { name: 'TypeError', message: 'the root', code: 'E_ROOT', cause: { message: 'a word' } },
    });
    expect(failure.stack).toContain('activity.worker');
    expect(failure.cause?.stack).toContain('the root');
  });

  it('are the same when thrown at once, and when no Error was thrown', async () => {
    const fixture = start();
    expect(await fixture.failure('failsNow')).toMatchObject({ name: 'RangeError', message: 'too far, at once' });
    expect(await fixture.failure('failsWithWord')).toMatchObject({ name: 'Error', message: 'only a word' });
  });

  it('tell where an output cannot be cloned', async () => {
    const failure = await start().failure('givesFunction');
    expect(failure).toMatchObject({ name: 'PayloadError', code: 'Payload' });
    expect(failure.message).toContain("output of activity 'givesFunction'");
    expect(failure.message).toContain('list[0].onClick');
  });

  it('tell of an output that would lose its class', async () => {
    const failure = await start().failure('givesPoint');
    expect(failure).toMatchObject({ code: 'Payload', message: expect.stringMatching(/\bat\b.*instance of Point/) });
  });

  it('of an output that only the browser can tell from a good one spare the results beside it', async () => {
    const fixture = start({ size: 1 });
    const tasks = ['echoNow', 'givesDetached', 'echoNow'].map((name, index) => fixture.task(name, index));
    const [before, detached, after] = await fixture.run(...tasks);
    expect([before, after]).toMatchObject([
      { ok: true, value: 0 },
      { ok: true, value: 2 },
    ]);
    expect(detached).toMatchObject({ ok: false, failure: { code: 'Payload', cause: { name: 'DataCloneError' } } });
  });

  it('of an input that cannot be posted spare the tasks beside it', async () => {
    const fixture = start({ size: 1 });
    const inputs = ['before', () => {}, 'after'];
    const results = await fixture.run(...inputs.map((input) => fixture.task('echo', input)));
    expect(values(results)).toMatchObject(['before', { name: 'PayloadError', code: 'Payload' }, 'after']);
    expect(await fixture.value('echo', 'later')).toBe('later');
  });

  it('of an unknown name suggest the right one', async () => {
    const fixture = start();
    const failure = await fixture.failure('ecoh');
    expect(failure).toMatchObject({ name: 'UnknownActivityError', code: 'UnknownActivity' });
    expect(failure.message).toContain("no activity is named 'ecoh'; did you mean 'echo'?");
    expect(await fixture.failure('notAnActivity')).toMatchObject({ code: 'UnknownActivity' });
    expect(await fixture.failure('toString')).toMatchObject({ code: 'UnknownActivity' });
  });

  it('in a callback that nobody waits for harm nothing', async () => {
    const logged = vi.spyOn(console, 'error').mockImplementation(() => {});
    const fixture = start({ size: 1 });
    expect(await fixture.value('throwsDetached')).toBe('still here');
    expect(await fixture.value('echo', 'next')).toBe('next');
    expect(fixture.workers).toHaveLength(1);
    expect(logged.mock.lastCall?.join(' ')).toContain('nobody catches this');
    logged.mockRestore();
  });
});

describe('work travels in batches', () => {
  it('so that 1,000 quick tasks take a few messages', async () => {
    const fixture = start();
    await fixture.run(fixture.task('noop'));
    fixture.posted = 0;
    await fixture.run(...many(1_000, () => fixture.task('noop')));
    expect(fixture.posted).toBeLessThan(20);
  });

  it('also before anything is known about them', async () => {
    const fixture = start();
    await fixture.run(...many(1_000, () => fixture.task('noop')));
    expect(fixture.posted).toBeLessThan(40);
  });

  it('and a single step takes one message each way', async () => {
    const fixture = start();
    await fixture.value('noop');
    fixture.posted = 0;
    for (let step = 0; step < 10; step++) await fixture.value('noop');
    expect(fixture.posted).toBe(10);
  });

  it('and leaves nothing pending with an idle worker, so that calls do not pile up', async () => {
    const fixture = start({ size: 1 });
    await fixture.value('echo');
    const tasks = ['a', 'b', 'c'].map((name) => fixture.task('hold', name));
    let answered = 0;
    // Notes go beside the answers.
    fixture.workers[0]?.addEventListener('message', ({ data }) => data.id && answered++);
    fixture.posted = 0;
    for (const task of tasks) fixture.submit([task]);
    await hear('c began');
    for (const { input } of tasks) channel.postMessage(`release ${input}`);
    await fixture.settled(...tasks);
    await vi.waitUntil(() => answered === fixture.posted);
    expect(answered).toBe(3);
  });

  it('in order of submission', async () => {
    const fixture = start({ size: 1, concurrency: 1 });
    const tasks = many(50, (index) => fixture.task('echo', index));
    await fixture.run(...tasks);
    expect(fixture.order).toEqual(tasks.map(({ key }) => key));
  });
});

describe('concurrency', () => {
  it('bounds what runs at a time; the rest waits its turn', async () => {
    const fixture = start({ size: 1, concurrency: 2 });
    const tasks = ['a', 'b', 'c'].map((name) => fixture.task('hold', name));
    fixture.submit(tasks);
    await hear('b began');
    expect(await Promise.race([hear('c began').then(() => 'c'), fixture.settled(...tasks), pause(100)])).toBe('paused');
    channel.postMessage('release a');
    await hear('c began');
    channel.postMessage('release b');
    channel.postMessage('release c');
    await fixture.settled(...tasks);
  });

  it('has a worker ready before there is anything to do, if it is told to', async () => {
    const fixture = start({ size: 2 });
    expect(fixture.pool.workers).toBe(0);
    fixture.pool.prepare();
    fixture.pool.prepare();
    expect(fixture.pool.workers).toBe(1);
    expect(await fixture.value('echo', 1)).toBe(1);
    expect(fixture.pool.workers).toBe(1);
  });

  it('starts another worker when there is much to do, up to the size; for quick work one is enough', async () => {
    const busy = start({ size: 3 });
    await busy.run(...many(10, () => busy.task('spin', 20)));
    expect(busy.workers).toHaveLength(3);
    const quick = start({ size: 3 });
    for (let step = 0; step < 20; step++) await quick.run(quick.task('noop'));
    await quick.run(...many(100, () => quick.task('noop')));
    expect(quick.workers).toHaveLength(1);
  });

  it('lets a task that takes the whole thread delay nothing but its own worker', async () => {
    const fixture = start({ size: 2 });
    await fixture.run(...many(200, () => fixture.task('echo')));
    const spin = fixture.task('spin', 1_000);
    fixture.submit([spin]);
    await hear('spin began');
    const others = many(20, (index) => fixture.task('echo', index));
    await fixture.run(...others);
    expect(fixture.results.has(spin.key)).toBe(false);
    await fixture.settled(spin);
  });

  it('gives nothing more to a worker that has kept silent for long', async () => {
    const fixture = start({ size: 2 });
    await fixture.run(...many(10, () => fixture.task('spin', 5)));
    expect(fixture.workers).toHaveLength(2);
    heard.length = 0;
    const spin = fixture.task('spin', 2_000);
    fixture.submit([spin]);
    await hear('spin began');
    await pause(600);
    // Nothing is known of these: they would be shared out evenly.
    await fixture.run(...many(10, (index) => fixture.task('echo', index)));
    expect(fixture.results.has(spin.key)).toBe(false);
    await fixture.settled(spin);
  });

  it('reports what is done while a task of the same worker goes on', async () => {
    const fixture = start({ size: 1 });
    const hold = fixture.task('hold', 'long');
    fixture.submit([hold]);
    await hear('long began');
    for (let step = 0; step < 5; step++) expect(await fixture.value('echo', step)).toBe(step);
    channel.postMessage('release long');
    expect(values(await fixture.settled(hold))).toEqual(['long']);
  });

  it('holds no result back while other tasks of the same batch take the thread', async () => {
    const fixture = start({ size: 1 });
    const quick = fixture.task('echo', 'quick');
    const slow = many(3, () => fixture.task('spin', 100));
    fixture.submit([quick, ...slow]);
    await fixture.settled(quick);
    expect(fixture.results.size).toBeLessThan(4);
    await fixture.settled(...slow);
  });
});

describe('cancelling', () => {
  it('aborts the signal with the reason, and no result is reported', async () => {
    const fixture = start({ size: 1 });
    const task = fixture.task('hold', 'it');
    fixture.submit([task]);
    await hear('it began');
    fixture.pool.cancel([task.key], canceled('not wanted any more'));
    await hear('it aborted: not wanted any more');
    channel.postMessage('release it');
    expect(await fixture.value('echo', 'next')).toBe('next');
    expect(fixture.results.has(task.key)).toBe(false);
  });

  it('makes a signal that was not asked for before be aborted when it is', async () => {
    const fixture = start({ size: 1, concurrency: 1 });
    const spin = fixture.task('spin', 100);
    const queued = fixture.task('hold', 'queued');
    fixture.submit([spin, queued]);
    await hear('spin began');
    fixture.pool.cancel([queued.key], canceled('too late'));
    await fixture.settled(spin);
    expect(await fixture.value('echo', 'next')).toBe('next');
    expect(heard).not.toContain('queued began');
    expect(fixture.results.has(queued.key)).toBe(false);
  });

  it('forgets tasks that a worker holds and has not begun', async () => {
    const fixture = start({ size: 1, concurrency: 1 });
    await fixture.run(...many(20, () => fixture.task('echo')));
    const hold = fixture.task('hold', 'first');
    const ahead = many(3, (index) => fixture.task('echo', index));
    fixture.submit([hold, ...ahead]);
    await hear('first began');
    fixture.pool.cancel(
      ahead.slice(0, 2).map(({ key }) => key),
      canceled('no'),
    );
    channel.postMessage('release first');
    await fixture.settled(hold, ahead[2]!);
    expect(fixture.results.has(ahead[0]!.key)).toBe(false);
    expect(fixture.results.has(ahead[1]!.key)).toBe(false);
  });

  it('silences a task even if its worker dies', async () => {
    const fixture = start({ size: 1 });
    const tasks = [fixture.task('hold', 'wanted'), fixture.task('hold', 'unwanted')];
    fixture.submit(tasks);
    await hear('unwanted began');
    fixture.pool.cancel([tasks[1]!.key], canceled('no'));
    fixture.workers[0]!.terminate();
    await fixture.settled(tasks[0]!);
    expect(await fixture.value('echo', 'next')).toBe('next');
    expect([...fixture.results.keys()]).not.toContain(tasks[1]!.key);
  });
});

describe('what goes on after it was cancelled', () => {
  const graceMs = 100;

  it('costs its worker its life after the grace period, and its neighbours begin again elsewhere', async () => {
    const fixture = start({ size: 1, graceMs });
    const [stubborn, neighbour] = ['stubborn', 'neighbour'].map((name) =>
      fixture.task(name === 'stubborn' ? 'ignore' : 'hold', name, { attempt: 3 }),
    );
    fixture.submit([stubborn!, neighbour!]);
    await hear('neighbour began');
    await hear('stubborn began');
    heard.length = 0;
    fixture.pool.cancel([stubborn!.key], canceled('enough'));
    await hear('stubborn aborted: enough');
    await fixture.noted('again', neighbour!);
    await hear('neighbour began');
    channel.postMessage('release neighbour');
    expect(values(await fixture.settled(neighbour!))).toEqual(['neighbour']);
    expect(fixture.results.has(stubborn!.key)).toBe(false);
    expect(fixture.workers).toHaveLength(2);
  });

  it('is not waited for: Chromium takes two seconds to end a worker that keeps its thread', async () => {
    const fixture = start({ size: 1, graceMs });
    await fixture.value('echo');
    const [lock] = await activityLocks();
    const [neighbour, loop] = [fixture.task('hold', 'neighbour'), fixture.task('loopIf', true)];
    fixture.submit([neighbour]);
    await hear('neighbour began');
    fixture.submit([loop]);
    await hear('loop began');
    heard.length = 0;
    fixture.pool.cancel([loop.key], canceled('enough'));
    const ended = navigator.locks.request(lock!, () => performance.now());
    const cancelledAt = performance.now();
    const began = await within(1_900, hear('neighbour began'));
    const endedAfter = (await ended) - cancelledAt;
    console.log(`begun elsewhere after ${began.toFixed()} ms; the worker ended after ${endedAfter.toFixed()} ms`);
    expect(endedAfter).toBeGreaterThan(began);
    channel.postMessage('release neighbour');
    await fixture.settled(neighbour);
  });

  it.each([
    ['whose begin is told', { timeout: 60_000 }],
    ['whose begin nobody has told', undefined],
  ])('is ended also behind results that its worker cannot report any more, if it is one %s', async (_, run) => {
    const fixture = start({ size: 1, concurrency: 1, graceMs });
    await fixture.run(...many(50, () => fixture.task('loopIf', false)));
    const [before, loop] = [fixture.task('loopIf', false), fixture.task('loopIf', true, run && { run })];
    fixture.submit([before, loop]);
    await hear('loop began');
    fixture.pool.cancel([loop.key], canceled('enough'));
    await within(5_000, fixture.settled(before));
    expect(await fixture.value('echo', 'next')).toBe('next');
  });

  it('and ends within the grace period costs nothing', async () => {
    const fixture = start({ size: 1, graceMs: 10_000 });
    const [task, neighbour] = [fixture.task('obey', { name: 'it', afterMs: 50 }), fixture.task('hold', 'neighbour')];
    fixture.submit([task, neighbour]);
    await hear('it began');
    fixture.pool.cancel([task.key], canceled('enough'));
    await hear('it ended');
    channel.postMessage('release neighbour');
    expect(values(await fixture.settled(neighbour))).toEqual(['neighbour']);
    expect(fixture.workers).toHaveLength(1);
    expect(fixture.results.has(task.key)).toBe(false);
  });

  it('can be submitted again under the same key, and the late result of the first run is dropped', async () => {
    const fixture = start({ size: 1, graceMs: 10_000 });
    const task = fixture.task('hold', 'it');
    fixture.submit([task]);
    await hear('it began');
    fixture.pool.cancel([task.key], canceled('superseded'));
    await hear('it aborted: superseded');
    heard.length = 0;
    fixture.submit([{ ...task, name: 'echo', input: 'the second run' }]);
    expect(values(await fixture.settled(task))).toEqual(['the second run']);
    channel.postMessage('release it');
    expect(await fixture.value('echo', 'next')).toBe('next');
  });
});

describe('limits', () => {
  const limited = (concurrency: number) => new Map([['hold', { concurrency }]]);

  it('bound how many tasks of a name run, in all workers together', async () => {
    const fixture = start({ size: 2, limits: limited(2) });
    const tasks = ['a', 'b', 'c', 'd'].map((name) => fixture.task('hold', name));
    fixture.submit(tasks);
    await hear('a began');
    await hear('b began');
    // Others go by.
    expect(await fixture.value('echo', 'free')).toBe('free');
    expect(heard).not.toContain('c began');
    channel.postMessage('release b');
    await hear('c began');
    expect(heard).not.toContain('d began');
    for (const name of ['a', 'c', 'd']) {
      await hear(`${name} began`);
      channel.postMessage(`release ${name}`);
      await fixture.settled(tasks['abcd'.indexOf(name)]!);
    }
  });

  it('count what was cancelled and still runs', async () => {
    const fixture = start({ size: 2, limits: limited(1), graceMs: 10_000 });
    const [first, second] = ['first', 'second'].map((name) => fixture.task('hold', name));
    fixture.submit([first!, second!]);
    await hear('first began');
    fixture.pool.cancel([first!.key], canceled('no'));
    await hear('first aborted: no');
    expect(await fixture.value('echo', 'free')).toBe('free');
    expect(heard).not.toContain('second began');
    channel.postMessage('release first');
    await hear('second began');
    channel.postMessage('release second');
    await fixture.settled(second!);
  });

  it('are kept though workers die and what they held begins again', async () => {
    const fixture = start({ size: 2, limits: limited(1) });
    const tasks = ['a', 'b', 'c'].map((name) => fixture.task('hold', name));
    fixture.submit(tasks);
    await hear('a began');
    for (const worker of fixture.workers) worker.terminate();
    expect(await fixture.settled(tasks[0]!)).toMatchObject([{ ok: false, failure: { code: 'WorkerLost' } }]);
    await hear('b began');
    expect(await fixture.value('echo', 'free')).toBe('free');
    expect(heard).not.toContain('c began');
    channel.postMessage('release b');
    await hear('c began');
    channel.postMessage('release c');
    await fixture.settled(...tasks);
  });

  it('on the rate let so many begin within a time', async () => {
    const fixture = start({ size: 1, limits: new Map([['echo', { rate: { count: 3, perMs: 500 } }]]) });
    // The worker is up: the time that it takes to start is none of what begins.
    await fixture.value('noop');
    const begunAt = performance.now();
    const tasks = many(8, (index) => fixture.task('echo', index));
    fixture.submit(tasks);
    await fixture.settled(...tasks.slice(0, 3));
    expect(fixture.results.size).toBe(1 + 3);
    await fixture.settled(...tasks);
    const took = performance.now() - begunAt;
    expect(took).toBeGreaterThanOrEqual(995);
    expect(took).toBeLessThan(3_000);
  });

  it('on the rate of one activity do not hold up another one with a quicker rate', async () => {
    const limits = new Map([
      ['noop', { rate: { count: 1, perMs: 3_600_000 } }],
      ['echo', { rate: { count: 1, perMs: 50 } }],
    ]);
    const fixture = start({ size: 1, limits });
    const slow = many(2, () => fixture.task('noop'));
    fixture.submit(slow);
    await fixture.settled(slow[0]!);
    const quick = many(3, (index) => fixture.task('echo', index));
    fixture.submit(quick);
    await within(5_000, fixture.settled(...quick));
  });

  it('that are far away cost nothing meanwhile', async () => {
    let asked = 0;
    const holds = () => {
      asked++;
      return true;
    };
    // A timer of more than 2^31 ms would fire at once, again and again.
    const limits = new Map([['echo', { rate: { count: 1, perMs: 2 ** 32 } }]]);
    const fixture = start({ size: 1, limits, holds });
    const tasks = many(2, () => fixture.task('echo', 1, { run: { runWhen: 'visible' } }));
    fixture.submit(tasks);
    await fixture.settled(tasks[0]!);
    asked = 0;
    await pause(200);
    expect(asked).toBeLessThan(20);
  });
});

describe('conditions', () => {
  it('are waited for, and others go by', async () => {
    let isOnline = false;
    const fixture = start({ holds: () => isOnline });
    const waiting = fixture.task('echo', 'waited', { run: { runWhen: 'online' } });
    fixture.submit([waiting]);
    expect(await fixture.value('echo', 'free')).toBe('free');
    expect(fixture.results.has(waiting.key)).toBe(false);
    isOnline = true;
    fixture.pool.lookAgain();
    expect(values(await fixture.settled(waiting))).toEqual(['waited']);
    expect(fixture.notes).toContainEqual({ kind: 'began', key: waiting.key });
  });

  it('do not stop what runs', async () => {
    let isOnline = true;
    const fixture = start({ holds: () => isOnline });
    const task = fixture.task('hold', 'it', { run: { runWhen: 'online' } });
    fixture.submit([task]);
    await hear('it began');
    isOnline = false;
    fixture.pool.lookAgain();
    channel.postMessage('release it');
    expect(values(await fixture.settled(task))).toEqual(['it']);
  });
});

describe('what comes first', () => {
  it('is of the highest priority, among what waits', async () => {
    const fixture = start({ size: 1, concurrency: 1 });
    const first = fixture.task('hold', 'first');
    fixture.submit([first]);
    await hear('first began');
    const tasks = [0, -1, 5, 2].map((priority) => fixture.task('echo', priority, { run: { priority } }));
    fixture.submit(tasks);
    channel.postMessage('release first');
    await fixture.settled(...tasks);
    const order = fixture.order.slice(1).map((key) => (fixture.results.get(key) as { value?: unknown }).value);
    expect(order).toEqual([5, 2, 0, -1]);
  });

  it('is not decided by 10,000 tasks of one instance, nor of one activity', async () => {
    const fixture = start({ size: 1 });
    await fixture.run(...many(100, () => fixture.task('echo')), fixture.task('noop'));
    fixture.order.length = 0;
    const flood = many(10_000, (index) => fixture.task('echo', index, { instanceId: 'many' }));
    const ofAnother = fixture.task('echo', 'one', { instanceId: 'one' });
    const otherActivity = fixture.task('noop', undefined, { instanceId: 'many' });
    fixture.submit([...flood, ofAnother, otherActivity]);
    await fixture.settled(ofAnother, otherActivity);
    console.log(
      `beside 10,000 tasks: another instance after ${fixture.order.indexOf(ofAnother.key)}, another activity after ${fixture.order.indexOf(otherActivity.key)}`,
    );
    expect(fixture.order.indexOf(ofAnother.key)).toBeLessThan(2_000);
    expect(fixture.order.indexOf(otherActivity.key)).toBeLessThan(2_000);
    await fixture.settled(...flood);
  });

  it.each([1, 2])(
    'is a task that waits, with no more than one that computes before it, in a pool of %i',
    async (size) => {
      const fixture = start({ size });
      await fixture.run(...many(30, () => fixture.task('noop')));
      const spins = many(10, () => fixture.task('spin', 50));
      fixture.submit(spins);
      await hear('spin began');
      const noop = fixture.task('noop');
      const ended = () => spins.filter(({ key }) => fixture.results.has(key)).length;
      const before = ended();
      fixture.submit([noop]);
      await fixture.settled(noop);
      // Meanwhile no more have ended than ran when it came: one in each worker.
      expect(ended() - before).toBeLessThanOrEqual(size);
      await fixture.settled(...spins);
    },
  );

  it('mixes what computes, at once or after an await, with what waits', async () => {
    const fixture = start({ size: 2 });
    await fixture.value('echo');
    const computing = many(16, (index) => fixture.task(index % 2 ? 'spin' : 'waitAndSpin', 50));
    const waiting = many(16, () => fixture.task('wait', 50));
    const begunAt = performance.now();
    fixture.submit(computing.flatMap((task, index) => [task, waiting[index]!]));
    await fixture.settled(...waiting);
    const waited = performance.now() - begunAt;
    await fixture.settled(...computing);
    const all = performance.now() - begunAt;
    console.log(`16 that wait: ${waited.toFixed()} ms; with 16 that compute: ${all.toFixed()} ms`);
    // 800 ms of computing, on two threads or on one.
    expect(all).toBeLessThan(4_000);
    expect(waited).toBeLessThan(all);
  });

  it('can go to another worker though the first was expected to be free soon', async () => {
    const fixture = start({ size: 2 });
    for (let run = 0; run < 10; run++) await fixture.value('spin', 20);
    expect(fixture.workers).toHaveLength(1);
    heard.length = 0;
    const [long, short] = [fixture.task('spin', 4_000), fixture.task('spin', 20)];
    fixture.submit([long, short]);
    await within(2_000, fixture.settled(short));
    expect(fixture.results.has(long.key)).toBe(false);
    await fixture.settled(long);
  });
});

describe('a worker that was given many tasks', () => {
  it('is replaced by a new one, and no task fails', async () => {
    const fixture = start({ size: 1, recycleAfter: 10 });
    const results: unknown[] = [];
    for (let call = 0; call < 30; call++) results.push(await fixture.value('countCalls'));
    expect(results).toEqual(Array.from({ length: 30 }, (_, call) => (call % 10) + 1));
    expect(fixture.workers).toHaveLength(3);
    const batch = many(200, (index) => fixture.task('echo', index));
    expect(values(await fixture.run(...batch))).toEqual(batch.map(({ input }) => input));
  });

  it('is not given many more at once', async () => {
    const fixture = start({ size: 1, recycleAfter: 100 });
    await fixture.run(...many(50, () => fixture.task('countCalls')));
    const counts = values(await fixture.run(...many(1_000, () => fixture.task('countCalls'))));
    expect(Math.max(...(counts as number[]))).toBeLessThanOrEqual(100 + 16);
  });

  it('has a successor while it still runs what takes long', async () => {
    const fixture = start({ size: 1, recycleAfter: 5 });
    const long = fixture.task('hold', 'long');
    fixture.submit([long]);
    await hear('long began');
    await within(5_000, fixture.run(...many(10, (index) => fixture.task('echo', index))));
    expect(fixture.results.has(long.key)).toBe(false);
    channel.postMessage('release long');
    await fixture.settled(long);
  });

  it('ends once it has nothing more to do, and does not hold up the others until then', async () => {
    const fixture = start({ size: 2, recycleAfter: 20 });
    for (let call = 0; call < 19; call++) await fixture.value('wait', 1);
    const long = fixture.task('wait', 5_000);
    fixture.submit([long]);
    await within(2_000, fixture.run(fixture.task('wait', 1)));
    expect(fixture.results.has(long.key)).toBe(false);
    expect(values(await fixture.settled(long))).toEqual([undefined]);
  });
});

describe('what a task is run with', () => {
  it('is read once a worker has room for it, and again if that worker dies', async () => {
    const fixture = start({ size: 1, concurrency: 1 });
    let reads = 0;
    const read = async () => ({ input: `read ${++reads}`, lastHeartbeat: undefined });
    const [hold, ahead] = [fixture.task('hold', 'first'), fixture.task('echo', undefined, { read })];
    fixture.submit([hold, ahead]);
    await hear('first began');
    expect(reads).toBe(0);
    channel.postMessage('release first');
    expect(values(await fixture.settled(ahead))).toEqual(['read 1']);
  });

  it('that cannot be read fails the task and nothing else', async () => {
    const fixture = start({ size: 1 });
    const read = () => Promise.reject(Object.assign(new Error('it is gone'), { code: 'Payload' }));
    const [unread, other] = [fixture.task('echo', undefined, { read }), fixture.task('echo', 'other')];
    expect(await fixture.run(unread, other)).toMatchObject([
      { ok: false, isUnread: true, failure: { message: 'it is gone', code: 'Payload' } },
      { ok: true, value: 'other' },
    ]);
  });

  it('is reported once, though the worker dies while it is read and the reading fails', async () => {
    const limits = new Map([['echo', { concurrency: 1 }]]);
    const fixture = start({ size: 1, limits });
    await fixture.value('noop');
    const rejects: ((error: Error) => void)[] = [];
    const read = () => new Promise<never>((_, reject) => rejects.push(reject));
    const task = fixture.task('echo', undefined, { read });
    fixture.submit([task]);
    await vi.waitUntil(() => rejects.length === 1);
    fixture.workers[0]!.terminate();
    await vi.waitUntil(() => rejects.length === 2);
    for (const reject of rejects) reject(new Error('it is gone'));
    await fixture.settled(task);
    // One at a time, still.
    const holds = ['a', 'b'].map((name) => fixture.task('echo', name));
    expect(values(await fixture.run(...holds))).toEqual(['a', 'b']);
  });

  it('is sent also if the worker that it was read for has died', async () => {
    const fixture = start({ size: 1 });
    await fixture.value('noop');
    const resolves: ((values: { input: unknown }) => void)[] = [];
    const read = () => new Promise<{ input: unknown }>((resolve) => resolves.push(resolve));
    const task = fixture.task('echo', undefined, { read });
    fixture.submit([task]);
    await vi.waitUntil(() => resolves.length === 1);
    fixture.workers[0]!.terminate();
    await vi.waitUntil(() => resolves.length === 2);
    for (const resolve of resolves) resolve({ input: 'here' });
    expect(values(await fixture.settled(task))).toEqual(['here']);
  });
});

describe('values that are moved', () => {
  const run = { transfer: true } as const;
  const eight = () => ({ buffer: new ArrayBuffer(8) });

  it('are not in the sender any more, be it the input or the result', async () => {
    const fixture = start({ size: 1 });
    const input = eight();
    expect(values(await fixture.run(fixture.task('byteLength', input, { run })))).toEqual([8]);
    expect(input.buffer.byteLength).toBe(0);
    const [result] = values(await fixture.run(fixture.task('givesBuffer', 16, { run })));
    expect((result as { buffer: ArrayBuffer }).buffer.byteLength).toBe(16);
    await hear('the worker keeps 0 bytes');
  });

  it('are copied without the option', async () => {
    const fixture = start({ size: 1 });
    const input = eight();
    expect(await fixture.value('byteLength', input)).toBe(8);
    expect(input.buffer.byteLength).toBe(8);
    await fixture.value('givesBuffer', 16);
    await hear('the worker keeps 16 bytes');
  });

  it('are there again for a task that begins again', async () => {
    const fixture = start({ size: 1, concurrency: 16, graceMs: 50 });
    const stubborn = fixture.task('ignore', 'stubborn');
    fixture.submit([stubborn]);
    await hear('stubborn began');
    const inputs: ArrayBuffer[] = [];
    const read = async () => {
      const { buffer } = eight();
      inputs.push(buffer);
      return { input: { name: 'it', buffer }, lastHeartbeat: undefined };
    };
    const task = fixture.task('holdBuffer', undefined, { read, run });
    fixture.submit([task]);
    await hear('it began with 8 bytes');
    expect(inputs[0]?.byteLength).toBe(0);
    heard.length = 0;
    fixture.pool.cancel([stubborn.key], canceled('enough'));
    await hear('it began with 8 bytes');
    channel.postMessage('release it');
    expect(values(await fixture.settled(task))).toEqual([8]);
    expect(inputs).toHaveLength(2);
  });

  it('twice, against the rules, fail the second task, and cost the others nothing', async () => {
    const fixture = start({ size: 1 });
    const hold = fixture.task('hold', 'it');
    fixture.submit([hold]);
    await hear('it began');
    const tasks = [
      fixture.task('givesSameBuffer', undefined, { run }),
      fixture.task('givesSameBuffer', undefined, { run }),
      fixture.task('echo', 'beside them'),
    ];
    const results = await within(5_000, fixture.run(...tasks)).then(() => fixture.settled(...tasks));
    expect(results).toMatchObject([
      { ok: true, value: { buffer: expect.any(ArrayBuffer) } },
      { ok: false, failure: { code: 'Payload', message: expect.stringContaining('output') } },
      { ok: true, value: 'beside them' },
    ]);
    channel.postMessage('release it');
    expect(values(await fixture.settled(hold))).toEqual(['it']);
  });

  it('although they cannot be moved, fail their own task or are copied, and cost the others nothing', async () => {
    const fixture = start({ size: 1 });
    const hold = fixture.task('hold', 'it');
    fixture.submit([hold]);
    await hear('it began');
    const tasks = [fixture.task('givesWasmMemory', undefined, { run }), fixture.task('echo', 'beside it')];
    await within(5_000, fixture.run(...tasks));
    expect(values(await fixture.settled(tasks[1]!))).toEqual(['beside it']);
    expect(JSON.stringify(values(await fixture.settled(tasks[0]!)))).not.toContain('input');
    channel.postMessage('release it');
    expect(values(await fixture.settled(hold))).toEqual(['it']);
  });
});

describe('what an activity tells while it runs', () => {
  it('is how far it is', async () => {
    const fixture = start({ size: 1 });
    const task = fixture.task('tellsProgress', [0.25, Number.NaN, 7, -1]);
    await fixture.run(task);
    expect(fixture.notes).toEqual(
      [0.25, 0, 1, 0].map((fraction, index) => ({
        kind: 'progress',
        key: task.key,
        progress: { fraction, message: `at ${[0.25, Number.NaN, 7, -1][index]}` },
      })),
    );
  });

  it('leaves it also while it keeps the thread, and some 20 times a second', async () => {
    const fixture = start({ size: 1 });
    const task = fixture.task('computesWithProgress', 1_000);
    await fixture.run(task);
    const shares = fixture.notes.flatMap((note) => (note.kind === 'progress' ? note.progress.fraction : []));
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect(shares.length).toBeGreaterThan(10);
    expect(shares.length).toBeLessThanOrEqual(21);
    expect(shares.at(-1)).toBeGreaterThan(0.9);
  });

  it('is a heartbeat, and goes on when that is kept', async () => {
    const fixture = start({ size: 1 });
    const task = fixture.task('beats', ['one', 'two'], { lastHeartbeat: 'zero' });
    fixture.submit([task]);
    const first = await fixture.noted('heartbeat', task);
    expect(first).toMatchObject({ details: 'one' });
    expect(fixture.notes).toHaveLength(1);
    first.kept();
    await vi.waitUntil(() => fixture.notes.length === 2);
    const [, second] = fixture.notes;
    expect(second).toMatchObject({ kind: 'heartbeat', details: 'two' });
    if (second?.kind === 'heartbeat') second.kept();
    expect(values(await fixture.settled(task))).toEqual([{ before: 'zero', after: 'two' }]);
  });

  it('is found by the next run of a task that begins again', async () => {
    const fixture = start({ size: 1, graceMs: 50 });
    const [stubborn, task] = [fixture.task('ignore', 'stubborn'), fixture.task('beats', ['one'])];
    fixture.submit([stubborn, task]);
    await hear('stubborn began');
    await fixture.noted('heartbeat', task);
    fixture.pool.cancel([stubborn.key], canceled('enough'));
    await fixture.noted('again', task);
    const beats = () => fixture.notes.filter((note) => note.kind === 'heartbeat');
    await vi.waitUntil(() => beats().length === 2);
    // What the first run's was stored says nothing of the second's.
    beats()[1]?.kept();
    expect(values(await fixture.settled(task))).toEqual([{ before: 'one', after: 'one' }]);
  });
});

describe('a worker that dies', () => {
  it('fails what ran there, and only that', async () => {
    const fixture = start({ size: 1, concurrency: 2 });
    const waiting = many(10, (index) => fixture.task('echo', index));
    const hold = fixture.task('hold', 'neighbour');
    fixture.submit([hold]);
    await hear('neighbour began');
    const [closed, ...others] = await fixture.run(fixture.task('close'), ...waiting);
    const [neighbour] = await fixture.settled(hold);
    expect(closed).toMatchObject({
      ok: false,
      failure: {
        name: 'WorkerLostError',
        code: 'WorkerLost',
        message: "the worker of activity 'close' died while it ran",
      },
    });
    expect(neighbour).toMatchObject({ ok: false, failure: { code: 'WorkerLost' } });
    expect(values(others)).toEqual(waiting.map(({ input }) => input));
    expect(fixture.workers).toHaveLength(2);
  });

  it('by terminate() is noticed within a moment, and the other workers go on', async () => {
    const fixture = start({ size: 2, concurrency: 1 });
    const [a, b, c] = ['a', 'b', 'c'].map((name) => fixture.task('hold', name));
    fixture.submit([a!, b!, c!]);
    await hear('a began');
    await hear('b began');
    const terminatedAt = performance.now();
    fixture.workers[0]!.terminate();
    expect(await fixture.settled(a!)).toMatchObject([{ ok: false, failure: { code: 'WorkerLost' } }]);
    expect(performance.now() - terminatedAt).toBeLessThan(2_000);
    await hear('c began');
    channel.postMessage('release b');
    channel.postMessage('release c');
    expect(values(await fixture.settled(b!, c!))).toEqual(['b', 'c']);
  });

  it('while idle is replaced when there is work again', async () => {
    const fixture = start({ size: 1 });
    await fixture.value('echo');
    fixture.workers[0]!.terminate();
    // Work may reach the dead worker before its death is noticed: then it is lost with it, and told so.
    const results = await fixture.run(fixture.task('echo', 'now'));
    expect(results).toMatchObject([{ ok: false, failure: { code: 'WorkerLost' } }]);
    expect(await fixture.value('echo', 'again')).toBe('again');
    expect(fixture.workers).toHaveLength(2);
  });

  it('again and again comes back with growing pauses', async () => {
    const fixture = start({ size: 1 });
    const begunAt = performance.now();
    for (let death = 0; death < 3; death++)
      expect(await fixture.failure('close')).toMatchObject({ code: 'WorkerLost' });
    expect(await fixture.value('echo', 'alive')).toBe('alive');
    expect(performance.now() - begunAt).toBeGreaterThan(300);
    expect(fixture.workers).toHaveLength(4);
  });

  it('by a task that was sent ahead takes no more with it than what ran beside that', async () => {
    const fixture = start({ size: 1, concurrency: 2 });
    await fixture.run(...many(50, () => fixture.task('killIf', false)));
    const tasks = many(100, (index) => fixture.task('killIf', index === 50));
    const results = await fixture.run(...tasks);
    expect(results[50]).toMatchObject({ ok: false, failure: { code: 'WorkerLost' } });
    // Two that may have run when it died first, and its neighbour when it was found out.
    expect(results.filter(({ ok }) => !ok).length).toBeLessThanOrEqual(4);
    expect(fixture.workers).toHaveLength(3);
  });
});

describe('a worker that cannot be started', () => {
  it.each([
    ['its file is missing', missing, 'could not be loaded (it is gone'],
    ['its file has a syntax error', moduleOf('export let = ;'), 'has a syntax error'],
    ['its file throws', moduleOf('throw new Error("at the top")'), 'at the top'],
    [
      'the app cannot make one',
      () => {
        throw new Error('no worker today');
      },
      'no worker today',
    ],
  ])('fails the waiting tasks long before the deadline, because %s', async (_why, spawn, text) => {
    const fixture = start({ spawn, size: 4 });
    const begunAt = performance.now();
    const results = await fixture.run(...many(20, () => fixture.task('echo')));
    expect(performance.now() - begunAt).toBeLessThan(5_000);
    // All four at first, then one at a time.
    expect(fixture.workers.length).toBeLessThanOrEqual(6);
    for (const result of results) {
      expect(result).toMatchObject({ ok: false, failure: { name: 'WorkerLostError', code: 'WorkerLost' } });
      expect(values([result])).toMatchObject([{ message: expect.stringContaining(text) }]);
      expect(values([result])).toMatchObject([
        { message: expect.stringContaining("activity 'echo' could not be run") },
      ]);
    }
  });

  it('fails them after three deadlines if it never answers', async () => {
    const fixture = start({ spawn: moduleOf(''), size: 1, readyWithinMs: 100 });
    const failure = await fixture.failure('echo');
    expect(failure.message).toContain('did not answer within 100 ms');
    expect(fixture.workers).toHaveLength(3);
  });

  it('fails them even if tasks keep coming meanwhile', async () => {
    const fixture = start({ spawn: moduleOf(''), size: 4, readyWithinMs: 200 });
    const early = fixture.task('echo');
    fixture.submit([early]);
    const submitting = setInterval(() => fixture.submit([fixture.task('echo')]), 50);
    expect(await fixture.settled(early)).toMatchObject([{ ok: false, failure: { code: 'WorkerLost' } }]);
    clearInterval(submitting);
  });

  it('is not tried again for a while, and what comes meanwhile fails at once', async () => {
    const fixture = start({ spawn: moduleOf('throw 1'), size: 1 });
    await fixture.failure('echo');
    const begunAt = performance.now();
    expect(await fixture.failure('echo')).toMatchObject({
      code: 'WorkerLost',
      message: expect.stringContaining('no worker could be started'),
    });
    expect(performance.now() - begunAt).toBeLessThan(50);
    expect(fixture.workers).toHaveLength(3);
  });

  it('is tried once after that, and again only after a longer while', async () => {
    const fixture = start({ spawn: moduleOf('throw 1'), size: 1, breakMs: 100 });
    await fixture.failure('echo');
    await pause(110);
    await fixture.failure('echo');
    expect(fixture.workers).toHaveLength(4);
    await pause(110);
    await fixture.failure('echo');
    expect(fixture.workers).toHaveLength(4);
  });

  it('is back as soon as one comes up', async () => {
    let deployed = false;
    const fixture = start({ spawn: () => (deployed ? spawnFixture() : moduleOf('throw 1')()), size: 1, breakMs: 50 });
    expect(await fixture.failure('echo')).toMatchObject({ code: 'WorkerLost' });
    deployed = true;
    await pause(60);
    expect(await fixture.value('echo', 'at last')).toBe('at last');
  });

  it('fails nothing that the next attempt can run', async () => {
    let attempts = 0;
    const fixture = start({ spawn: () => (++attempts < 3 ? moduleOf('throw 1')() : spawnFixture()), size: 1 });
    expect(await fixture.value('echo', 'third time')).toBe('third time');
  });
});

describe('a worker that is slow to start', () => {
  it('is waited for, though its file awaits something at its top', async () => {
    const fixture = start({
      spawn: () => new Worker(new URL('./fixtures/late-activity.worker.ts', import.meta.url), { type: 'module' }),
    });
    expect(await fixture.value('echo', 'late')).toBe('late');
    expect(fixture.workers).toHaveLength(1);
  });
});

describe('closing', () => {
  it('terminates the workers and reports nothing any more', async () => {
    const fixture = start({ size: 1, graceMs: 100 });
    const task = fixture.task('hold', 'it');
    fixture.submit([task]);
    await hear('it began');
    fixture.pool.close();
    await hear('it aborted: this tab does not run the task hub any more');
    await vi.waitUntil(async () => {
      const { held } = await navigator.locks.query();
      return !held?.some(({ name }) => name?.startsWith('perdure-activities/'));
    });
    fixture.submit([fixture.task('echo')]);
    expect(fixture.results.size).toBe(0);
    expect(fixture.workers).toHaveLength(1);
  });

  it('gives nothing more to a worker that is on its way out', async () => {
    const fixture = start({ size: 1, graceMs: 60_000 });
    const [first, second] = ['first', 'second'].map((name) => fixture.task('hold', name));
    fixture.submit([first!, second!]);
    await hear('second began');
    let resolve: (values: { input: unknown }) => void = () => {};
    const read = () =>
      new Promise<{ input: unknown }>((resolveRead) => {
        resolve = resolveRead;
      });
    const reading = vi.fn(read);
    fixture.submit([fixture.task('hold', undefined, { read: reading })]);
    await vi.waitUntil(() => reading.mock.calls.length === 1);
    const [lock] = await activityLocks();
    fixture.pool.close();
    resolve({ input: 'late' });
    channel.postMessage('release first');
    channel.postMessage('release second');
    await within(
      5_000,
      navigator.locks.request(lock!, () => {}),
    );
    expect(heard).not.toContain('late began');
  });

  it('ends a worker as soon as all that runs there has ended, long before the grace period is over', async () => {
    const fixture = start({ size: 1, graceMs: 60_000 });
    const tasks = [0, 100, 200].map((afterMs) => fixture.task('obey', { name: `${afterMs}`, afterMs }));
    fixture.submit(tasks);
    for (const name of ['0', '100', '200']) await hear(`${name} began`);
    const [lock] = await activityLocks();
    fixture.pool.close();
    await hear('200 ended');
    await within(
      5_000,
      navigator.locks.request(lock!, () => {}),
    );
    expect(fixture.results.size).toBe(0);
  });
});

/** The locks of the activity workers that live. */
async function activityLocks(): Promise<string[]> {
  const { held = [] } = await navigator.locks.query();
  return held.flatMap(({ name }) => (name?.startsWith('perdure-activities/') ? name : []));
}

/** Rejects if it takes longer. Gives how long it took. */
async function within(ms: number, promise: Promise<unknown>): Promise<number> {
  const begunAt = performance.now();
  const late = pause(ms).then(() => {
    throw new Error(`not within ${ms} ms`);
  });
  await Promise.race([promise, late]);
  return performance.now() - begunAt;
}

function pause(ms: number): Promise<string> {
  return new Promise((resolve) => setTimeout(() => resolve('paused'), ms));
}
