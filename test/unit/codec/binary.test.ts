/** Blobs, buffers and their like pass a codec by chunks or whole, and only those that were written come back. */
import fc from 'fast-check';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { CodecError, encodedKey, PayloadError } from '../../../src/core';
import { aesGcm, Coding, type PayloadCodec, payloadCodec } from '../../../worker/codec';
import type { EncodedBinary } from '../../../worker/codec/binary';
import { chunkBytes } from '../../../worker/codec/chunks';
import type { Bytes } from '../../../worker/codec/codec';
import { bytesIn, flipping, newKey, open, shows } from './codecs';

let encrypting: Coding;
beforeAll(async () => {
  encrypting = new Coding(aesGcm({ key: await newKey(), id: 'k' }));
});

const encode = async (value: object, coding = encrypting) => (await coding.encodePayload(value, true)) as EncodedBinary;
const passed = async <T extends object>(value: T, coding = encrypting) =>
  (await coding.decodePayload(await encode(value, coding))) as T;

const megabyte = (n: number) => new Uint8Array(2 ** 20).fill(n);
const contentOf = async (blob: Blob) => Buffer.from(await blob.arrayBuffer());

describe('a Blob', () => {
  it.each([0, 1, 1_000, chunkBytes - 1, chunkBytes, chunkBytes + 1, 2 * chunkBytes, 2 * chunkBytes + 7])(
    'of %d bytes comes back',
    async (size) => {
      const blob = new Blob([new Uint8Array(size).map((_, i) => i * 7)], { type: 'image/png' });
      const copy = await passed(blob);
      expect(Object.prototype.toString.call(copy)).toBe('[object Blob]');
      expect([copy.size, copy.type]).toEqual([size, 'image/png']);
      expect((await contentOf(copy)).equals(await contentOf(blob))).toBe(true);
    },
  );

  it('that is a File keeps its name, type and time', async () => {
    const file = new File(['héllo'], 'a/bé 😀.txt', { type: 'text/plain', lastModified: 1_234 });
    const copy = await passed(file);
    expect(copy).toBeInstanceOf(File);
    expect(copy).toMatchObject({ name: file.name, type: 'text/plain', lastModified: 1_234, size: 6 });
    expect(await copy.text()).toBe('héllo');
  });

  it('of 50 MB is never whole in memory, and is encoded chunk after chunk', async () => {
    const parts = Array.from({ length: 50 }, (_, n) => megabyte(n));
    const blob = new Blob([...parts, 'the rest'], { type: 'x/y' });
    blob.arrayBuffer = () => Promise.reject(new Error('read as a whole'));
    const lengths: number[] = [];
    let running = 0;
    const pass: PayloadCodec['encode'] = async (bytes) => {
      expect(++running).toBe(1);
      lengths.push(bytes.byteLength);
      const passed = await flipping.encode(bytes);
      running--;
      return passed;
    };
    const coding = new Coding(payloadCodec({ encode: pass, decode: pass }));
    const stored = await encode(blob, coding);
    expect(stored.body).toBeInstanceOf(Blob);
    expect(lengths).toHaveLength(51 + 1);
    expect(Math.max(...lengths)).toBeLessThan(chunkBytes + 100);

    lengths.length = 0;
    const copy = (await coding.decodePayload(stored)) as Blob;
    expect(lengths).toHaveLength(51 + 1);
    expect(copy.size).toBe(blob.size);
    for (const [n, part] of parts.entries()) {
      const from = n * chunkBytes;
      expect((await contentOf(copy.slice(from, from + chunkBytes))).equals(part)).toBe(true);
    }
    expect(await copy.slice(50 * chunkBytes).text()).toBe('the rest');
  });

  it('that cannot be read is told of', async () => {
    const blob = new Blob(['gone']);
    blob.slice = () => {
      const slice = new Blob();
      slice.arrayBuffer = () => Promise.reject(new DOMException('no file', 'NotFoundError'));
      return slice;
    };
    const encoding = encode(blob);
    await expect(encoding).rejects.toThrow(PayloadError);
    await expect(encoding).rejects.toThrow('a Blob of 4 bytes cannot be read');
  });
});

