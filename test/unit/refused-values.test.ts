/** What would not arrive as it was is refused where it enters, with its path. */
import { describe, expect, it } from 'vitest';
import { checkValue, copyValue, PayloadError, payloadKey } from '../../src/core';

class Point {
  x = 1;
}
const fn = () => {};

function refusal(value: unknown): string {
  for (const refuse of [copyValue, checkValue]) expect(() => refuse(value, 'the input')).toThrow(PayloadError);
  try {
    checkValue(value, 'the input');
  } catch (error) {
    return (error as Error).message;
  }
  return '';
}

describe('a value is refused', () => {
  it.each([
    ['a function', fn, 'the input is a function; only what can be cloned can be stored'],
    ['a symbol', Symbol('s'), 'the input is a symbol'],
    ['a class', Point, 'the input is a function'],
    ['a promise', Promise.resolve(1), 'the input is a promise or a task; await it first, or use yield*'],
    // biome-ignore lint/suspicious/noThenProperty: this is what it is about
    ['a thenable', { then: fn }, 'the input is a promise or a task'],
    ['an instance of a class', new Point(), 'the input is an instance of Point, which would lose its class'],
    ['an error of a class of its own', new PayloadError('no'), 'the input is an instance of PayloadError'],
    ['a WeakMap', new WeakMap(), 'the input is an instance of WeakMap'],
    ['a boxed number', Object(1), 'the input is an instance of Number'],
    ['the reserved key', { [payloadKey]: 1 }, `the input has the key '${payloadKey}', which is reserved`],
  ])('if it is %s', (_, value, message) => {
    expect(refusal(value)).toContain(message);
  });

  it.each([
    [{ onClick: fn }, 'onClick'],
    [{ list: [{ onClick: fn }] }, 'list[0].onClick'],
    [[1, [2, fn]], '[1][1]'],
    [new Map([['a', { b: fn }]]), 'get(a).b'],
    [{ map: new Map([['a', fn]]) }, 'map.get(a)'],
    [{ map: new Map([[fn, 1]]) }, 'map.keys'],
    [new Map([[{ id: fn }, 1]]), 'keys.id'],
    [{ set: new Set([1, { x: fn }]) }, 'set.values.x'],
    [{ error: new Error('x', { cause: { fn } }) }, 'error.cause.fn'],
    [{ a: { b: new Point() } }, 'a.b'],
    [{ deep: [{ [payloadKey]: {} }] }, 'deep[0]'],
  ])('%# with its path, %2$s', (value, path) => {
    expect(refusal(value)).toMatch(`the input, at ${path},`);
  });

  it('where a shared part stands first', () => {
    const shared = { fn };
    expect(refusal({ a: [shared], b: shared })).toContain('at a[0].fn,');
  });
});
