import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { enter, installGuards, leave, outside } from '../../worker/determinism';
import { hop } from '../../worker/platform';
import { Turn } from '../support/turn';

const before = {
  Date: globalThis.Date,
  setTimeout: globalThis.setTimeout,
  hadXMLHttpRequest: 'XMLHttpRequest' in globalThis,
};

beforeAll(() => installGuards());
afterEach(() => leave());

/** Runs code as if it were an orchestrator's. */
function within<T>(fn: () => T, turn = new Turn()): T {
  enter(turn);
  try {
    return fn();
  } finally {
    leave();
  }
}

const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

describe('installing', () => {
  it('a second time does nothing', () => {
    const once = [Date, setTimeout, Math.random, fetch];
    installGuards();
    expect([Date, setTimeout, Math.random, fetch].every((now, i) => now === once[i])).toBe(true);
  });

  it('adds nothing that the host does not have', () => {
    expect(before.hadXMLHttpRequest).toBe(false);
    expect('XMLHttpRequest' in globalThis).toBe(false);
    expect('indexedDB' in globalThis).toBe(false);
  });

  it('leaves names, lengths and visibility as they were', () => {
    expect([Date.name, Date.length, Object.keys(globalThis).includes('Date')]).toEqual(['Date', 7, false]);
    expect([setTimeout.name, setTimeout.length]).toEqual([before.setTimeout.name, before.setTimeout.length]);
    expect([Math.random.name, Object.keys(Math)]).toEqual(['random', []]);
    expect(Object.getOwnPropertySymbols(setTimeout)).toEqual(Object.getOwnPropertySymbols(before.setTimeout));
  });
});

describe('Date', () => {
  const at = '2030-01-01T12:34:56.789Z';

  it('is the time of the turn, however it is asked for', () => {
    within(() => {
      expect(new Date().toISOString()).toBe(at);
      expect(Date.now()).toBe(Date.parse(at));
      expect(new Date(Date()).getTime()).toBe(Math.floor(Date.parse(at) / 1000) * 1000);
      expect(Reflect.construct(Date, []).toISOString()).toBe(at);
      const ofAnother = new Date(0).constructor as DateConstructor;
      expect(new ofAnother().toISOString()).toBe(at);
    });
  });

  it('is what it is given, within a turn and outside', () => {
    const dates = () =>
      [new Date(5), new Date('2020-02-02'), new Date(2020, 1, 2, 3), new Date(new Date(9))].map(Number);
    expect(within(dates)).toEqual(dates());
    expect(dates()).toEqual([5, Date.UTC(2020, 1, 2), new before.Date(2020, 1, 2, 3).getTime(), 9]);
    expect(Number.isNaN(within(() => new Date(undefined as never)).getTime())).toBe(true);
  });

  it('is the clock outside of turns', () => {
    const earliest = before.Date.now();
    for (const time of [Date.now(), Date.parse(new Date().toISOString()), Date.parse(Date()) + 1000]) {
      expect(time).toBeGreaterThanOrEqual(earliest);
      expect(time).toBeLessThan(earliest + 60_000);
    }
  });

  it('makes dates that are dates to everyone', () => {
    for (const date of [new Date(5), within(() => new Date())]) {
      expect(date instanceof Date && date instanceof before.Date).toBe(true);
      expect(date.constructor).toBe(Date);
      expect(structuredClone(date)).toEqual(date);
      expect(Object.prototype.toString.call(structuredClone({ date }).date)).toBe('[object Date]');
    }
    expect(new before.Date(5) instanceof Date).toBe(true);
    expect(Date.prototype).toBe(before.Date.prototype);
    expect([Date.UTC, Date.parse]).toEqual([before.Date.UTC, before.Date.parse]);
  });

  it('can be subclassed', () => {
    class Day extends Date {
      next(): Day {
        return new Day(this.getTime() + 86_400_000);
      }
    }
    const day = within(() => new Day());
    expect(day).toBeInstanceOf(Day);
    expect(day).toBeInstanceOf(Date);
    expect(day.next().toISOString()).toBe('2030-01-02T12:34:56.789Z');
    expect(Day.now()).toBeLessThan(within(() => Day.now()));
  });
});