describe('bytes', () => {
  it.each<[string, object]>([
    ['a buffer', new Uint8Array([0, 255]).buffer],
    ['an empty buffer', new ArrayBuffer(0)],
    ['a Uint8Array', new Uint8Array([1, 2, 3])],
    ['a Uint8ClampedArray', new Uint8ClampedArray([1, 300])],
    ['an Int16Array', new Int16Array([-1, 2])],
    ['a Float64Array', new Float64Array([1.5, Number.NaN, -0])],
    ['a BigUint64Array', new BigUint64Array([2n ** 63n])],
    ['a DataView', new DataView(new Uint8Array([1, 2, 3]).buffer)],
  ])('come back as what they were: %s', async (_, value) => {
    for (const coding of [encrypting, new Coding(flipping), new Coding(open)]) {
      const copy = await passed(value, coding);
      expect(copy).toEqual(value);
      expect(Object.prototype.toString.call(copy)).toBe(Object.prototype.toString.call(value));
    }
  });

  it('that a view shows come back, and not what else is in its buffer', async () => {
    const whole = new TextEncoder().encode('hidden, shown, hidden');
    const view = whole.subarray(8, 13);
    expect(await shows(await encode(view, new Coding(open)), 'hidden')).toBe(false);
    const copy = await passed(view);
    expect(copy).toEqual(new TextEncoder().encode('shown'));
    expect(copy.buffer.byteLength).toBe(5);
    const inner = new DataView(whole.buffer, 8, 5);
    expect(Buffer.from((await passed(inner)).buffer).toString()).toBe('shown');
  });

  it('come back, whatever they are', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.uint8Array(), fc.float32Array(), fc.bigInt64Array()), async (array) => {
        expect(await passed(array)).toEqual(array);
      }),
    );
  });
});

describe('an exception of the DOM', () => {
  it('keeps its name, message and stack', async () => {
    const exception = new DOMException('no such file', 'NotFoundError');
    const copy = await passed(exception);
    expect(copy).toBeInstanceOf(DOMException);
    expect(copy).toMatchObject({ name: 'NotFoundError', message: 'no such file', code: 8, stack: exception.stack });
  });
});

describe('what has no bytes', () => {
  it('is stored as it is, if it is a key', async () => {
    const key = await newKey();
    expect(await encode(key)).toBe(key);
    expect(await encrypting.decodePayload(key)).toBe(key);
  });

  it.each(['FileSystemHandle', 'FileSystemFileHandle', 'FileSystemDirectoryHandle'])(
    'is stored as it is, if it is a %s',
    async (type) => {
      const handle = { [Symbol.toStringTag]: type };
      expect(await encode(handle)).toBe(handle);
    },
  );

  it.each([
    ['ImageBitmap', 'draw it on an OffscreenCanvas, and pass the Blob that convertToBlob gives'],
    ['FileList', 'pass an array of its Files'],
    ['DOMStringMap', 'pass its content as a Blob or a plain value'],
  ])('is refused with what to do instead, if it is a %s', async (type, instead) => {
    const encoding = encode({ [Symbol.toStringTag]: type });
    await expect(encoding).rejects.toThrow(PayloadError);
    await expect(encoding).rejects.toThrow(`${type} cannot be encoded; ${instead}`);
  });
});

describe('what is stored', () => {
  const marker = 'marker-für-alle';
  const file = new File([marker, Buffer.from(marker, 'utf16le')], `${marker}.txt`, {
    type: 'x-marker-type/y',
    lastModified: 1_722_222_222_222,
  });

  it('shows nothing in clear: no content, name, type, time or kind', async () => {
    const stored = await encode(file);
    for (const text of [marker, 'x-marker-type', '1722222222222', 'File', 'lastModified']) {
      expect(await shows(stored, text)).toBe(false);
      const isControl = await shows(await encode(file, new Coding(open)), text);
      expect(isControl).toBe(true);
    }
    expect(Object.keys(stored)).toEqual([encodedKey, 'body']);
    expect((stored.body as Blob).type).toBe('');
    const view = new Uint8Array(Buffer.from(marker));
    expect(await shows(await encode(view), marker)).toBe(false);
    expect(await shows(await encode(view, new Coding(open)), marker)).toBe(true);
  });

  it('is another thing each time', async () => {
    const [first, second] = [await encode(file, new Coding(open)), await encode(file, new Coding(open))];
    expect((await bytesIn(first)).equals(await bytesIn(second))).toBe(false);
  });
});

