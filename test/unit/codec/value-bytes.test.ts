/** A plain value becomes bytes, and comes back exactly as it was. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mapValue, PayloadError, payloadKey } from '../../../src/core';
import { fromBytes, toBytes } from '../../../worker/codec/value-bytes';

/** As it is when binary values have been taken out of it. */
const plain = (value: unknown) => mapValue(value, 'a value', { reference: (ref) => ref });
const passed = <T>(value: T): T => fromBytes(toBytes(plain(value))) as T;

/** All there is to see of a value, with a number for each object: values are the same if they give the same list. */
function traced(value: unknown, seen = new Map<unknown, number>(), trace: unknown[] = []): unknown[] {
  if (typeof value !== 'object' || value === null) {
    trace.push(value);
    return trace;
  }
  const known = seen.get(value);
  if (known !== undefined) {
    trace.push(`object ${known}`);
    return trace;
  }
  seen.set(value, seen.size);
  trace.push(value.constructor.name, Object.getPrototypeOf(value) === value.constructor.prototype);
  let inner: unknown[];
  if (value instanceof Date) inner = [value.getTime()];
  else if (value instanceof RegExp) inner = [value.source, value.flags];
  else if (value instanceof Map) inner = [value.size, ...[...value].flat()];
  else if (value instanceof Set) inner = [value.size, ...value];
  else if (value instanceof Error) inner = [value.message, value.stack, 'cause' in value, value.cause];
  else inner = [Array.isArray(value) && value.length, ...Object.entries(value).flat()];
  for (const item of inner) traced(item, seen, trace);
  return trace;
}

function expectSame(actual: unknown, expected: unknown): void {
  expect(traced(actual)).toEqual(traced(expected));
}

describe('a value', () => {
  it.each<[string, unknown]>([
    ['undefined', undefined],
    ['null', null],
    ['false', false],
    ['NaN', Number.NaN],
    ['minus zero', -0],
    ['infinity', Number.POSITIVE_INFINITY],
    ['minus infinity', Number.NEGATIVE_INFINITY],
    ['a bigint', -12345678901234567890n],
    ['an empty string', ''],
    ['a lone surrogate', 'a\ud800b\udc00'],
    ['line separators', '\u2028\u2029\u0000</script>'],
    ['a date', new Date(-1)],
    ['the last of all dates', new Date(8.64e15)],
    ['an invalid date', new Date(Number.NaN)],
    ['a regular expression', /a"\/b\ud800/giu],
    ['a Map with objects as keys', new Map<unknown, unknown>([[{ a: 1 }, new Set([1, 'b', -0, undefined])]])],
    ['an array with holes', Object.assign(new Array(5), { 0: 1, 2: undefined, 3: null })],
    ['an array with many holes', Object.assign(new Array(100_000), { 70000: 'x' })],
    ['an array of nothing', new Array(3)],
    ['keys of all kinds', { constructor: 1, prototype: 2, '': 3, toString: 4, '\ud800': 5, 7: 6 }],
    ['what looks like an error that was written', ['Error', { type: 'Error', message: 'x' }]],
    ['a reference', { a: { [payloadKey]: { execution: 1, number: 2, kind: 'binary', size: 3, type: 'File' } } }],
  ])('is as it was: %s', (_, value) => {
    expectSame(passed(value), plain(value));
    expectSame(passed([value, { value }]), plain([value, { value }]));
  });

  it('keeps keys that look like a prototype, with what they hold, in their order', () => {
    const keys = ['a', '__proto__', '~__proto__', '~~__proto__', '~', '__proto___', '~a'];
    const value = Object.fromEntries(keys.map((key, n) => [key, { n }]));
    const copy = passed(value);
    expect(Object.entries(copy)).toEqual(keys.map((key, n) => [key, { n }]));
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
    const circle = JSON.parse('{"__proto__":[]}') as object;
    Object.values(circle)[0].push(circle);
    expectSame(passed(circle), plain(circle));
  });

  it('is whatever can be stored', () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withSparseArray: true,
      withUnicodeString: true,
      key: fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('__proto__', '~__proto__', 'length')),
    } as fc.ObjectConstraints);
    fc.assert(
      fc.property(anything, (value) => expectSame(passed(value), plain(value))),
      { numRuns: 500 },
    );
  });

  it('may be shared and circular in any way', () => {
    const kind = fc.constantFrom('object', 'array', 'map', 'set', 'error');
    const link = fc.record({ from: fc.nat(7), to: fc.nat(7), key: fc.constantFrom('a', 'b', '__proto__', 'key') });
    fc.assert(
      fc.property(fc.array(kind, { minLength: 1, maxLength: 8 }), fc.array(link, { maxLength: 20 }), (kinds, links) => {
        const nodes = kinds.map(make);
        for (const { from, to, key } of links) connect(nodes[from], nodes[to], key);
        expectSame(passed(nodes), plain(nodes));
      }),
      { numRuns: 500 },
    );
  });
});

