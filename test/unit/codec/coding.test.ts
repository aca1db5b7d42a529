/** What a hub may expect of values that pass a codec, and of a codec that fails. */
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { CodecError, encodedKey, type FailureDetails, isEncoded, PayloadError, toFailure } from '../../../src/core';
import { Coding, type PayloadCodec, payloadCodec } from '../../../worker/codec';
import type { Bytes } from '../../../worker/codec/codec';
import { flipping, open, shows } from './codecs';

it('a codec that was not made by payloadCodec is refused at once, with what to do', () => {
  const given = { encode: (bytes: unknown) => bytes, decode: (bytes: unknown) => bytes };
  expect(() => new Coding(given as never)).toThrow('payloadCodec({ encode, decode })');
});

describe('a hub without a codec', () => {
  const coding = new Coding(undefined);

  it('stores and reads everything as it is', async () => {
    const payload = { a: new Blob(['b']) };
    const failure = toFailure(new Error('no'));
    expect(await coding.encodePayload(payload, false)).toBe(payload);
    expect(await coding.encodePayload(payload.a, true)).toBe(payload.a);
    expect(await coding.decodePayload(payload)).toBe(payload);
    expect(await coding.encodeFailure(failure)).toBe(failure);
    expect(await coding.decodeFailure(failure)).toBe(failure);
  });

  it('cannot read what one with a codec has written, and says so', async () => {
    const other = new Coding(flipping);
    const message = 'a value cannot be decoded: it was encoded, and serve() was given no codec';
    const value = await other.encode(1);
    await expect(coding.decode(value)).rejects.toThrow(new CodecError(message));
    await expect(coding.decodePayload(value)).rejects.toThrow(new CodecError(message));
    await expect(coding.decodePayload(await other.encodePayload(new Blob(), true))).rejects.toThrow(
      new CodecError(message),
    );
    await expect(coding.decodeFailure(await other.encodeFailure({ name: 'Error', message: 'a' }))).rejects.toThrow(
      new CodecError(message),
    );
    await expect(coding.encode(1)).rejects.toThrow(CodecError);
  });
});

describe('a value', () => {
  const coding = new Coding(flipping);

  it('is encoded, and comes back', async () => {
    const value = { secret: ['a marker', undefined, new Date(5)], at: new Map([[1, 'a marker']]) };
    const encoded = await coding.encode(value);
    expect(isEncoded(encoded)).toBe(true);
    expect(Object.keys(encoded)).toEqual([encodedKey]);
    expect(await shows(encoded, 'marker')).toBe(false);
    expect(await shows(await new Coding(open).encode(value), 'marker')).toBe(true);
    expect(await coding.decode(encoded)).toEqual(value);
    expect(await coding.decodePayload(await coding.encodePayload(value, false))).toEqual(value);
  });

  it('of any kind comes back, also through one that answers later', async () => {
    const later = payloadCodec({
      encode: async (bytes) => flipping.encode(bytes),
      decode: async (bytes) => flipping.decode(bytes),
    });
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), fc.constantFrom(flipping, later, open), async (value, codec) => {
        const each = new Coding(codec);
        expect(await each.decode(await each.encode(value))).toEqual(value);
      }),
    );
  });

  it('that was stored before there was a codec is given back as it is', async () => {
    const blob = new Blob(['a']);
    for (const stored of [undefined, null, 0, 'text', { a: 1 }, [1], blob, new Uint8Array(3)]) {
      expect(await coding.decodePayload(stored)).toBe(stored);
    }
  });

  it('that is not plain is refused as a value, not as a codec', async () => {
    await expect(coding.encode({ a: new Blob() })).rejects.toThrow(PayloadError);
    await expect(coding.encodePayload({ a: () => {} }, false)).rejects.toThrow(PayloadError);
  });
});