describe('chunks', () => {
  const blobOf = (letters: string) => new Blob([...letters].map((letter) => letter.repeat(chunkBytes)));

  /** The chunks of a body, each with its length before it. */
  async function chunksOf(stored: EncodedBinary): Promise<Bytes[]> {
    const whole = await (stored.body as Blob).arrayBuffer();
    const chunks: Bytes[] = [];
    for (let at = 0; at < whole.byteLength; at += chunks.at(-1)!.byteLength) {
      chunks.push(new Uint8Array(whole, at, 4 + new DataView(whole).getUint32(at)));
    }
    return chunks;
  }

  const from = (stored: EncodedBinary, parts: readonly BlobPart[]) =>
    encrypting.decodePayload({ ...stored, body: new Blob([...parts]) });

  it('are one for each MiB', async () => {
    const stored = await encode(blobOf('abc'));
    const chunks = await chunksOf(stored);
    expect(chunks).toHaveLength(3);
    expect(await ((await from(stored, chunks)) as Blob).text()).toBe(await blobOf('abc').text());
  });

  it.each<[string, (chunks: Bytes[], others: Bytes[]) => BlobPart[], string]>([
    ['none is there', () => [], 'a part of it is missing'],
    ['the first is missing', ([, b, c]) => [b!, c!], 'not in their order'],
    ['one is missing', ([a, , c]) => [a!, c!], 'not in their order'],
    ['the last is missing', ([a, b]) => [a!, b!], 'a part of it is missing'],
    ['two are exchanged', ([a, b, c]) => [b!, a!, c!], 'not in their order'],
    ['one is there twice', ([a, b, c]) => [a!, b!, b!, c!], 'not in their order'],
    ['the last is there twice', ([a, b, c]) => [a!, b!, c!, c!], 'something was added'],
    ['a byte was added', ([a, b, c]) => [a!, b!, c!, new Uint8Array(1)], 'something was added'],
    ['a byte is missing at the end', ([a, b, c]) => [a!, b!, c!.subarray(0, -1)], 'a part of it is missing'],
    ['a byte is missing at the start', ([a, b, c]) => [a!.subarray(1), b!, c!], 'a part of it is missing'],
    ['the last ends within its length', ([a, b, c]) => [a!, b!, c!.subarray(0, 3)], 'a part of it is missing'],
    ['one is of another Blob', ([a, , c], [, b]) => [a!, b!, c!], 'are of another value'],
    ['all are of another Blob', (_, others) => others, 'are of another value'],
  ])('are refused when %s', async (_, change, message) => {
    const [stored, other] = [await encode(blobOf('abc')), await encode(blobOf('xyz'))];
    const decoding = from(stored, change(await chunksOf(stored), await chunksOf(other)));
    await expect(decoding).rejects.toThrow(CodecError);
    await expect(decoding).rejects.toThrow(message);
  });

  it('are refused when any byte was changed', async () => {
    const stored = await encode(new Blob(['some content']));
    const [chunk] = await chunksOf(stored);
    for (let i = 0; i < chunk!.length; i++) {
      const changed = chunk!.slice();
      changed[i] = changed[i]! ^ 1;
      await expect(from(stored, [changed])).rejects.toThrow(CodecError);
    }
  });

  it('are refused without their description, or with that of another', async () => {
    const [stored, other] = [await encode(blobOf('a')), await encode(blobOf('a'))];
    const swapped = encrypting.decodePayload({ ...stored, [encodedKey]: other[encodedKey] });
    await expect(swapped).rejects.toThrow('are of another value');
    const value = await encrypting.encode({ kind: 'Blob', type: '' });
    const undescribed = encrypting.decodePayload({ ...stored, ...value });
    await expect(undescribed).rejects.toThrow('its content has no description, or that of another');
    await expect(encrypting.decodePayload({ ...stored, body: undefined })).rejects.toThrow('its content is missing');
  });

  it('cannot be taken for a value, nor can their description', async () => {
    const stored = await encode(new Uint8Array([1, 2, 3]));
    const description = encrypting.decodePayload({ [encodedKey]: stored[encodedKey] });
    await expect(description).rejects.toThrow(CodecError);
    await expect(encrypting.decodePayload({ [encodedKey]: stored.body })).rejects.toThrow(CodecError);
  });

  it('of a buffer are not those of a Blob', async () => {
    const [buffer, blob] = [await encode(new Uint8Array([1, 2, 3])), await encode(blobOf('ab'))];
    const [first] = await chunksOf(blob);
    const part = encrypting.decodePayload({ ...blob, body: new Uint8Array(first!.subarray(4)) });
    await expect(part).rejects.toThrow('a part of it is missing');
    const prefix = new Uint8Array(4);
    const length = (buffer.body as Uint8Array).byteLength;
    new DataView(prefix.buffer).setUint32(0, length);
    const asBlob = from(buffer, [prefix, buffer.body as Uint8Array<ArrayBuffer>]);
    await expect(asBlob).rejects.toThrow('a value cannot be decoded: its content is a Blob');
  });

  it('are not read further than the first that is refused', async () => {
    const decode = vi.fn(flipping.decode);
    const coding = new Coding({ ...flipping, decode });
    const stored = await encode(blobOf('abc'), coding);
    const [a, , c] = await chunksOf(stored);
    await expect(coding.decodePayload({ ...stored, body: new Blob([c!, a!]) })).rejects.toThrow(CodecError);
    expect(decode).toHaveBeenCalledTimes(2);
  });
});

describe('a codec that makes bytes shorter or longer', () => {
  it('is as good as any', async () => {
    const through = async (bytes: Bytes, stream: CompressionStream | DecompressionStream) =>
      new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(stream)).arrayBuffer());
    const coding = new Coding(
      payloadCodec({
        encode: (bytes) => through(bytes, new CompressionStream('gzip')),
        decode: (bytes) => through(bytes, new DecompressionStream('gzip')),
      }),
    );
    const blob = new Blob([megabyte(1), megabyte(2), 'end']);
    const stored = await encode(blob, coding);
    expect((stored.body as Blob).size).toBeLessThan(10_000);
    const copy = (await coding.decodePayload(stored)) as Blob;
    expect((await contentOf(copy)).equals(await contentOf(blob))).toBe(true);
  });
});
