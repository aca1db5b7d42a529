/** Which of the tasks that wait comes next. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunCondition } from '../../src/core';
import type { ActivityTask } from '../../worker/pool';
import type { Queued } from '../../worker/pool/lane';
import { type Limit, TaskQueue } from '../../worker/pool/queue';

interface Item extends Queued {
  readonly number: number;
}

let numbers = 0;
function item(name: string, { instanceId = 'i', priority, runWhen }: Partial<ItemOptions> = {}): Item {
  const number = numbers++;
  const run = { ...(priority !== undefined && { priority }), ...(runWhen && { runWhen }) };
  const key = `${number}`;
  const task: ActivityTask = { key, instanceId, taskId: number, attempt: 1, idempotencyKey: key, name, run };
  return { task, number };
}
interface ItemOptions {
  instanceId: string;
  priority: number;
  runWhen: RunCondition | undefined;
}

class Clock {
  at = 0;
  readonly monotonicNow = () => this.at;
}

function queueOf(limits: Record<string, Limit> = {}, holds: (condition: RunCondition) => boolean = () => true) {
  const clock = new Clock();
  const options = { limits: new Map(Object.entries(limits)), holds, monotonicNow: clock.monotonicNow };
  return { clock, queue: new TaskQueue<Item>(options) };
}

/** Takes until nothing may run. */
function takeAll(queue: TaskQueue<Item>): Item[] {
  const taken: Item[] = [];
  for (let next = queue.take(() => true); next; next = queue.take(() => true)) taken.push(next);
  return taken;
}
const namesOf = (items: readonly Item[]) => items.map(({ task }) => task.name);
const instancesOf = (items: readonly Item[]) => items.map(({ task }) => task.instanceId);
const many = (count: number, make: (index: number) => Item) => Array.from({ length: count }, (_, index) => make(index));

it('a rate whose time comes between two looks at the clock is looked at again', () => {
  const times = [0];
  const options = {
    limits: new Map([['a', { rate: { count: 1, perMs: 100 } }]]),
    holds: () => true,
    monotonicNow: () => times.shift() ?? 101,
  };
  const queue = new TaskQueue<Item>(options);
  for (let i = 0; i < 2; i++) queue.push(item('a'));
  expect(queue.take(() => true)).toBeDefined();
  times.splice(0, times.length, 99.999, 100.001);
  expect(queue.take(() => true)).toBeUndefined();
  expect(queue.nextInMs()).toBeGreaterThan(0);
  expect(queue.take(() => true)).toBeDefined();
});

describe('turns', () => {
  it('are taken by instances that call the same activity', () => {
    const { queue } = queueOf();
    for (const instanceId of ['a', 'a', 'a', 'b', 'b', 'c']) queue.push(item('work', { instanceId }));
    expect(instancesOf(takeAll(queue))).toEqual(['a', 'b', 'c', 'a', 'b', 'a']);
  });

  it('are taken by activities', () => {
    const { queue } = queueOf();
    for (const name of ['x', 'x', 'x', 'y', 'y', 'z']) queue.push(item(name));
    expect(namesOf(takeAll(queue))).toEqual(['x', 'y', 'z', 'x', 'y', 'x']);
  });

  it('of one task are in order of submission', () => {
    const { queue } = queueOf();
    const items = many(100, () => item('work'));
    for (const each of items) queue.push(each);
    expect(takeAll(queue)).toEqual(items);
  });

  it('come to an activity that nobody has called before without another one going twice', () => {
    const { queue } = queueOf();
    for (const each of many(10, () => item('x'))) queue.push(each);
    queue.take(() => true);
    queue.push(item('y'));
    expect(namesOf([queue.take(() => true)!])).toEqual(['y']);
  });

  it('come soon to an instance with one task, however many the others have and however long they have been served', () => {
    const instances = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(instances, fc.nat({ max: 60 }), instances, (before, served, after) => {
        const { queue } = queueOf();
        for (const instanceId of before) queue.push(item('work', { instanceId }));
        for (let n = 0; n < served; n++) queue.take(() => true);
        queue.push(item('work', { instanceId: 'one' }));
        for (const instanceId of after) queue.push(item('work', { instanceId }));
        const order = instancesOf(takeAll(queue));
        const first = order.slice(0, order.indexOf('one'));
        // What is left of the turn that is under way, and one turn.
        for (const each of 'abcd') expect(first.filter((id) => id === each).length).toBeLessThanOrEqual(2);
      }),
    );
  });

  it('are not lost by a task that comes back', () => {
    const { queue } = queueOf();
    const items = many(10, () => item('work', { instanceId: 'a' }));
    for (const each of items) queue.push(each);
    const [first, second] = [queue.take(() => true)!, queue.take(() => true)!];
    queue.ended(second);
    queue.push(second);
    queue.ended(first);
    queue.push(first);
    expect(takeAll(queue)).toEqual(items);
  });

  it('come soon to a task that comes back, also if all others of its instance are gone', () => {
    const { queue } = queueOf();
    const items = many(1_000, () => item('work', { instanceId: 'a' }));
    for (const each of items) queue.push(each);
    takeAll(queue);
    const back = items.at(-1)!;
    queue.ended(back);
    queue.push(back);
    for (const each of many(1_000, () => item('work', { instanceId: 'b' }))) queue.push(each);
    expect(takeAll(queue).indexOf(back)).toBeLessThanOrEqual(2);
  });

  it('come soon to a new call of an instance of which one came back', () => {
    const { queue } = queueOf();
    const items = many(1_000, () => item('work', { instanceId: 'a' }));
    for (const each of items) queue.push(each);
    takeAll(queue);
    queue.push(items.at(-1)!);
    for (const each of many(1_000, () => item('work', { instanceId: 'b' }))) queue.push(each);
    const next = item('work', { instanceId: 'a' });
    queue.push(next);
    expect(takeAll(queue).indexOf(next)).toBeLessThanOrEqual(4);
  });
});

