/**
 * A Blob may be larger than memory, so it passes the codec in chunks. A codec takes each for itself and cannot tell that
 * one is missing, is of another Blob, or lies in another place. So each chunk says so in the bytes that are encoded: a
 * header with the stream that it is of, its number, and whether it is the last.
 *
 * The bytes lie in users' databases, encoded. Add to the form; never change what is there.
 */
import { CodecError, PayloadError } from '../../src/core/errors';
import { outside } from '../determinism';
import type { Bytes } from './codec';

/** One way through a codec. */
export type Pass = (bytes: Bytes) => Promise<Bytes>;

/** How much of a Blob is in memory at a time, several times over. */
export const chunkBytes = 2 ** 20;

const streamBytes = 16;
const headerBytes = streamBytes + 5;
const prefixBytes = 4;

/** What all chunks of one binary value have in common, and no others. */
export function newStream(): Bytes {
  return outside(() => crypto.getRandomValues(new Uint8Array(streamBytes)));
}

/**
 * Each chunk with the length that it has when it is encoded before it, four bytes, the highest first.
 * @throws PayloadError when the Blob cannot be read
 */
export async function sealBlob(blob: Blob, stream: Bytes, encode: Pass): Promise<Blob> {
  const parts: Blob[] = [];
  for (let number = 0, isLast = false; !isLast; number++) {
    const from = number * chunkBytes;
    isLast = from + chunkBytes >= blob.size;
    const chunk = await encode(withHeader(await read(blob, from, chunkBytes), stream, number, isLast));
    const prefix = new Uint8Array(prefixBytes);
    new DataView(prefix.buffer).setUint32(0, chunk.byteLength);
    // A Blob at once: what is in one, the browser may keep elsewhere than in memory.
    parts.push(new Blob([prefix, chunk]));
  }
  return new Blob(parts);
}

/** The content of a Blob, in parts. @throws CodecError when its chunks are not those that were written, in their order */
export async function openBlob(body: Blob, stream: Bytes, decode: Pass): Promise<Blob[]> {
  const parts: Blob[] = [];
  let at = 0;
  for (let isLast = false; !isLast; ) {
    if (at + prefixBytes > body.size) throw cut();
    const prefix = await read(body, at, prefixBytes);
    const length = new DataView(prefix.buffer).getUint32(0);
    at += prefixBytes;
    if (at + length > body.size) throw cut();
    const chunk = withoutHeader(await decode(await read(body, at, length)), stream, parts.length);
    at += length;
    parts.push(new Blob([chunk.content]));
    ({ isLast } = chunk);
  }
  if (at !== body.size) throw new CodecError('a value cannot be decoded: something was added to it');
  return parts;
}

/** What is small enough to be one chunk, whatever its size. */
export function sealBytes(bytes: Uint8Array, stream: Bytes, encode: Pass): Promise<Bytes> {
  return encode(withHeader(bytes, stream, 0, true));
}

/** @throws CodecError */
export async function openBytes(body: Bytes, stream: Bytes, decode: Pass): Promise<Bytes> {
  const { content, isLast } = withoutHeader(await decode(body), stream, 0);
  if (!isLast) throw cut();
  return content;
}

async function read(blob: Blob, from: number, length: number): Promise<Bytes> {
  try {
    return new Uint8Array(await blob.slice(from, from + length).arrayBuffer());
  } catch (cause) {
    throw new PayloadError(`a Blob of ${blob.size} bytes cannot be read`, { cause });
  }
}

function withHeader(content: Uint8Array, stream: Bytes, number: number, isLast: boolean): Bytes {
  const chunk = new Uint8Array(headerBytes + content.byteLength);
  chunk.set(stream);
  new DataView(chunk.buffer).setUint32(streamBytes, number);
  chunk[headerBytes - 1] = isLast ? 1 : 0;
  chunk.set(content, headerBytes);
  return chunk;
}

function withoutHeader(chunk: Bytes, stream: Bytes, number: number): { content: Bytes; isLast: boolean } {
  if (chunk.byteLength < headerBytes) throw cut();
  const header = withHeader(new Uint8Array(0), stream, number, chunk[headerBytes - 1] === 1);
  if (!header.every((byte, i) => byte === chunk[i])) {
    throw new CodecError('a value cannot be decoded: its parts are not in their order, or are of another value');
  }
  return { content: chunk.slice(headerBytes), isLast: chunk[headerBytes - 1] === 1 };
}

function cut(): CodecError {
  return new CodecError('a value cannot be decoded: a part of it is missing');
}
