/** How a replay compares what is decided now with what was recorded. */
import { describe, expect, it } from 'vitest';
import { payloadKey } from '../../src/core';
import { equalValues } from '../../src/core/values';

const equal = (a: unknown, b: unknown) => equalValues(a, b, () => false);

describe('two values are equal', () => {
  it.each([
    ['numbers', 1, 1],
    ['NaN', Number.NaN, Number.NaN],
    ['objects, in any order of keys', { a: 1, b: [2] }, { b: [2], a: 1 }],
    ['dates', new Date(1), new Date(1)],
    ['regular expressions', /a/g, /a/g],
    ['maps', new Map([['a', { b: 1 }]]), new Map([['a', { b: 1 }]])],
    ['sets', new Set([1, { a: 2 }]), new Set([1, { a: 2 }])],
    ['errors', new RangeError('x', { cause: { a: 1 } }), new RangeError('x', { cause: { a: 1 } })],
    ['an object without prototype and a plain one', Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
  ])('if they are %s of the same content', (_, a, b) => {
    expect(equal(a, b)).toBe(true);
    expect(equal(a, structuredClone(b))).toBe(true);
  });

  it.each([
    ['kind', 1, '1'],
    ['kind of nothing', null, undefined],
    ['sign of zero', 0, -0],
    ['key', { a: 1 }, { b: 1 }],
    ['number of keys', { a: 1 }, { a: 1, b: undefined }],
    ['content', { a: { b: [1, 2] } }, { a: { b: [1, 3] } }],
    ['length', [1], [1, undefined]],
    ['array and object', [], {}],
    ['date', new Date(1), new Date(2)],
    ['flags', /a/g, /a/i],
    ['map entry', new Map([['a', 1]]), new Map([['a', 2]])],
    [
      'map order',
      new Map([
        ['a', 1],
        ['b', 2],
      ]),
      new Map([
        ['b', 2],
        ['a', 1],
      ]),
    ],
    ['set entry', new Set([1]), new Set([2])],
    ['message', new Error('a'), new Error('b')],
    ['name', new Error('a'), new TypeError('a')],
    ['inherited key', { toString: 1 }, {}],
  ])('not if they differ in %s', (_, a, b) => {
    expect(equal(a, b)).toBe(false);
    expect(equal(b, a)).toBe(false);
  });

  it('also if they are circular', () => {
    const circle = (n: number) => {
      const value: Record<string, unknown> = { n };
      value.self = [value];
      return value;
    };
    expect(equal(circle(1), circle(1))).toBe(true);
    expect(equal(circle(1), circle(2))).toBe(false);
  });

  it('by a judge of their own, if they cannot be looked into', () => {
    const asked: unknown[] = [];
    const judge = (recorded: unknown, actual: object) => asked.push([recorded, actual]) > 0;
    const blob = new Blob(['a']);
    const ref = { [payloadKey]: { execution: 1, number: 0, kind: 'binary', size: 1, type: '' } };
    expect(equalValues({ a: ref, b: blob }, { a: blob, b: new Blob(['b']) }, judge)).toBe(true);
    expect(asked).toHaveLength(2);
    expect(equalValues({ a: blob }, { a: new Uint8Array(1) }, judge)).toBe(false);
  });
});