describe('a codec that fails', () => {
  const bad =
    (given: unknown): PayloadCodec['encode'] =>
    () =>
      given as Bytes;
  const failing = (thrown: unknown): PayloadCodec['encode'] => {
    return () => {
      throw thrown;
    };
  };
  const cases: [string, PayloadCodec['encode'], string][] = [
    ['throws', failing(new TypeError('no key')), 'no key'],
    ['rejects', () => Promise.reject(new TypeError('no key')), 'no key'],
    ['throws what is no error', failing('oh'), 'oh'],
    ['gives nothing', bad(undefined), 'what the codec gave is no Uint8Array'],
    ['gives a buffer', bad(new ArrayBuffer(3)), 'what the codec gave is no Uint8Array'],
    ['gives a promise of a text', bad(Promise.resolve('abc')), 'what the codec gave is no Uint8Array'],
  ];

  it.each(cases)('to encode, as it %s, is told of as such', async (_, encode, reason) => {
    const coding = new Coding({ ...flipping, encode });
    const message = `a value cannot be encoded: ${reason}`;
    await expect(coding.encode(1)).rejects.toThrow(new CodecError(message));
    await expect(coding.encodePayload(1, false)).rejects.toThrow(new CodecError(message));
    await expect(coding.encodePayload(new Blob(['a']), true)).rejects.toThrow(new CodecError(message));
    await expect(coding.encodePayload(new Uint8Array(1), true)).rejects.toThrow(new CodecError(message));
    await expect(coding.encodeFailure({ name: 'Error', message: 'a' })).rejects.toThrow(new CodecError(message));
  });

  it.each(cases)('to decode, as it %s, is told of as such', async (_, decode, reason) => {
    const good = new Coding(flipping);
    const coding = new Coding({ ...flipping, decode });
    const message = `a value cannot be decoded: ${reason}`;
    await expect(coding.decode(await good.encode(1))).rejects.toThrow(new CodecError(message));
    for (const value of [new Blob(['a']), new Uint8Array(1)]) {
      const stored = await good.encodePayload(value, true);
      await expect(coding.decodePayload(stored)).rejects.toThrow(new CodecError(message));
    }
    const failure = await good.encodeFailure({ name: 'Error', message: 'a' });
    await expect(coding.decodeFailure(failure)).rejects.toThrow(new CodecError(message));
  });

  it('is the cause of the error', async () => {
    const thrown = new TypeError('no key');
    await expect(new Coding({ ...flipping, encode: failing(thrown) }).encode(1)).rejects.toMatchObject({
      code: 'Codec',
      cause: thrown,
    });
  });

  it('as it decodes to something else is found out, if it is no value', async () => {
    const stored = await new Coding(flipping).encode({ a: 1 });
    await expect(new Coding(open).decode(stored)).rejects.toThrow(
      new CodecError('a value cannot be decoded: what the codec gave is none'),
    );
    const other = await new Coding(flipping).encode('no failure');
    const failure = { name: 'Error', message: '(encoded)', encoded: other[encodedKey] };
    await expect(new Coding(flipping).decodeFailure(failure)).rejects.toThrow(CodecError);
  });

  it('has nothing to do with what is stored being no bytes', async () => {
    const stored = { [encodedKey]: 'text' as unknown as Bytes };
    await expect(new Coding(flipping).decode(stored)).rejects.toThrow('what is stored is no bytes');
  });
});

describe('a codec that gives a part of a larger buffer', () => {
  let pool: Bytes;
  beforeEach(() => {
    pool = new TextEncoder().encode('something else that is secret'.repeat(100));
  });
  const pooled = payloadCodec({
    encode(bytes) {
      const part = pool.subarray(10, 10 + bytes.byteLength);
      part.set(flipping.encode(bytes) as Bytes);
      return part;
    },
    decode: flipping.decode,
  });

  it('leaves nothing of the rest in what is stored', async () => {
    const coding = new Coding(pooled);
    const encoded = await coding.encode({ a: 1 });
    expect(encoded[encodedKey].buffer.byteLength).toBe(encoded[encodedKey].byteLength);
    expect(await shows(encoded, 'secret')).toBe(false);
    pool.fill(0);
    expect(await coding.decode(encoded)).toEqual({ a: 1 });
    const stored = await coding.encodePayload(new Uint8Array([1, 2]), true);
    expect(await shows(stored, 'secret')).toBe(false);
  });

  it('may give a Buffer', async () => {
    const coding = new Coding(
      payloadCodec({
        encode: (bytes) => Buffer.from(flipping.encode(bytes) as Bytes) as Buffer<ArrayBuffer>,
        decode: flipping.decode,
      }),
    );
    expect(await coding.decode(await coding.encode(['a']))).toEqual(['a']);
  });
});

describe('a failure', () => {
  const coding = new Coding(flipping);
  const failure: FailureDetails = {
    name: 'TaskFailedError',
    message: 'a marker',
    code: 'TaskFailed',
    stack: 'at a marker',
    taskId: 7,
    cause: { name: 'Error', message: 'a marker', cause: { name: 'TypeError', message: 'a marker' } },
  };

  it('shows its name, code and task, and nothing else', async () => {
    const encoded = await coding.encodeFailure(failure);
    expect(encoded).toEqual({
      name: 'TaskFailedError',
      message: '(encoded)',
      code: 'TaskFailed',
      taskId: 7,
      encoded: expect.any(Uint8Array),
    });
    expect(await shows(encoded, 'marker')).toBe(false);
    expect(await coding.decodeFailure(encoded)).toEqual(failure);
  });

  it('has no more than it had', async () => {
    const encoded = await coding.encodeFailure({ name: 'Error', message: '' });
    expect(Object.keys(encoded)).toEqual(['name', 'message', 'encoded']);
    expect(await coding.decodeFailure(encoded)).toStrictEqual({ name: 'Error', message: '' });
  });

  it('is encoded once, and one in clear is given back as it is', async () => {
    const encoded = await coding.encodeFailure(failure);
    expect(await coding.encodeFailure(encoded)).toBe(encoded);
    expect(await coding.decodeFailure(failure)).toBe(failure);
  });
});
