/**
 * The codec that most apps want: AES-GCM, by the browser's own WebCrypto. It also tells when what is stored was changed.
 * A key does not last for ever, so each value says which one it was encrypted with.
 *
 * The form, which lies in users' databases: a version, the length of the key's id, the id in UTF-8, the 12 bytes of the
 * initialisation vector, and the ciphertext with its tag. What stands before the vector is authenticated as well.
 */
import { CodecError, toFailure } from '../../src/core/errors';
import { outside } from '../determinism';
import { type Bytes, type PayloadCodec, payloadCodec } from './codec';
import { type KeySource, nameOf, remembered } from './key';

export interface AesGcmOptions {
  /** A function is called when the key is first needed, and again if it failed; what it gave is remembered. */
  readonly key: KeySource;
  /** Names the key in what it encrypts; by default `''`. At most 255 bytes. It can be read by anybody. */
  readonly id?: string;
  /** The keys before, by their ids. They decrypt only. */
  readonly former?: Readonly<Record<string, KeySource>>;
}

const version = 1;
const vectorBytes = 12;
const tagBytes = 16;
const mostIdBytes = 255;

/**
 * A codec that encrypts all values with AES-GCM.
 *
 * What is not hidden: what a {@link PayloadCodec} does not get (ids, names, tags, times), how many values there are, and
 * how large each is. And each value for itself is safe from change, not its place: who can write to the database can put
 * an old value, or another one, where one was.
 *
 * A key that lies in the same browser guards against little: whoever gets at all of the browser's data has it too. A
 * user's password or a server guards better. Vectors are random, so take another key after some 4,000 million values.
 *
 * @example
 * // The page puts the key into a database of its own when the user signs in, and takes it away at the end:
 * //   await keys.put('keys', await crypto.subtle.importKey('raw', secret, 'AES-GCM', false, ['encrypt', 'decrypt']), '2');
 * // durable.worker.ts
 * import { openDB } from 'idb';
 * import { aesGcm, serve } from 'perdure/worker';
 *
 * const keyOf = (id: string) => async () => {
 *   const keys = await openDB('keys', 1, { upgrade: (database) => void database.createObjectStore('keys') });
 *   const key: CryptoKey | undefined = await keys.get('keys', id);
 *   keys.close();
 *   if (!key) throw new Error('nobody has signed in');
 *   return key;
 * };
 * serve({ orchestrations, activities, codec: aesGcm({ key: keyOf('2'), id: '2', former: { '1': keyOf('1') } }) });
 *
 * @throws RangeError when the id is too long, or a former key has it
 */
export function aesGcm({ key, id = '', former = {} }: AesGcmOptions): PayloadCodec {
  const head = headOf(id);
  if (Object.hasOwn(former, id)) throw new RangeError(`a former key has the id '${id}' too; each needs one of its own`);
  const current = remembered(key, id);
  const keys = new Map(Object.entries(former).map(([name, source]) => [name, remembered(source, name)]));
  keys.set(id, current);

  return payloadCodec({
    async encode(bytes) {
      const cryptoKey = await current();
      const iv = outside(() => crypto.getRandomValues(new Uint8Array(vectorBytes)));
      try {
        const algorithm = { name: 'AES-GCM', iv, additionalData: head };
        const sealed = await outside(() => crypto.subtle.encrypt(algorithm, cryptoKey, bytes));
        return concat(head, iv, new Uint8Array(sealed));
      } catch (cause) {
        throw new CodecError(`${nameOf(id)} cannot encrypt: ${toFailure(cause).message}`, { cause });
      }
    },

    async decode(bytes) {
      const { keyId, additionalData, iv, sealed } = partsOf(bytes);
      const source = keys.get(keyId);
      if (!source) throw new CodecError(`it was encrypted with a key whose id is '${keyId}', and none was supplied`);
      const cryptoKey = await source();
      try {
        const algorithm = { name: 'AES-GCM', iv, additionalData };
        return new Uint8Array(await outside(() => crypto.subtle.decrypt(algorithm, cryptoKey, sealed)));
      } catch (cause) {
        // The one error of WebCrypto that tells of the bytes. The others tell of the key.
        const isRefused = cause instanceof DOMException && cause.name === 'OperationError';
        const problem = isRefused
          ? `it was encrypted with another key than ${nameOf(keyId)} that was supplied, or has been changed since`
          : `${nameOf(keyId)} cannot decrypt: ${toFailure(cause).message}`;
        throw new CodecError(problem, { cause });
      }
    },
  });
}

/** What stands before the vector. */
function headOf(id: string): Bytes {
  const bytes = new TextEncoder().encode(id);
  if (bytes.byteLength > mostIdBytes) throw new RangeError(`the id of a key has at most ${mostIdBytes} bytes`);
  return concat(new Uint8Array([version, bytes.byteLength]), bytes);
}

interface Parts {
  keyId: string;
  additionalData: Bytes;
  iv: Bytes;
  sealed: Bytes;
}

function partsOf(bytes: Bytes): Parts {
  const ivAt = 2 + (bytes[1] ?? 0);
  const sealedAt = ivAt + vectorBytes;
  if (bytes[0] === version && bytes.byteLength >= sealedAt + tagBytes) {
    try {
      return {
        keyId: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.subarray(2, ivAt)),
        additionalData: bytes.subarray(0, ivAt),
        iv: bytes.subarray(ivAt, sealedAt),
        sealed: bytes.subarray(sealedAt),
      };
    } catch {
      // No text, so no id.
    }
  }
  throw new CodecError('it was not encrypted by aesGcm, or by that of a newer perdure, or is not whole');
}

function concat(...parts: readonly Bytes[]): Bytes {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
}