describe('priority', () => {
  it('comes before turns', () => {
    const { queue } = queueOf();
    for (const priority of [0, 1, 0, -2, 1, 5]) queue.push(item('work', { priority, instanceId: `${priority}` }));
    expect(instancesOf(takeAll(queue))).toEqual(['5', '1', '1', '0', '0', '-2']);
  });

  it('is of no use to what may not run', () => {
    const { queue } = queueOf({ limited: { concurrency: 1 } }, (condition) => condition !== 'online');
    for (const each of [
      item('limited', { priority: 5 }),
      item('limited', { priority: 5 }),
      item('sends', { priority: 9, runWhen: 'online' }),
      item('work'),
    ]) {
      queue.push(each);
    }
    expect(namesOf(takeAll(queue))).toEqual(['limited', 'work']);
    expect(queue.size).toBe(2);
  });

  it('of its own for each of 10,000 tasks costs no more than a moment', () => {
    const { queue } = queueOf();
    const begunAt = performance.now();
    for (const each of many(10_000, (priority) => item('work', { priority }))) queue.push(each);
    expect(takeAll(queue)).toHaveLength(10_000);
    const ms = performance.now() - begunAt;
    console.log(`10,000 tasks, each with a priority of its own: ${ms.toFixed()} ms`);
    expect(ms).toBeLessThan(500);
  });
});

describe('a limit', () => {
  it('on how many run counts what was taken and has not ended', () => {
    const { queue } = queueOf({ work: { concurrency: 2 } });
    const items = many(4, () => item('work'));
    for (const each of items) queue.push(each);
    expect(takeAll(queue)).toEqual(items.slice(0, 2));
    queue.ended(items[1]!);
    expect(takeAll(queue)).toEqual([items[2]]);
  });

  it('on the rate lets so many begin within a time, whenever that begins', () => {
    const { queue, clock } = queueOf({ work: { rate: { count: 2, perMs: 100 } } });
    for (const each of many(6, () => item('work'))) queue.push(each);
    expect(takeAll(queue)).toHaveLength(2);
    expect(queue.nextInMs()).toBe(100);
    clock.at = 60;
    expect([takeAll(queue).length, queue.nextInMs()]).toEqual([0, 40]);
    clock.at = 100;
    expect(takeAll(queue)).toHaveLength(2);
    clock.at = 199;
    expect(takeAll(queue)).toHaveLength(0);
    clock.at = 200;
    expect(takeAll(queue)).toHaveLength(2);
    expect(queue.nextInMs()).toBeUndefined();
  });

  it('is not waited for if a condition has to be waited for as well', () => {
    const { queue } = queueOf({ work: { rate: { count: 1, perMs: 100 } } }, () => false);
    queue.push(item('work'));
    takeAll(queue);
    queue.push(item('work', { runWhen: 'visible' }));
    expect(queue.nextInMs()).toBeUndefined();
  });

  it('holds up nothing that is taken out', () => {
    const { queue } = queueOf({ work: { concurrency: 1 } });
    const items = many(5, () => item('work'));
    for (const each of items) queue.push(each);
    queue.take(() => true);
    queue.remove(({ number }) => number === items[1]!.number);
    queue.ended(items[0]!);
    expect(takeAll(queue)).toEqual([items[2]]);
    expect(queue.removeAll()).toEqual(items.slice(3));
    expect(queue.size).toBe(0);
  });
});

// ---------------------------------------------------------------------------------------------------- whatever happens

const limits = { one: { concurrency: 1 }, three: { concurrency: 3 }, slow: { rate: { count: 2, perMs: 50 } } };
const both = { ...limits, both: { concurrency: 2, rate: { count: 3, perMs: 40 } } };
const conditions: readonly RunCondition[] = ['online', 'visible', 'idle'];