function make(kind: string): object {
  if (kind === 'array') return [];
  if (kind === 'map') return new Map();
  if (kind === 'set') return new Set();
  return kind === 'error' ? new TypeError('one of many') : {};
}

function connect(from: object | undefined, to: object | undefined, key: string): void {
  if (!from || !to) return;
  if (Array.isArray(from)) from.push(to);
  else if (from instanceof Map) from.set(key === 'key' ? to : key, to);
  else if (from instanceof Set) from.add(to);
  else if (from instanceof Error) from.cause = to;
  else Object.defineProperty(from, key, { value: to, writable: true, enumerable: true, configurable: true });
}

describe('an error in a value', () => {
  it.each([Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError])(
    'keeps its type, message, stack and cause: %o',
    (Type) => {
      const error = new Type('no', { cause: { code: 7, from: new TypeError('why') } });
      const copy = passed({ error }).error;
      expect(Object.getPrototypeOf(copy)).toBe(Type.prototype);
      expect(copy).toMatchObject({ name: error.name, message: 'no', stack: error.stack, cause: { code: 7 } });
      expect((copy.cause as { from: Error }).from).toBeInstanceOf(TypeError);
      expect(Object.keys(copy)).toEqual([]);
    },
  );

  it('has a cause that is undefined, or none', () => {
    expect('cause' in passed(new Error('a', { cause: undefined }))).toBe(true);
    expect('cause' in passed(new Error('a'))).toBe(false);
  });

  it('may be its own cause, at any distance', () => {
    const [first, second] = [new Error('1'), new RangeError('2')];
    first.cause = { list: [second] };
    second.cause = new Map([[first, first]]);
    const copy = passed({ first, second });
    expect((copy.first.cause as { list: Error[] }).list[0]).toBe(copy.second);
    const [key, value] = [...(copy.second.cause as Map<Error, Error>)][0]!;
    expect([key === copy.first, value === copy.first]).toEqual([true, true]);
  });

  it('need not have a text as its stack', () => {
    const error = new Error('odd');
    error.stack = ['frame'] as unknown as string;
    expect(passed([error])[0]).toMatchObject({ message: 'odd', stack: expect.any(String) });
  });
});

describe('no bytes are made', () => {
  it('of what is not plain', () => {
    expect(() => toBytes({ a: [new Blob([])] })).toThrow(new PayloadError('Blob is no plain value'));
    expect(() => toBytes({ a: () => {} })).toThrow(PayloadError);
  });

  it('of what is nested too deeply', () => {
    let value: unknown;
    for (let n = 0; n < 200_000; n++) value = [value];
    expect(() => toBytes(value)).toThrow(new PayloadError('a value is nested too deeply'));
  });
});

describe('what is nested deeply', () => {
  it('is read if it could be written', () => {
    let value: unknown = 'deep';
    for (let n = 0; n < 1_000; n++) value = n % 2 ? [value] : { value };
    expectSame(passed(value), value);
  });
});
