/**
 * Values on their way through the app's codec. A codec is the app's own code and may do anything, so all that goes wrong
 * in it comes out as a {@link CodecError}, and is told apart from a value that cannot be stored. Without a codec nothing
 * is encoded, and what lies there in clear is read with any.
 */
import { CodecError, toFailure } from '../../src/core/errors';
import type { FailureDetails } from '../../src/core/history';
import { type EncodedValue, encodedKey, isEncoded } from '../../src/core/payload';
import { outside } from '../determinism';
import type { Bytes, PayloadCodec } from './codec';

/** What stands in a failure that is encoded in the place of its message. */
const encodedMessage = '(encoded)';

export class Coding {
  readonly #codec: PayloadCodec | undefined;
  /** Calls of the codec that are under way. */
  readonly #calls = new Set<Promise<unknown>>();
  /** A turn runs, or waits for the calls to end. */
  #turning: Promise<void> | undefined;

  /** @throws TypeError when the codec was not made by `payloadCodec` */
  constructor(codec: PayloadCodec | undefined) {
    if (codec && !codec.forms) {
      throw new TypeError('codec: make it with payloadCodec({ encode, decode }), or take aesGcm(…)');
    }
    this.#codec = codec;
  }

  /** Whether there is a codec. */
  get isOn(): boolean {
    return this.#codec !== undefined;
  }

  /**
   * Runs a turn while the codec does not. What a codec does after an await would else happen within the turn, and be
   * taken for what an orchestrator must not do.
   */
  apart<T>(turn: () => T | Promise<T>): T | Promise<T> {
    return this.#codec ? this.#apart(turn) : turn();
  }

  async #apart<T>(turn: () => T | Promise<T>): Promise<T> {
    let over = () => {};
    this.#turning = new Promise<void>((resolve) => {
      over = resolve;
    });
    try {
      await Promise.allSettled(this.#calls);
      return await turn();
    } finally {
      this.#turning = undefined;
      over();
    }
  }

  /**
   * A plain value, encoded.
   * @throws PayloadError when it is not plain
   * @throws CodecError
   */
  async encode(value: unknown): Promise<EncodedValue> {
    const { toBytes } = this.#require('encode').forms;
    return { [encodedKey]: await this.#encodeBytes(toBytes(value)) };
  }

  /** @throws CodecError */
  async decode(encoded: EncodedValue): Promise<unknown> {
    const { fromBytes } = this.#require('decode').forms;
    const bytes = await this.#decodeBytes(encoded[encodedKey]);
    try {
      return fromBytes(bytes);
    } catch (cause) {
      throw failed('decode', 'what the codec gave is none', cause);
    }
  }

  /**
   * What to store in the place of a payload.
   * @param isBinary it is a Blob, a buffer and the like, and no plain value
   * @throws PayloadError when a value of its type cannot be encoded
   * @throws CodecError
   */
  async encodePayload(value: unknown, isBinary: boolean): Promise<unknown> {
    if (!this.#codec) return value;
    if (!isBinary) return this.encode(value);
    const { encodeBinary } = this.#require('encode').forms;
    return encodeBinary(value as object, this.#encodeBytes);
  }

  /**
   * The payload that is stored so. One that is not encoded is given back as it is: it may be older than the codec.
   * @throws PayloadError when a Blob cannot be read
   * @throws CodecError
   */
  async decodePayload(stored: unknown): Promise<unknown> {
    if (!isEncoded(stored)) return stored;
    const { decodeBinary, isEncodedBinary } = this.#require('decode').forms;
    return isEncodedBinary(stored) ? decodeBinary(stored, this.#decodeBytes) : this.decode(stored);
  }

  /** Its name, its code and the task that it is of stay in clear: the hub goes by them. @throws CodecError */
  async encodeFailure(failure: FailureDetails): Promise<FailureDetails> {
    if (!this.#codec || failure.encoded) return failure;
    const { name, code, taskId } = failure;
    const { [encodedKey]: encoded } = await this.encode(failure);
    return {
      name,
      message: encodedMessage,
      ...(code !== undefined && { code }),
      ...(taskId !== undefined && { taskId }),
      encoded,
    };
  }

  /** @throws CodecError */
  async decodeFailure(failure: FailureDetails): Promise<FailureDetails> {
    if (!failure.encoded) return failure;
    const decoded = (await this.decode({ [encodedKey]: failure.encoded })) as
      | Partial<FailureDetails>
      | null
      | undefined;
    if (typeof decoded?.name !== 'string' || typeof decoded.message !== 'string') {
      throw failed('decode', 'what the codec gave is no failure');
    }
    return decoded as FailureDetails;
  }

  readonly #encodeBytes = (bytes: Bytes): Promise<Bytes> => this.#pass('encode', bytes);
  readonly #decodeBytes = (bytes: Bytes): Promise<Bytes> => this.#pass('decode', bytes);

  async #pass(way: Way, bytes: Bytes): Promise<Bytes> {
    const codec = this.#require(way);
    if (!(bytes instanceof Uint8Array)) throw failed(way, 'what is stored is no bytes');
    while (this.#turning) await this.#turning;
    let given: unknown;
    let call: Promise<unknown> | undefined;
    try {
      call = Promise.resolve(outside(() => codec[way](bytes)));
      this.#calls.add(call);
      given = await call;
    } catch (cause) {
      throw failed(way, toFailure(cause).message, cause);
    } finally {
      if (call) this.#calls.delete(call);
    }
    if (!(given instanceof Uint8Array)) throw failed(way, 'what the codec gave is no Uint8Array');
    // A view would be stored with the whole buffer under it, and whatever else the codec has there.
    return given.buffer instanceof ArrayBuffer && given.byteLength === given.buffer.byteLength
      ? (given as Bytes)
      : new Uint8Array(given);
  }

  #require(way: Way): PayloadCodec {
    if (this.#codec) return this.#codec;
    throw new CodecError(
      way === 'decode'
        ? 'a value cannot be decoded: it was encoded, and serve() was given no codec'
        : 'a value cannot be encoded: serve() was given no codec',
    );
  }
}

type Way = 'encode' | 'decode';

function failed(way: Way, reason: string, cause?: unknown): CodecError {
  return new CodecError(`a value cannot be ${way}d: ${reason}`, cause === undefined ? undefined : { cause });
}
