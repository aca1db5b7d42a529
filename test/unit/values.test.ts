/** What passes the edge between an orchestration and the world, and arrives as it was. */
import { describe, expect, it } from 'vitest';
import { copyValue, mapValue, sizeOf } from '../../src/core';

const copy = <T>(value: T): T => copyValue(value, 'a value');

describe('a copied value', () => {
  it.each([undefined, null, true, 0, -0, Number.NaN, 12n, '', 'text'])('%s is itself', (primitive) => {
    expect(copy(primitive)).toBe(primitive);
  });

  it.each([
    ['a Date', new Date(1234)],
    ['an invalid Date', new Date(Number.NaN)],
    ['a RegExp', /a+/giu],
    ['an object', { a: 1, b: { c: [undefined, null] } }],
    ['an array', [1, [2, [3]]]],
    [
      'a Map',
      new Map<unknown, unknown>([
        ['a', { b: 1 }],
        [{ key: 1 }, new Map()],
      ]),
    ],
    ['a Map with a key without prototype', new Map([[Object.assign(Object.create(null), { a: 1 }), 1]])],
    ['a Set', new Set([1, 'b', new Set([2])])],
    ['an ArrayBuffer', new Uint8Array([1, 2, 3]).buffer],
    ['a typed array', new Float64Array([1.5, 2])],
    ['a DataView', new DataView(new Uint8Array([9, 8]).buffer)],
    ['an Error', new RangeError('no', { cause: new Error('why') })],
  ])('%s is equal, and another object', (_, value) => {
    const copied = copy(value);
    expect(copied).toEqual(value);
    expect(copied).not.toBe(value);
    expect(Object.prototype.toString.call(copied)).toBe(Object.prototype.toString.call(value));
  });

  it('is what a structured clone would be', () => {
    const withHole = [1, 2, 3];
    delete withHole[1];
    const value = { list: withHole, at: new Date(5), by: new Map([[1, new Set(['x'])]]), bytes: new Uint8Array([1]) };
    expect(copy(value)).toStrictEqual(structuredClone(value));
  });

  it('shares nothing with the original', () => {
    const value = { list: [{ n: 1 }], map: new Map([['k', { n: 1 }]]), bytes: new Uint8Array([1]), at: new Date(1) };
    const copied = copy(value);
    value.list[0]!.n = 2;
    value.map.get('k')!.n = 2;
    value.bytes[0] = 2;
    value.at.setTime(2);
    expect(copied).toEqual({
      list: [{ n: 1 }],
      map: new Map([['k', { n: 1 }]]),
      bytes: new Uint8Array([1]),
      at: new Date(1),
    });
  });

  it('holds the part of the buffer that a view shows', () => {
    const whole = new Uint8Array([1, 2, 3, 4]);
    const copied = copy(whole.subarray(1, 3));
    expect([...copied]).toEqual([2, 3]);
    expect(copied.buffer.byteLength).toBe(2);
  });

  it('passes Blobs and Files on as they are: they cannot change', () => {
    const value = { blob: new Blob(['a']), file: new File(['b'], 'b.txt') };
    const copied = copy(value);
    expect(copied.blob).toBe(value.blob);
    expect(copied.file).toBe(value.file);
  });

  it('keeps what is shared shared, and what is circular circular', () => {
    const shared = { n: 1 };
    const value: Record<string, unknown> = { a: shared, b: [shared], set: new Set([shared]) };
    value.self = value;
    const copied = copy(value) as { a: object; b: [object]; set: Set<object>; self: unknown };
    expect(copied.self).toBe(copied);
    expect(copied.b[0]).toBe(copied.a);
    expect(copied.set.has(copied.a)).toBe(true);
    expect(copied.a).not.toBe(shared);

    const list: unknown[] = [];
    list.push(list, new Map([[list, list]]));
    const [self, map] = copy(list) as [unknown, Map<unknown, unknown>];
    expect(map.get(self)).toBe(self);
  });

  it('keeps an own key `__proto__`, and no prototype is touched', () => {
    const value = JSON.parse('{"__proto__": {"admin": true}, "a": 1}') as object;
    const copied = copy(value);
    expect(Object.keys(copied)).toEqual(['__proto__', 'a']);
    expect(Object.getPrototypeOf(copied)).toBe(Object.prototype);
    expect('admin' in copied).toBe(false);
  });

  it('of an object without prototype, or of another realm, is a plain object', async () => {
    const { runInNewContext } = await import('node:vm');
    expect(copy(Object.assign(Object.create(null), { a: 1 }))).toStrictEqual({ a: 1 });
    expect(copy(runInNewContext('({ a: 1 })'))).toStrictEqual({ a: 1 });
  });

  it('leaves out what a structured clone leaves out: symbols as keys, and what is not enumerable', () => {
    const value = Object.defineProperty({ a: 1, [Symbol('s')]: 2 }, 'hidden', { value: 3, enumerable: false });
    expect(copy(value)).toStrictEqual({ a: 1 });
  });
});

describe('a mapped value', () => {
  it('has its binary parts replaced, and the same part by the same', () => {
    const blob = new Blob(['a']);
    const replaced: object[] = [];
    const mapped = mapValue({ a: [blob], b: new Map([[1, blob]]), c: 'c' }, 'a value', {
      binary: (value) => {
        replaced.push(value);
        return { ref: replaced.length };
      },
    });
    expect(mapped).toEqual({ a: [{ ref: 1 }], b: new Map([[1, { ref: 1 }]]), c: 'c' });
    expect(replaced).toEqual([blob]);
  });
});

describe('the size of a value', () => {
  it('grows with what it holds', () => {
    expect(sizeOf('x'.repeat(1_000))).toBeGreaterThanOrEqual(1_000);
    expect(sizeOf({ key: 'x'.repeat(100) })).toBeGreaterThan(sizeOf({ key: '' }) + 99);
    expect(sizeOf([1, 2, 3])).toBeGreaterThan(sizeOf([1]));
    expect(sizeOf(new Map([['a', 'x'.repeat(50)]]))).toBeGreaterThan(50);
    expect(sizeOf(new Set(['x'.repeat(50)]))).toBeGreaterThan(50);
    expect(sizeOf(new Uint8Array(500))).toBeGreaterThanOrEqual(500);
  });

  it('counts Blobs as next to nothing: they lie elsewhere', () => {
    expect(sizeOf(new Blob(['x'.repeat(10_000)]))).toBeLessThan(100);
  });

  it('counts what is shared once, and ends for what is circular', () => {
    const shared = 'x'.repeat(1_000).split('');
    const circle: unknown[] = [shared, shared];
    circle.push(circle);
    expect(sizeOf(circle)).toBeLessThan(sizeOf(shared) + 100);
  });
});
