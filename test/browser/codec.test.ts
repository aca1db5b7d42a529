/** What passed a codec lies in a real IndexedDB, and comes back as what it was. */
import { deleteDB, type IDBPDatabase, openDB } from 'idb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodedKey, PayloadError } from '../../src/core';
import { aesGcm, Coding } from '../../worker/codec';

let database: IDBPDatabase;
let coding: Coding;
let key: CryptoKey;
let stored = 0;

const generate = () => crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);

beforeEach(async () => {
  database = await openDB('codec-test', 1, { upgrade: (each) => void each.createObjectStore('payloads') });
  await database.put('payloads', await generate(), 'key');
  key = (await database.get('payloads', 'key')) as CryptoKey;
  coding = new Coding(aesGcm({ key: async () => (await database.get('payloads', 'key')) as CryptoKey, id: 'k' }));
});
afterEach(async () => {
  database.close();
  await deleteDB('codec-test');
});

/** What is stored of a value, as it is read again. */
async function kept(value: unknown, isBinary = true): Promise<unknown> {
  const id = `payload ${stored++}`;
  await database.put('payloads', await coding.encodePayload(value, isBinary), id);
  return database.get('payloads', id);
}

const passed = async <T>(value: T, isBinary = true) => (await coding.decodePayload(await kept(value, isBinary))) as T;

const shows = async (bytes: Blob, text: string) => (await new Response(bytes).text()).includes(text);

describe('in IndexedDB', () => {
  it('a File is stored without a word in clear, and comes back', async () => {
    const file = new File(['a marker, ', new Uint8Array(3 * 2 ** 20).map((_, i) => i * 7)], 'marker.txt', {
      type: 'text/x-marker',
      lastModified: 1_234,
    });
    const record = (await kept(file)) as { [encodedKey]: Uint8Array<ArrayBuffer>; body: Blob };
    expect(record.body.type).toBe('');
    expect(await shows(new Blob([record[encodedKey], record.body]), 'marker')).toBe(false);

    const copy = (await coding.decodePayload(record)) as File;
    expect(copy).toBeInstanceOf(File);
    expect([copy.name, copy.type, copy.lastModified, copy.size]).toEqual([
      'marker.txt',
      'text/x-marker',
      1_234,
      file.size,
    ]);
    const [was, is] = [new Uint8Array(await file.arrayBuffer()), new Uint8Array(await copy.arrayBuffer())];
    expect(is.every((byte, i) => byte === was[i])).toBe(true);
  });

  it('a value and its errors come back', async () => {
    const cause = new RangeError('inner');
    const list = Object.assign(new Array(3), { 0: 1, 2: -0 });
    const value = { list, text: 'a\ud800b', error: new Error('no', { cause }), again: cause };
    const copy = await passed(value, false);
    expect(copy).toStrictEqual(value);
    expect(copy.error.cause).toBe(copy.again);
    expect(copy.error.stack).toBe(value.error.stack);
  });

  it('buffers come back', async () => {
    const doubles = new Float64Array([1.5, Number.NaN, -0]);
    expect(await passed(doubles)).toEqual(doubles);
    expect(await passed(doubles.buffer)).toEqual(doubles.buffer);
  });

  it('a key that cannot be exported is stored as it is, and opens what it locked', async () => {
    const iv = new Uint8Array(12);
    const locked = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, new Uint8Array([1, 2, 3]));
    const copy = await passed(key);
    expect(copy).toBeInstanceOf(CryptoKey);
    expect(copy.extractable).toBe(false);
    expect(new Uint8Array(await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, copy, locked))).toEqual(
      new Uint8Array([1, 2, 3]),
    );
  });

  it('handles of files are stored as they are, and lead to the same files', async () => {
    const root = await navigator.storage.getDirectory();
    const handle = await root.getFileHandle('codec.txt', { create: true });
    const copy = await passed(handle);
    expect(copy).toBeInstanceOf(FileSystemFileHandle);
    expect(await copy.isSameEntry(handle)).toBe(true);
    expect(await (await passed(root)).isSameEntry(root)).toBe(true);
    await root.removeEntry('codec.txt');
  });

  it('an image comes back by its pixels', async () => {
    const image = new ImageData(
      new Uint8ClampedArray(24).map((_, i) => i * 10),
      3,
      2,
      { colorSpace: 'display-p3' },
    );
    const copy = await passed(image);
    expect(copy).toBeInstanceOf(ImageData);
    expect([copy.width, copy.height, copy.colorSpace]).toEqual([3, 2, 'display-p3']);
    expect(copy.data).toEqual(image.data);
  });

  it.each([
    ['DOMRect', new DOMRect(1, -0, 3, Number.NaN)],
    ['DOMRectReadOnly', new DOMRectReadOnly(1, 2, 3, 4)],
    ['DOMPoint', new DOMPoint(1, 2, Number.POSITIVE_INFINITY, 4)],
    ['DOMPointReadOnly', new DOMPointReadOnly(1, 2)],
    ['DOMQuad', new DOMQuad({ x: 1 }, { y: 2 }, { z: 3 }, { w: 4 })],
    ['DOMMatrix', new DOMMatrix([1, 2, 3, 4, 5, 6])],
    ['DOMMatrixReadOnly', new DOMMatrixReadOnly(Array.from({ length: 16 }, (_, i) => i))],
  ])('a %s comes back', async (type, value) => {
    const copy = await passed(value);
    expect(Object.prototype.toString.call(copy)).toBe(`[object ${type}]`);
    const facts = (shape: typeof value) =>
      shape instanceof DOMQuad ? [shape.p1, shape.p2, shape.p3, shape.p4].map((each) => each.toJSON()) : shape.toJSON();
    expect(facts(copy)).toStrictEqual(facts(value));
  });

  it('an exception of the DOM comes back', async () => {
    const copy = await passed(new DOMException('no such file', 'NotFoundError'));
    expect(copy).toBeInstanceOf(DOMException);
    expect([copy.name, copy.message, copy.code]).toEqual(['NotFoundError', 'no such file', 8]);
  });
});

describe('not in IndexedDB', () => {
  it('is what the browser keeps to itself', async () => {
    const bitmap = await createImageBitmap(new ImageData(1, 1));
    await expect(coding.encodePayload(bitmap, true)).rejects.toThrow(PayloadError);
    await expect(coding.encodePayload(bitmap, true)).rejects.toThrow('the Blob that convertToBlob gives');
    const input = Object.assign(document.createElement('input'), { type: 'file' });
    await expect(coding.encodePayload(input.files, true)).rejects.toThrow('FileList cannot be encoded');
  });
});