const pushed = fc.record({
  kind: fc.constant('push' as const),
  name: fc.constantFrom('one', 'three', 'slow', 'both', 'free', 'other'),
  instanceId: fc.constantFrom('a', 'b', 'c'),
  priority: fc.constantFrom(-1, 0, 0, 0, 2),
  runWhen: fc.constantFrom(undefined, undefined, ...conditions),
});
const step = fc.oneof(
  { weight: 5, arbitrary: pushed },
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('take' as const), unwanted: fc.constantFrom('', '', 'free') }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('end' as const), isBack: fc.boolean(), which: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove' as const), which: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.nat({ max: 60 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('turn' as const), condition: fc.constantFrom(...conditions) }),
  },
);

/** The queue as a list that is looked through from one end to the other. */
class Model {
  readonly waiting = new Set<Item>();
  readonly running = new Set<Item>();
  readonly begun: { name: string; at: number }[] = [];
  readonly lacking = new Set<RunCondition>();
  readonly holds = (condition: RunCondition) => !this.lacking.has(condition);

  limitOf(name: string): Limit {
    return (both as Record<string, Limit>)[name] ?? {};
  }

  withinRate(name: string, at: number): boolean {
    const { rate } = this.limitOf(name);
    return !rate || this.begun.filter((each) => each.name === name && each.at > at - rate.perMs).length < rate.count;
  }

  mayRun({ task: { name, run } }: Item, at: number, withRate = true): boolean {
    const { concurrency = Number.POSITIVE_INFINITY } = this.limitOf(name);
    const running = [...this.running].filter(({ task }) => task.name === name).length;
    if (run?.runWhen && !this.holds(run.runWhen)) return false;
    return running < concurrency && (!withRate || this.withinRate(name, at));
  }
}

it('whatever happens, no limit is passed, and what may run is taken once, the highest priority first', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const model = new Model();
      const { queue, clock } = queueOf(both, model.holds);
      const nth = (set: ReadonlySet<Item>, which: number) => [...set][which % set.size];
      for (const each of steps) {
        if (each.kind === 'push') {
          const made = item(each.name, each);
          model.waiting.add(made);
          queue.push(made);
        } else if (each.kind === 'take') {
          const isWanted = ({ task }: Item) => task.name !== each.unwanted;
          const allowed = [...model.waiting].filter((every) => isWanted(every) && model.mayRun(every, clock.at));
          const taken = queue.take(isWanted);
          expect(taken !== undefined).toBe(allowed.length > 0);
          if (!taken) {
            const forRate = [...model.waiting].filter(
              (every) => isWanted(every) && model.mayRun(every, clock.at, false),
            );
            const inMs = queue.nextInMs();
            if (forRate.length > 0) expect(inMs).toBeGreaterThan(0);
            continue;
          }
          expect(allowed).toContain(taken);
          const priorities = allowed.map(({ task }) => task.run?.priority ?? 0);
          expect(taken.task.run?.priority ?? 0).toBe(Math.max(...priorities));
          model.waiting.delete(taken);
          model.running.add(taken);
          model.begun.push({ name: taken.task.name, at: clock.at });
        } else if (each.kind === 'end') {
          const some = nth(model.running, each.which);
          if (!some) continue;
          model.running.delete(some);
          queue.ended(some);
          if (!each.isBack) continue;
          model.waiting.add(some);
          queue.push(some);
        } else if (each.kind === 'remove') {
          const some = nth(model.waiting, each.which);
          if (!some) continue;
          model.waiting.delete(some);
          queue.remove((other) => other === some);
        } else if (each.kind === 'pass') {
          clock.at += each.ms;
        } else if (model.lacking.has(each.condition)) {
          model.lacking.delete(each.condition);
        } else {
          model.lacking.add(each.condition);
        }
        expect(queue.size).toBe(model.waiting.size);
      }
      expect(new Set(queue.removeAll())).toEqual(model.waiting);
    }),
    { numRuns: 500 },
  );
});

it('what waits for a rate alone may go when the time has passed that the queue tells', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 1_000 }),
      fc.array(fc.nat({ max: 400 }), { maxLength: 30 }),
      (count, perMs, pauses) => {
        const { queue, clock } = queueOf({ work: { rate: { count, perMs } } });
        const begun: number[] = [];
        for (const pause of pauses) {
          clock.at += pause;
          queue.push(item('work'));
          for (const _ of takeAll(queue)) begun.push(clock.at);
        }
        while (queue.size > 0) {
          clock.at += queue.nextInMs()!;
          const taken = takeAll(queue);
          expect(taken.length).toBeGreaterThan(0);
          for (const _ of taken) begun.push(clock.at);
        }
        expect(begun).toHaveLength(pauses.length);
        for (const [index, at] of begun.entries()) {
          const last = begun[index + count];
          if (last !== undefined) expect(last - at).toBeGreaterThanOrEqual(perMs);
        }
      },
    ),
  );
});
