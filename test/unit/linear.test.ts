/** Cost grows with the length of an execution, not with its square: live, and when it is replayed. */
import { describe, expect, it } from 'vitest';
import type { OrchestrationContext, Steps } from '../../src';
import type { MessageEvent } from '../../src/core';
import { Play } from '../support/core-turns';
import { styles } from '../support/styles';

interface Load {
  run(ctx: OrchestrationContext, n: number): Steps<unknown>;
  /** What comes, one message per turn. */
  messages(n: number): MessageEvent[];
}

const completions = (n: number): MessageEvent[] =>
  Array.from({ length: n }, (_, taskId) => ({ type: 'TaskCompleted', taskId, result: taskId }));
const events = (n: number, name: (i: number) => string): MessageEvent[] =>
  Array.from({ length: n }, (_, i) => ({ type: 'EventRaised', name: name(i), input: i }));
const each = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i));

const loads: [string, Load][] = [
  [
    'a chain of activities',
    {
      *run(ctx, n) {
        for (let i = 0; i < n; i++) yield* ctx.callActivity('a', i);
      },
      messages: completions,
    },
  ],
  [
    'a fan-in',
    {
      *run(ctx, n) {
        yield* ctx.all(each(n, (i) => ctx.callActivity('a', i)));
      },
      messages: completions,
    },
  ],
  [
    'a race of many, and then all of them',
    {
      *run(ctx, n) {
        const tasks = each(n, (i) => ctx.callActivity('a', i));
        yield* ctx.any(tasks);
        yield* ctx.allSettled(tasks);
      },
      messages: completions,
    },
  ],
  [
    'events, one after the other',
    {
      *run(ctx, n) {
        for (let i = 0; i < n; i++) yield* ctx.waitForExternalEvent('e');
      },
      messages: (n) => events(n, () => 'e'),
    },
  ],
  [
    'events that are kept for long',
    {
      *run(ctx, n) {
        yield* ctx.waitForExternalEvent('go');
        for (let i = 0; i < n; i++) yield* ctx.waitForExternalEvent('e');
      },
      messages: (n) => [...events(n, () => 'e'), ...events(1, () => 'go')],
    },
  ],
  [
    'events that many wait for, by many names',
    {
      *run(ctx, n) {
        yield* ctx.all(each(n, (i) => ctx.waitForExternalEvent(`e${i % (n / 10)}`)));
      },
      messages: (n) => events(n, (i) => `e${i % (n / 10)}`),
    },
  ],
  [
    'waits that all time out',
    {
      *run(ctx, n) {
        yield* ctx.all(each(n, () => ctx.waitForExternalEvent('e', { timeout: 1, default: 1 })));
      },
      messages: (n) => each(n, (taskId) => ({ type: 'TimerFired', taskId, fireAt: 0 })),
    },
  ],
  [
    'a scope with many steps, all undone',
    {
      *run(ctx, n) {
        const scope = ctx.scope(function* (saga) {
          for (let i = 0; i < n / 2; i++) {
            yield* saga.callActivity('a', i);
            saga.addCompensation('b', i);
          }
          throw new Error('undo it');
        });
        yield* ctx.allSettled([scope]);
      },
      messages: completions,
    },
  ],
];

/** The time in ms that an execution of this length takes, live and replayed. */
async function time(load: Load, n: number, write: (typeof styles)[number][1]): Promise<number> {
  const begun = performance.now();
  const play = await Play.start(
    write((ctx, input: number) => load.run(ctx, input)),
    { input: n },
  );
  for (const message of load.messages(n)) await play.apply(message);
  expect(play.ended).toBe(true);
  await play.reload();
  return performance.now() - begun;
}

describe.each(styles)('eight times as much costs about eight times the time, in %s:', (_, write) => {
  it.each(loads)('%s', async (__, load) => {
    // Anything can be slow on a busy machine, so the best of several tries counts. A quadratic cost is 64 times as much.
    let [short, long] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
    for (let tries = 0; tries < 4 && !(long / short < 24); tries++) {
      short = Math.min(short, await time(load, 4_000, write));
      long = Math.min(long, await time(load, 32_000, write));
    }
    expect(long / short).toBeLessThan(32);
  });
});
