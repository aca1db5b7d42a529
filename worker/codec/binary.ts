/**
 * Binary values on their way through a codec: a Blob by chunks, anything else whole. What is stored tells nothing in
 * clear but its size: name, media type and kind are encoded as well.
 */
import { CodecError } from '../../src/core/errors';
import { type EncodedValue, encodedKey } from '../../src/core/payload';
import { newStream, openBlob, openBytes, type Pass, sealBlob, sealBytes } from './chunks';
import type { Bytes } from './codec';
import { type About, assemble, dismantle, isOpaque } from './kinds';
import { fromBytes, toBytes } from './value-bytes';

/** What is stored: what is to be known of the value under the key of all that is encoded, and its content. */
export interface EncodedBinary extends EncodedValue {
  body: Blob | Bytes;
}

export function isEncodedBinary(stored: EncodedValue): stored is EncodedBinary {
  return Object.hasOwn(stored, 'body');
}

/** Before what is to be known, so that it cannot be taken for a plain value, nor a plain value for it. */
const aboutMark = 1;

type Written = About & { stream: Bytes };

/** @throws PayloadError when a value of its type cannot be encoded, or a Blob cannot be read */
export async function encodeBinary(value: object, encode: Pass): Promise<object> {
  if (isOpaque(value)) return value;
  const { about, content } = dismantle(value);
  const stream = newStream();
  const written: Written = { ...about, stream };
  const encoded: EncodedBinary = {
    [encodedKey]: await encode(new Uint8Array([aboutMark, ...toBytes(written)])),
    body:
      content instanceof Uint8Array
        ? await sealBytes(content, stream, encode)
        : await sealBlob(content, stream, encode),
  };
  return encoded;
}

/** @throws CodecError when what is stored is not what {@link encodeBinary} gave */
export async function decodeBinary(stored: EncodedBinary, decode: Pass): Promise<object> {
  const { stream, ...about } = readAbout(await decode(stored[encodedKey]));
  const content = await open(stored.body, stream, decode);
  try {
    return assemble(about, content);
  } catch (cause) {
    throw new CodecError(`a value cannot be decoded: ${(cause as Error).message}`, { cause });
  }
}

async function open(body: unknown, stream: Bytes, decode: Pass): Promise<Blob[] | Bytes> {
  if (body instanceof Uint8Array) return openBytes(body as Bytes, stream, decode);
  if (body instanceof Blob) return openBlob(body, stream, decode);
  throw new CodecError('a value cannot be decoded: its content is missing');
}

function readAbout(bytes: Bytes): Written {
  try {
    if (bytes[0] === aboutMark) return fromBytes(bytes.subarray(1)) as Written;
  } catch {
    // Told below.
  }
  throw new CodecError('a value cannot be decoded: its content has no description, or that of another');
}
