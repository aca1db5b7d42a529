/** What aesGcm encrypts, only its key opens, and only if nothing of it was changed. */
import fc from 'fast-check';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { CodecError } from '../../../src/core';
import { aesGcm } from '../../../worker/codec';
import type { Bytes } from '../../../worker/codec/codec';
import { newKey } from './codecs';

let key: CryptoKey;
let other: CryptoKey;
beforeAll(async () => {
  [key, other] = await Promise.all([newKey(), newKey()]);
});

const bytes = (text: string): Bytes => new TextEncoder().encode(text);
/** The version, the length of the id, an id of two bytes, the vector, the ciphertext, the tag. */
const at = { version: 0, idLength: 1, id: 2, vector: 4, ciphertext: 16, tag: -16 };

function changed(whole: Bytes, index: number, mask = 1): Bytes {
  const copy = whole.slice();
  const position = index < 0 ? copy.byteLength + index : index;
  copy[position] = copy[position]! ^ mask;
  return copy;
}

describe('bytes', () => {
  it('come back as they were, of any length, under any id', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 2_000 }),
        fc.string({ maxLength: 60, unit: 'grapheme' }),
        async (given, id) => {
          const codec = aesGcm({ key, id });
          const plain = new Uint8Array(given);
          const sealed = await codec.encode(plain);
          expect(plain).toEqual(new Uint8Array(given));
          expect(await codec.decode(sealed)).toEqual(plain);
        },
      ),
    );
  });

  it('come back when they are a part of a larger buffer', async () => {
    const codec = aesGcm({ key });
    const sealed = await codec.encode(bytes('a secret').subarray(2));
    const whole = new Uint8Array(sealed.byteLength + 20);
    whole.set(sealed, 10);
    expect(await codec.decode(whole.subarray(10, -10))).toEqual(bytes('secret'));
  });

  it('look different each time, and are not in what is stored', async () => {
    const codec = aesGcm({ key, id: 'k1' });
    const [first, second] = [await codec.encode(bytes('a secret')), await codec.encode(bytes('a secret'))];
    expect(first).not.toEqual(second);
    expect(Buffer.from(first).includes('secret')).toBe(false);
    expect(Array.from(first.subarray(0, 4))).toEqual([1, 2, ...bytes('k1')]);
    expect(first.byteLength).toBe(4 + 12 + 8 + 16);
  });
});

describe('what was changed', () => {
  it.each<[string, number, string]>([
    ['in its version', at.version, 'it was not encrypted by aesGcm'],
    ['in the length of its id', at.idLength, "a key whose id is 'k', and none was supplied"],
    ['in its id', at.id, "a key whose id is 'h1', and none was supplied"],
    ['in its vector', at.vector, "it was encrypted with another key than the key 'k1'"],
    ['in its ciphertext', at.ciphertext, 'or has been changed since'],
    ['in its tag', at.tag, 'or has been changed since'],
  ])('%s is refused', async (_, index, message) => {
    const codec = aesGcm({ key, id: 'k1' });
    const sealed = await codec.encode(bytes('a secret'));
    const decoding = Promise.resolve(codec.decode(changed(sealed, index, 3)));
    await expect(decoding).rejects.toThrow(CodecError);
    await expect(decoding).rejects.toThrow(message);
  });

  it('anywhere and in any way is refused', async () => {
    const codec = aesGcm({ key, id: 'k1' });
    const sealed = await codec.encode(bytes('a secret of some length'));
    await fc.assert(
      fc.asyncProperty(fc.nat(sealed.byteLength - 1), fc.integer({ min: 1, max: 255 }), async (index, mask) => {
        await expect(codec.decode(changed(sealed, index, mask))).rejects.toThrow(CodecError);
      }),
    );
  });

  it('to the id of another key is refused, also if both ids are of one key', async () => {
    const codec = aesGcm({ key, id: 'k1', former: { j1: key } });
    const sealed = await codec.encode(bytes('a secret'));
    await expect(codec.decode(changed(sealed, at.id))).rejects.toThrow("another key than the key 'j1'");
  });

  it('in its length is refused', async () => {
    const codec = aesGcm({ key, id: 'k1' });
    const sealed = await codec.encode(bytes('a secret'));
    for (let length = 0; length < sealed.byteLength; length++) {
      await expect(codec.decode(sealed.slice(0, length))).rejects.toThrow(CodecError);
    }
    await expect(codec.decode(new Uint8Array([...sealed, 0]))).rejects.toThrow(CodecError);
    await expect(codec.decode(sealed.slice(1))).rejects.toThrow(CodecError);
  });

  it('into something else altogether is refused', async () => {
    const codec = aesGcm({ key });
    await expect(codec.decode(bytes('{"clear":"text, and enough of it"}'))).rejects.toThrow(
      'was not encrypted by aesGcm',
    );
    const noText = new Uint8Array([1, 2, 0xff, 0xff, ...new Uint8Array(40)]);
    await expect(codec.decode(noText)).rejects.toThrow('was not encrypted by aesGcm');
  });
});

