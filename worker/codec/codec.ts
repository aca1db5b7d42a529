/**
 * What lies in IndexedDB lies there in clear: whoever gets at the profile, a backup or the developer tools reads it. An
 * app that must not leave it so, or that wants it smaller, hands in a codec.
 */

import { type Forms, forms } from './forms';

/** Bytes with a buffer of their own kind: what IndexedDB stores and WebCrypto takes. */
export type Bytes = Uint8Array<ArrayBuffer>;

/**
 * Transforms the bytes of all values on their way to the database and back: to encrypt them, to compress them, or both.
 *
 * Values are inputs, outputs and results, the data of events, custom statuses, the details of heartbeats, what errors
 * say, and the content, names and types of Blobs, Files and buffers. No values, so not transformed, are ids, names of
 * orchestrations, activities and events, tags, times, and the name and code of an error: they are what the hub looks
 * things up by. CryptoKeys and handles of files have no bytes, and are stored as they are.
 *
 * Either method may be async, and neither may change the bytes that it is given. It is called for one value at a time, or
 * for one MiB of a Blob, so it needs to know nothing of what came before.
 *
 * `decode` must give back what `encode` was given, byte by byte, whenever that was: values that an earlier version of the
 * codec wrote are there as long as their instances are. What either throws parks the instances concerned: nothing of
 * them is lost, and they go on when it can be decoded.
 *
 * @example
 * // Text takes a fraction of its size.
 * const through = async (bytes: Uint8Array<ArrayBuffer>, stream: CompressionStream | DecompressionStream) =>
 *   new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(stream)).arrayBuffer());
 * const codec = payloadCodec({
 *   encode: (bytes) => through(bytes, new CompressionStream('gzip')),
 *   decode: (bytes) => through(bytes, new DecompressionStream('gzip')),
 * });
 */
export interface ByteCodec {
  encode(bytes: Bytes): Bytes | Promise<Bytes>;
  decode(bytes: Bytes): Bytes | Promise<Bytes>;
}

/** What `serve` takes: {@link payloadCodec} makes one, and `aesGcm` is one that encrypts. */
export interface PayloadCodec extends ByteCodec {
  /** How values become bytes and bytes values. */
  readonly forms: Forms;
}

/** A codec of your own. */
export function payloadCodec(codec: ByteCodec): PayloadCodec {
  return { encode: (bytes) => codec.encode(bytes), decode: (bytes) => codec.decode(bytes), forms };
}
