import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pack, unpack } from '../../worker/packed';

const stored = <T extends object>(items: readonly T[]) => unpack(structuredClone(pack(items)));

describe('what is packed', () => {
  it('is text where JSON says all of it', () => {
    expect(pack([{ a: 1, b: [{ c: 'ä\ud800' }], d: null, __proto__: null }])).toBe(
      '[{"a":1,"b":[{"c":"ä\\ud800"}],"d":null}]',
    );
  });

  it.each([
    ['NaN', { a: NaN }],
    ['infinity', { a: -Infinity }],
    ['a negative zero', { a: -0 }],
    ['undefined', { a: undefined }],
    ['undefined in an array', { a: [1, undefined] }],
    ['a hole', { a: new Array(2) }],
    ['an array with a name in it', { a: Object.assign([1], { more: 2 }) }],
    ['a bigint', { a: 1n }],
    ['a date', { a: new Date(0) }],
    ['a map', { a: new Map([[1, { b: 2 }]]) }],
    ['bytes', { a: new Uint8Array([1, 2]) }],
    ['an error', { a: new TypeError('no') }],
    ['a number in the place of an object', { a: [{ b: 1n }, 0] }],
  ])('is kept beside it where it would be changed: %s', (_, item) => {
    const items = [{ before: 1 }, item, { after: 2 }];
    expect(typeof pack(items)).toBe('object');
    expect(stored(items)).toStrictEqual(structuredClone(items));
  });

  it('keeps what is one object, in a circle or twice', () => {
    const twice = { b: 1 };
    const circle: { self?: object } = {};
    circle.self = circle;
    const [first, second] = stored([{ x: twice, y: [twice] }, circle]) as [{ x: object; y: object[] }, typeof circle];
    expect(first.y[0]).toBe(first.x);
    expect(second.self).toBe(second);
  });

  it('keeps what is nested deeper than a text can be', () => {
    let deep: object = {};
    for (let i = 0; i < 200; i++) deep = { deep };
    let depth = 0;
    for (let at = (stored([{ deep }]) as { deep?: object }[])[0]; at; at = at.deep as typeof at) depth++;
    expect(depth).toBe(202);
  });

  it('is as it was, whatever it is', () => {
    const value = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withTypedArray: true,
      withSparseArray: true,
      withNullPrototype: false,
    });
    fc.assert(
      fc.property(fc.array(fc.dictionary(fc.string(), value)), (items) => {
        // As the storage would give it back, had it been stored as it is.
        expect(stored(items)).toStrictEqual(structuredClone(items));
      }),
      { numRuns: 2_000 },
    );
  });

  it('is read as it is where it was stored before there was text', () => {
    expect(unpack([{ type: 'OrchestratorCompleted' }])).toEqual([{ type: 'OrchestratorCompleted' }]);
  });

  it.each([['[{"a":1}'], ['{"a":1}'], [5], [undefined], [null], [{}], [{ text: '[' }]])(
    'is nothing if damaged: %j',
    (damaged) => {
      expect(unpack(damaged as string)).toBeUndefined();
    },
  );
});