describe('other clocks', () => {
  it('performance counts from the first turn', () => {
    within(() => {
      expect(performance.now()).toBe(45_296_789);
      expect(performance.timeOrigin + performance.now()).toBe(Date.now());
    });
    const earlier = performance.now();
    expect(performance.now()).toBeGreaterThanOrEqual(earlier);
    expect(performance.timeOrigin + earlier).toBeLessThan(Date.now() + 60_000);
  });

  it('a date format that is given no date takes the time of the turn', () => {
    const format = new Intl.DateTimeFormat('en', { timeZone: 'UTC', dateStyle: 'short', timeStyle: 'short' });
    const made = format.format;
    const given = new Date(0);
    expect(format.format).toBe(made);
    within(() => {
      expect(format.format()).toMatch(/^1\/1\/30, 12:34\sPM$/);
      expect(made()).toBe(format.format());
      expect(format.formatToParts().find(({ type }) => type === 'minute')?.value).toBe('34');
      expect(format.format(given)).toMatch(/^1\/1\/70/);
      expect(format.formatToParts(given).find(({ type }) => type === 'year')?.value).toBe('70');
    });
    expect(format.format()).not.toContain('1/1/30');
    expect(format.formatToParts().find(({ type }) => type === 'year')?.value).not.toBe('30');
    expect(() => Reflect.get(Intl.DateTimeFormat.prototype, 'format', {})).toThrow(TypeError);
  });
});

describe('random', () => {
  it('comes from the execution within a turn', () => {
    const draw = () => [
      Math.random(),
      crypto.randomUUID(),
      ...crypto.getRandomValues(new Uint8Array(7)),
      ...crypto.getRandomValues(new BigUint64Array(2)),
    ];
    expect(within(draw)).toEqual(within(draw));
    expect(within(() => Math.random(), Object.assign(new Turn(), { random: () => 0.25 }))).toBe(0.25);
    expect(draw()).not.toEqual(draw());
  });

  it('makes UUIDs of version 4 that differ', () => {
    const ids = within(() => Array.from({ length: 100 }, () => crypto.randomUUID()));
    expect(new Set(ids).size).toBe(100);
    for (const id of ids) expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  });

  it('fills the array that it is given, and nothing beside it', () => {
    const buffer = new ArrayBuffer(16);
    const middle = new Uint32Array(buffer, 4, 2);
    expect(within(() => crypto.getRandomValues(middle))).toBe(middle);
    expect(middle.every((word) => word !== 0)).toBe(true);
    expect([...new Uint8Array(buffer, 0, 4), ...new Uint8Array(buffer, 12)]).toEqual(Array(8).fill(0));
  });

  it.each<[string, unknown]>([
    ['floats', new Float64Array(1)],
    ['more than 65,536 bytes', new Uint8Array(65_537)],
    ['no array', {}],
  ])('refuses %s as it does outside', (_, array) => {
    const fill = () => {
      try {
        crypto.getRandomValues(array as Uint8Array<ArrayBuffer>);
      } catch (error) {
        return error;
      }
      return 'nothing was thrown';
    };
    const expected = fill() as DOMException;
    const refused = within(fill) as DOMException;
    expect([refused.name, refused.message]).toEqual([expected.name, expected.message]);
  });
});

describe('timers', () => {
  it('within a turn are durable', () => {
    const turn = new Turn();
    const heard: unknown[] = [];
    within(() => {
      expect(setTimeout((...args: unknown[]) => heard.push(args), 3_000_000_000.5, 'a', 2)).toBe(1);
      expect(setTimeout(() => heard.push('at once'))).toBe(2);
      expect(setTimeout(() => {}, -5)).toBe(3);
      expect(setTimeout(() => {}, Number.POSITIVE_INFINITY)).toBe(4);
      clearTimeout(1);
      clearInterval(2);
      clearTimeout(undefined);
    }, turn);
    expect(turn.timers.map(({ ms }) => ms)).toEqual([3_000_000_000, 0, 0, 0]);
    expect(turn.cleared).toEqual([1, 2]);
    for (const { callback } of turn.timers) callback();
    expect(heard).toEqual([['a', 2], 'at once']);
  });

  it('within a turn take no strings', () => {
    const turn = new Turn();
    expect(() => within(() => setTimeout('alert()' as never, 1), turn)).toThrow('setTimeout');
    expect(turn.forbidden).toEqual(['setTimeout without a function']);
  });

  it('outside of turns are the real ones', async () => {
    const heard: unknown[] = [];
    const canceled = setTimeout(() => heard.push('cancelled'), 1);
    clearTimeout(canceled);
    await new Promise<void>((resolve) => {
      setTimeout(
        (...args: unknown[]) => {
          heard.push(args);
          resolve();
        },
        1,
        'a',
        2,
      );
    });
    await new Promise<void>((resolve) => {
      const interval = setInterval(() => {
        clearInterval(interval);
        resolve();
      }, 1);
    });
    await new Promise<void>((resolve) => setImmediate(resolve));
    expect(heard).toEqual([['a', 2]]);
    expect(() => setTimeout('alert()' as never, 1)).toThrow(TypeError);
  });

  it('leave microtasks of a turn in the turn', async () => {
    const turn = new Turn();
    enter(turn);
    const time = new Promise((resolve) => queueMicrotask(() => resolve(Date.now())));
    await hop();
    expect(await time).toBe(turn.now);
  });
});

