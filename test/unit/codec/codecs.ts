/** Codecs to test with, and what can be seen of what they leave. */
import { payloadCodec } from '../../../worker/codec';
import type { Bytes } from '../../../worker/codec/codec';

const flipped = (bytes: Bytes): Bytes => bytes.map((byte) => byte ^ 0x5a);

/** Its own inverse, and no bytes stay as they were. */
export const flipping = payloadCodec({ encode: flipped, decode: flipped });

/** Changes nothing, so that a test sees what a codec gets. */
export const open = payloadCodec({ encode: (bytes) => bytes, decode: (bytes) => bytes });

export function newKey(usages: KeyUsage[] = ['encrypt', 'decrypt']): Promise<CryptoKey> {
  return crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, usages) as Promise<CryptoKey>;
}

/** All bytes of what is stored, of its Blobs too, and all its texts as UTF-8. */
export async function bytesIn(stored: unknown): Promise<Buffer> {
  if (typeof stored === 'string') return Buffer.from(stored);
  if (stored instanceof Uint8Array) return Buffer.from(stored.buffer);
  if (stored instanceof Blob) return Buffer.concat([Buffer.from(stored.type), Buffer.from(await stored.arrayBuffer())]);
  if (typeof stored !== 'object' || stored === null) return Buffer.alloc(0);
  const parts = Object.entries(stored).map(async ([key, value]) => [Buffer.from(key), await bytesIn(value)]);
  return Buffer.concat((await Promise.all(parts)).flat());
}

/** Whether a text can be found there, in UTF-8 or in UTF-16. */
export async function shows(stored: unknown, text: string): Promise<boolean> {
  const bytes = await bytesIn(stored);
  return bytes.includes(Buffer.from(text, 'utf8')) || bytes.includes(Buffer.from(text, 'utf16le'));
}
