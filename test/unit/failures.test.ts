import { describe, expect, it } from 'vitest';
import { PayloadError, PerdureError, TaskFailedError, TimeoutError, toError, toFailure } from '../../src/core';

/** There and back again. */
const roundTrip = (thrown: unknown) => toError(structuredClone(toFailure(thrown)));

describe('what was thrown', () => {
  it('keeps name, message, stack and code', () => {
    const thrown = Object.assign(new RangeError('too far'), { code: 'E_FAR' });
    const error = roundTrip(thrown);
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ name: 'RangeError', message: 'too far', code: 'E_FAR', stack: thrown.stack });
  });

  it('keeps the name of a class of its own', () => {
    class OutOfStock extends Error {
      override name = 'OutOfStock';
    }
    expect(roundTrip(new OutOfStock('no pens'))).toMatchObject({ name: 'OutOfStock', message: 'no pens' });
  });

  it('keeps its causes', () => {
    const thrown = new Error('a', {
      cause: new TypeError('b', { cause: Object.assign(new Error('c'), { code: 'C' }) }),
    });
    const error = roundTrip(thrown);
    expect(error.cause).toMatchObject({ name: 'TypeError', message: 'b' });
    expect((error.cause as Error).cause).toMatchObject({ message: 'c', code: 'C' });
    expect((error.cause as Error).cause).not.toHaveProperty('cause');
  });

  it('may be its own cause', () => {
    const circle = new Error('round');
    circle.cause = new Error('and round', { cause: circle });
    let depth = 0;
    for (let failure = toFailure(circle).cause; failure; failure = failure.cause) depth++;
    expect(depth).toBe(8);
  });

  it.each([
    ['a word', 'a word'],
    [{ status: 404 }, '{"status":404}'],
    [undefined, 'undefined'],
    [null, 'null'],
    [12n, '[object BigInt]'],
    [Symbol('s'), 'Symbol(s)'],
  ])('may be no error at all: %s', (thrown, message) => {
    expect(roundTrip(thrown)).toMatchObject({ name: 'Error', message });
  });

  it('may be no error and hold itself', () => {
    const circle: { self?: unknown } = {};
    circle.self = circle;
    expect(toFailure(circle)).toEqual({ name: 'Error', message: '[object Object]' });
  });

  it("has no code if that is a number, as a DOMException's is", () => {
    const failure = toFailure(new DOMException('not now', 'AbortError'));
    expect(failure).toMatchObject({ name: 'AbortError', message: 'not now' });
    expect(failure).not.toHaveProperty('code');
  });
});

describe('the errors of perdure', () => {
  it('have a code, a name and a message', () => {
    const error = new TimeoutError('too late');
    expect(error).toBeInstanceOf(PerdureError);
    expect(error).toMatchObject({ code: 'Timeout', name: 'TimeoutError', message: 'too late' });
    expect(String(error)).toBe('TimeoutError: too late');
  });

  it('can be told by code after a round trip, since classes do not survive', () => {
    expect(roundTrip(new PayloadError('no'))).toMatchObject({ name: 'PayloadError', code: 'Payload' });
  });

  it('of a failed task tell which failed, and with what', () => {
    const error = new TaskFailedError('greet', 3, { name: 'RangeError', message: 'too far', code: 'E_FAR' });
    expect(error).toMatchObject({ taskName: 'greet', taskId: 3, message: 'greet failed: too far' });
    expect(error.cause).toMatchObject({ name: 'RangeError', message: 'too far', code: 'E_FAR' });
  });
});