describe('forbidden calls', () => {
  const calls: [string, () => unknown][] = [
    ['fetch', () => fetch('data:,')],
    ['BroadcastChannel', () => new BroadcastChannel('a-channel')],
    ['MessageChannel', () => new MessageChannel()],
    ['setInterval', () => setInterval(() => {}, 1)],
    ['setImmediate', () => setImmediate(() => {})],
    ['AbortSignal.timeout', () => AbortSignal.timeout(1)],
  ];

  it.each(calls)('%s throws the error of the execution, which says what to do instead', (name, call) => {
    const turn = new Turn();
    expect(() => within(call, turn)).toThrow(new RegExp(`^${name}: .*(ctx|activity)`));
    expect(turn.forbidden).toEqual([name]);
  });

  it('may be named and looked at', () => {
    const turn = new Turn();
    within(() => {
      expect([typeof fetch, typeof MessageChannel, 'fetch' in globalThis]).toEqual(['function', 'function', true]);
      expect(MessageChannel.prototype.constructor).toBe(MessageChannel);
    }, turn);
    expect(turn.forbidden).toEqual([]);
  });

  it('work outside of turns', async () => {
    expect(await (await fetch('data:,hello')).text()).toBe('hello');
    const { port1, port2 } = new MessageChannel();
    const heard = new Promise((resolve) => {
      port2.onmessage = ({ data }) => resolve(data);
    });
    port1.postMessage(new Date(5));
    expect(await heard).toEqual(new Date(5));
    port1.close();
    class Channel extends BroadcastChannel {}
    const channel = new Channel('a-channel');
    expect(channel).toBeInstanceOf(Channel);
    expect(channel).toBeInstanceOf(BroadcastChannel);
    channel.close();
    expect(AbortSignal.timeout(1_000).aborted).toBe(false);
  });
});

describe('outside', () => {
  it('lifts the guard while a function runs, and gives what it gives', () => {
    const turn = new Turn();
    within(() => {
      expect(outside(() => Date.now())).toBeLessThan(turn.now);
      expect(Date.now()).toBe(turn.now);
    }, turn);
  });

  it('puts the guard back after a throw', () => {
    const turn = new Turn();
    within(() => {
      const fail = () => {
        throw new RangeError('thrown outside');
      };
      expect(() => outside(fail)).toThrow(RangeError);
      expect(Date.now()).toBe(turn.now);
    }, turn);
  });

  it('may be nested', () => {
    const turn = new Turn();
    within(() => {
      outside(() => {
        outside(() => {});
        expect(Date.now()).toBeLessThan(turn.now);
      });
      expect(Date.now()).toBe(turn.now);
    }, turn);
  });

  it('may hold a whole turn of another execution', () => {
    const turn = new Turn();
    const other = Object.assign(new Turn(), { now: 7 });
    within(() => {
      outside(() => expect(within(() => Date.now(), other)).toBe(7));
      expect(Date.now()).toBe(turn.now);
    }, turn);
  });

  it('changes nothing when no turn runs', () => {
    expect(outside(() => 'as it was')).toBe('as it was');
    expect(Date.now()).toBeLessThan(new Turn().now);
  });
});

describe('while a turn waits for its hop', () => {
  it.each<[string, (callback: () => void) => unknown]>([
    ['a timer', (callback) => setTimeout(callback)],
    [
      'an interval',
      (callback) => {
        const interval = setInterval(() => {
          clearInterval(interval);
          callback();
        });
      },
    ],
    ['an immediate', (callback) => setImmediate(callback)],
    ['a microtask', (callback) => queueMicrotask(callback)],
  ])('%s from before it runs outside', async (_, register) => {
    const turn = new Turn();
    const seen = new Promise<[number, number]>((resolve) => {
      register(() => resolve([Date.now(), Math.random()]));
    });
    enter(turn);
    expect(Date.now()).toBe(turn.now);
    const [time] = await seen;
    expect(time).toBeLessThan(turn.now);
    expect(turn.drawn).toBe(0);
    expect(Date.now()).toBe(turn.now);
  });

  it('the orchestrator that goes on in it is guarded still', async () => {
    const turn = new Turn();
    const orchestrator = async () => {
      await undefined;
      return [Date.now(), Math.random()];
    };
    enter(turn);
    const running = orchestrator();
    await hop();
    leave();
    expect(await running).toEqual([turn.now, new Turn().random()]);
    await wait(0);
    expect(Date.now()).toBeLessThan(turn.now);
  });
});
