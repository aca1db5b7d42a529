/**
 * Plain values as bytes, and back exactly as they were: what is shared or circular, holes, -0, lone surrogates. They are
 * the values that `mapValue` leaves when binaries are taken out. `devalue` knows most of them; what it does not, an error
 * and a key `__proto__`, is told here. This module alone brings `devalue` with it, so it is loaded when it is needed.
 *
 * The bytes lie in users' databases, encoded. Add to the form; never change what is there.
 */
import {
  DevalueError,
  defaultParseOperations,
  defaultStringifyOperations,
  type ParseOperations,
  parse,
  type StringifyOperations,
  stringify,
} from 'devalue';
import { PayloadError } from '../../src/core/errors';
import { readError, setCause, type WrittenError, writeError } from '../../src/core/written-error';
import type { Bytes } from './codec';

/**
 * What is written: the value, and beside it the causes of the errors in it. A reviver must have all of its object before
 * it can make it, so an error whose cause leads back to it could not be revived with its cause.
 */
type Whole = readonly [value: unknown, causes: Map<Error, unknown>];

/** @throws PayloadError when the value is not plain, or nested too deeply */
export function toBytes(value: unknown): Bytes {
  // It grows while the value is walked, and then while it is walked itself: causes have errors as well.
  const causes = new Map<Error, unknown>();
  const reduceError = (thing: unknown): WrittenError | false => {
    const written = writeError(thing);
    if (!written || !('cause' in written)) return written;
    const { cause, ...others } = written;
    causes.set(thing as Error, cause);
    return others;
  };
  const whole: Whole = [value, causes];
  try {
    return new TextEncoder().encode(stringify(whole, { Error: reduceError }, { operations: writing }));
  } catch (error) {
    if (error instanceof DevalueError) throw new PayloadError(`${typeOf(error.value)} is no plain value`);
    if (error instanceof RangeError) throw new PayloadError('a value is nested too deeply', { cause: error });
    throw error;
  }
}

/** @throws when the bytes are none that {@link toBytes} made */
export function fromBytes(bytes: Bytes): unknown {
  const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  const [value, causes] = parse(text, { Error: readError }, { operations: reading }) as Whole;
  for (const [error, cause] of causes) setCause(error, cause);
  return value;
}

function typeOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}

/** `devalue` refuses the key `__proto__`, so there it has one sign more, and so have keys that look like what comes of it. */
const refusedKey = /^~*__proto__$/;
const writtenKey = /^~+__proto__$/;

const writing: Partial<StringifyOperations> = {
  shapeOf(value) {
    const shape = defaultStringifyOperations.shapeOf(value);
    return 'keys' in shape
      ? { ...shape, keys: shape.keys.map((key) => (refusedKey.test(key) ? `~${key}` : key)) }
      : shape;
  },
  get(value, key) {
    return defaultStringifyOperations.get(value, readKey(key));
  },
};

const reading: Partial<ParseOperations> = {
  set(target, written, value) {
    const key = readKey(written);
    if (key !== '__proto__') return defaultParseOperations.set(target, key, value);
    // An assignment would set the object's prototype.
    Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
  },
};

function readKey(key: string | number): string | number {
  return typeof key === 'string' && writtenKey.test(key) ? key.slice(1) : key;
}