describe('a key', () => {
  it('that is another one opens nothing', async () => {
    const sealed = await aesGcm({ key }).encode(bytes('a secret'));
    await expect(aesGcm({ key: other }).decode(sealed)).rejects.toThrow(
      new CodecError('it was encrypted with another key than the key that was supplied, or has been changed since'),
    );
  });

  it('that is missing is named', async () => {
    const sealed = await aesGcm({ key, id: '2025' }).encode(bytes('a secret'));
    await expect(aesGcm({ key: other, id: '2026' }).decode(sealed)).rejects.toThrow(
      new CodecError("it was encrypted with a key whose id is '2025', and none was supplied"),
    );
  });

  it('that was replaced still opens what it encrypted, and encrypts nothing any more', async () => {
    const old = await aesGcm({ key, id: '1' }).encode(bytes('old'));
    const unnamed = await aesGcm({ key: other }).encode(bytes('older'));
    const newest = await newKey();
    const codec = aesGcm({ key: newest, id: '2', former: { '1': () => key, '': other } });
    expect(await codec.decode(old)).toEqual(bytes('old'));
    expect(await codec.decode(unnamed)).toEqual(bytes('older'));
    const sealed = await codec.encode(bytes('new'));
    expect(await aesGcm({ key: newest, id: '2' }).decode(sealed)).toEqual(bytes('new'));
  });

  it('of the same id as a former one, or of one too long, is refused at once', () => {
    expect(() => aesGcm({ key, former: { '': other } })).toThrow("a former key has the id '' too");
    expect(() => aesGcm({ key, id: 'é'.repeat(128) })).toThrow('at most 255 bytes');
    expect(() => aesGcm({ key, id: 'é'.repeat(127) })).not.toThrow();
  });

  it('may not be allowed to do it, and the error says so', async () => {
    const [sealing, opening] = [await newKey(['encrypt']), await newKey(['decrypt'])];
    await expect(aesGcm({ key: opening }).encode(bytes('a'))).rejects.toThrow(/^the key cannot encrypt: /);
    const sealed = await aesGcm({ key: sealing, id: 'a' }).encode(bytes('a'));
    await expect(aesGcm({ key: sealing, id: 'a' }).decode(sealed)).rejects.toThrow(/^the key 'a' cannot decrypt: /);
  });
});

describe('a function that gives the key', () => {
  it('is not called before it is needed, and then once', async () => {
    const give = vi.fn(async () => key);
    const codec = aesGcm({ key: give });
    expect(give).not.toHaveBeenCalled();
    const sealed = await Promise.all(['a', 'b', 'c'].map((text) => codec.encode(bytes(text))));
    expect(await codec.decode(sealed[1]!)).toEqual(bytes('b'));
    expect(give).toHaveBeenCalledTimes(1);
  });

  it.each<[string, () => CryptoKey | Promise<CryptoKey>]>([
    [
      'throws',
      () => {
        throw new Error('nobody has signed in');
      },
    ],
    ['rejects', () => Promise.reject(new Error('nobody has signed in'))],
  ])('is asked again when it %s', async (_, fail) => {
    const give = vi.fn(fail).mockName('give');
    const codec = aesGcm({ key: give, id: 'k' });
    const error = await Promise.resolve(codec.encode(bytes('a'))).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CodecError);
    expect(error).toMatchObject({
      message: "the key 'k' is not to be had: nobody has signed in",
      cause: { message: 'nobody has signed in' },
    });
    give.mockImplementation(() => key);
    const sealed = await codec.encode(bytes('a'));
    expect(await codec.decode(sealed)).toEqual(bytes('a'));
    expect(give).toHaveBeenCalledTimes(2);
  });

  it('must give a CryptoKey', async () => {
    const codec = aesGcm({ key: () => undefined as unknown as CryptoKey });
    await expect(codec.encode(bytes('a'))).rejects.toThrow(
      'the key is not to be had: what was supplied is no CryptoKey',
    );
  });

  it('of a former key is not called for what the present one encrypted', async () => {
    const give = vi.fn(() => other);
    const codec = aesGcm({ key, id: '2', former: { '1': give } });
    await codec.decode(await codec.encode(bytes('a')));
    expect(give).not.toHaveBeenCalled();
  });
});
