import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deterministicGuid } from '../../src/core/guid';
import { sha1 } from '../../src/core/sha1';

const hexOf = (text: string | Uint8Array) =>
  Buffer.from(sha1(typeof text === 'string' ? new TextEncoder().encode(text) : text)).toString('hex');

describe('SHA-1', () => {
  // The examples of FIPS 180.
  it.each([
    ['', 'da39a3ee5e6b4b0d3255bfef95601890afd80709'],
    ['abc', 'a9993e364706816aba3e25717850c26c9cd0d89d'],
    ['abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq', '84983e441c3bd26ebaae4aa1f95129e5e54670f1'],
    ['a'.repeat(1_000_000), '34aa973cd4c4daa4f61eeb2bdbad27316534016f'],
  ])('of %.60j', (text, digest) => {
    expect(hexOf(text)).toBe(digest);
  });

  it('is that of Node, for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(hexOf(bytes)).toBe(createHash('sha1').update(bytes).digest('hex'));
      }),
    );
  });
});

describe('a deterministic GUID', () => {
  const at = Date.UTC(2024, 0, 1);

  it('is the one that the Durable Task Framework draws', () => {
    expect(deterministicGuid('abc', at, 0)).toBe('d1781ee5-9946-5703-9445-d48b0b8ef64d');
    expect(deterministicGuid('abc', at, 1)).toBe('e554dd8e-a17d-5036-8e7e-f8cc7fc77aff');
  });

  it('is a UUID of version 5, whatever the id holds', () => {
    for (const id of ['', 'Zoë 🙂', 'lone \ud800 surrogate', 'x'.repeat(256)]) {
      expect(deterministicGuid(id, at, 0)).toMatch(/^[\da-f]{8}-[\da-f]{4}-5[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    }
  });

  it('is of the UTF-8 of its id', () => {
    // RFC 9562 by Node's own hash.
    const name = `Zoë 🙂_${new Date(at).toISOString()}_7`;
    const namespace = Buffer.from('9e9529585e334daf827f2fa12937b875', 'hex');
    const hash = createHash('sha1').update(namespace).update(name, 'utf8').digest().subarray(0, 16);
    hash[6] = (hash[6]! & 0x0f) | 0x50;
    hash[8] = (hash[8]! & 0x3f) | 0x80;
    expect(deterministicGuid('Zoë 🙂', at, 7).replaceAll('-', '')).toBe(hash.toString('hex'));
  });

  it('differs by instance, time and counter', () => {
    const guids = ['a', 'b'].flatMap((id) =>
      [0, 1].flatMap((ms) => [0, 1].map((n) => deterministicGuid(id, at + ms, n))),
    );
    expect(new Set(guids).size).toBe(8);
  });
});
