/**
 * What may pass the edge between an orchestration and the world: what the structured clone algorithm keeps as it is.
 * What it refuses, and what it would turn into something else in silence (a class instance, a promise), is refused
 * here, with its path in the value, before anything is stored.
 *
 * Values are copied as they pass, in and out, so that whatever an orchestrator does to its objects, a replay sees what
 * the first run saw. Blobs and their like cannot change and are passed on as they are: their identity tells which
 * payload they came from.
 */
import { PayloadError } from './errors';
import { type EncodedValue, encodedKey, isEncoded, isPayloadRef, type PayloadRef, payloadKey } from './payload';

/** What to do with the values that are no containers of other values. */
interface Visitor {
  /** A Blob, a buffer, a key, a handle. */
  binary?(value: object): unknown;
  /** A reference to a payload. Without this, the reserved key is refused. */
  reference?(ref: PayloadRef): unknown;
  /** What a codec has encoded. Without this, the reserved key is refused. */
  encoded?(value: EncodedValue): unknown;
}

/** Whether it is the same wherever it goes, so that there is nothing to copy, check or look into. */
export function isPrimitive(value: unknown): boolean {
  return value === null || (typeof value !== 'object' && typeof value !== 'function' && typeof value !== 'symbol');
}

/** A deep copy. @param what names the value in errors, as in `input of activity 'greet'`. @throws PayloadError */
export function copyValue<T>(value: T, what: string): T {
  return mapValue(value, what, copying) as T;
}
const copying: Visitor = { binary: copyBinary };

/** Checks without copying. @throws PayloadError when the value cannot be stored as it is */
export function checkValue(value: unknown, what: string): void {
  mapValue(value, what, {});
}

/** A copy in which `visitor` has replaced binary values and references. @throws PayloadError */
export function mapValue(value: unknown, what: string, visitor: Visitor): unknown {
  return isPrimitive(value) ? value : new Mapping(what, visitor).map(value, '');
}

function copyBinary(value: object): unknown {
  if (value instanceof ArrayBuffer) return value.slice(0);
  if (!ArrayBuffer.isView(value)) return value;
  const buffer = value.buffer.slice(value.byteOffset, value.byteOffset + value.byteLength);
  return new (value.constructor as new (buffer: ArrayBufferLike) => object)(buffer);
}

const errorTypes: ReadonlySet<unknown> = new Set(
  [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError].map((type) => type.prototype),
);

/** Platform objects that the structured clone algorithm keeps as they are. */
const platformObjects = new Set(
  (
    'Blob File FileList ImageData ImageBitmap CryptoKey FileSystemHandle FileSystemFileHandle FileSystemDirectoryHandle ' +
    'DOMException DOMRect DOMRectReadOnly DOMPoint DOMPointReadOnly DOMQuad DOMMatrix DOMMatrixReadOnly'
  ).split(' '),
);

class Mapping {
  /** Copies by original, so that what is shared or circular stays so. */
  readonly #done = new Map<object, unknown>();

  constructor(
    readonly what: string,
    readonly visitor: Visitor,
  ) {}

  map(value: unknown, path: string): unknown {
    if (isPrimitive(value)) return value;
    if (typeof value !== 'object' || value === null) return this.#refuse(path, `is a ${typeof value}`);
    const done = this.#done.get(value);
    if (done !== undefined) return done;
    if (Array.isArray(value)) return this.#array(value, path);
    const proto: unknown = Object.getPrototypeOf(value);
    // Another realm's Object.prototype is a root as well: what counts is that nothing stands between.
    if (proto === null || Object.getPrototypeOf(proto) === null) return this.#object(value, path);
    return this.#other(value, path);
  }

  #array(source: readonly unknown[], path: string): unknown[] {
    const copy = new Array<unknown>(source.length);
    this.#done.set(source, copy);
    for (let i = 0; i < source.length; i++) {
      const item = source[i];
      // A hole stays a hole.
      if (item !== undefined || i in source) copy[i] = isPrimitive(item) ? item : this.map(item, `${path}[${i}]`);
    }
    return copy;
  }

  #object(source: object, path: string): unknown {
    if (isPayloadRef(source)) {
      if (this.visitor.reference) return this.visitor.reference(source);
      return this.#refuse(path, `has the key '${payloadKey}', which is reserved`);
    }
    if (isEncoded(source)) {
      if (this.visitor.encoded) return this.visitor.encoded(source);
      return this.#refuse(path, `has the key '${encodedKey}', which is reserved`);
    }
    if ('then' in source && typeof source.then === 'function') return this.#refusePromise(path);
    const copy: Record<string, unknown> = {};
    this.#done.set(source, copy);
    for (const [key, item] of Object.entries(source)) {
      const mapped = isPrimitive(item) ? item : this.map(item, path === '' ? key : `${path}.${key}`);
      if (key === '__proto__') {
        // An assignment would set the copy's prototype.
        Object.defineProperty(copy, key, { value: mapped, writable: true, enumerable: true, configurable: true });
      } else {
        copy[key] = mapped;
      }
    }
    return copy;
  }

  #other(value: object, path: string): unknown {
    if (value instanceof Date) return new Date(value.getTime());
    if (value instanceof Map) {
      const copy = new Map<unknown, unknown>();
      this.#done.set(value, copy);
      for (const [key, item] of value) {
        const at = isPrimitive(key) ? String(key) : '…';
        copy.set(this.map(key, `${path}.keys`), this.map(item, `${path}.get(${at})`));
      }
      return copy;
    }
    if (value instanceof Set) {
      const copy = new Set<unknown>();
      this.#done.set(value, copy);
      for (const item of value) copy.add(this.map(item, `${path}.values`));
      return copy;
    }
    if (value instanceof RegExp) return new RegExp(value.source, value.flags);
    if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return this.#binary(value);
    const proto: unknown = Object.getPrototypeOf(value);
    if (errorTypes.has(proto)) return this.#error(value as Error, path);
    if ('then' in value && typeof value.then === 'function') return this.#refusePromise(path);
    const type = Object.prototype.toString.call(value).slice(8, -1);
    if (platformObjects.has(type)) return this.#binary(value);
    const name: unknown = value.constructor?.name;
    return this.#refuse(
      path,
      `is an instance of ${typeof name === 'string' && name ? name : type}, which would lose its class`,
    );
  }

  #binary(value: object): unknown {
    const mapped = this.visitor.binary ? this.visitor.binary(value) : value;
    this.#done.set(value, mapped);
    return mapped;
  }

  #error(source: Error, path: string): Error {
    const copy = new (source.constructor as ErrorConstructor)(source.message);
    this.#done.set(source, copy);
    if (source.stack !== undefined) copy.stack = source.stack;
    if ('cause' in source) {
      const value = this.map(source.cause, `${path}.cause`);
      Object.defineProperty(copy, 'cause', { value, writable: true, enumerable: false, configurable: true });
    }
    return copy;
  }

  #refusePromise(path: string): never {
    return this.#refuse(path, 'is a promise or a task; await it first, or use yield*');
  }

  #refuse(path: string, problem: string): never {
    const where = path === '' ? '' : `, at ${path.replace(/^\./, '')},`;
    throw new PayloadError(`${this.what}${where} ${problem}; only what can be cloned can be stored`);
  }
}

/** About how many bytes a value takes in storage. Blobs and their like count nothing: they do not lie in the record. */
export function sizeOf(value: unknown, seen?: Set<object>): number {
  if (typeof value === 'string') return value.length + 4;
  if (typeof value !== 'object' || value === null) return 8;
  const visited = seen ?? new Set<object>();
  if (visited.has(value)) return 4;
  visited.add(value);
  let size = 8;
  if (Array.isArray(value)) {
    for (const item of value) size += sizeOf(item, visited);
  } else if (value instanceof Map) {
    for (const [key, item] of value) size += sizeOf(key, visited) + sizeOf(item, visited);
  } else if (value instanceof Set) {
    for (const item of value) size += sizeOf(item, visited);
  } else if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) {
    size += value.byteLength;
  } else {
    for (const key of Object.keys(value))
      size += key.length + 4 + sizeOf((value as Record<string, unknown>)[key], visited);
  }
  return size;
}

/** Compares a recorded value with one made now; `sameBinary` compares what cannot be looked into. */
export function equalValues(
  recorded: unknown,
  actual: unknown,
  sameBinary: (recorded: unknown, actual: object) => boolean,
  seen = new Map<object, unknown>(),
): boolean {
  if (Object.is(recorded, actual)) return true;
  if (typeof recorded !== 'object' || recorded === null || typeof actual !== 'object' || actual === null) return false;
  if (seen.get(recorded) === actual) return true;
  seen.set(recorded, actual);
  const equal = (a: unknown, b: unknown) => equalValues(a, b, sameBinary, seen);
  if (isPayloadRef(recorded)) return sameBinary(recorded, actual);
  const type = Object.prototype.toString.call(recorded);
  if (type !== Object.prototype.toString.call(actual)) return false;
  if (Array.isArray(recorded) && Array.isArray(actual)) {
    return recorded.length === actual.length && recorded.every((item, i) => equal(item, actual[i]));
  }
  if (recorded instanceof Date && actual instanceof Date) return recorded.getTime() === actual.getTime();
  if (recorded instanceof RegExp && actual instanceof RegExp) return String(recorded) === String(actual);
  if (recorded instanceof Error && actual instanceof Error) {
    return recorded.name === actual.name && recorded.message === actual.message && equal(recorded.cause, actual.cause);
  }
  if (recorded instanceof Map && actual instanceof Map) {
    return equal([...recorded.keys()], [...actual.keys()]) && equal([...recorded.values()], [...actual.values()]);
  }
  if (recorded instanceof Set && actual instanceof Set) return equal([...recorded], [...actual]);
  if (type !== '[object Object]') return sameBinary(recorded, actual);
  const keys = Object.keys(recorded);
  return (
    keys.length === Object.keys(actual).length &&
    keys.every(
      (key) =>
        Object.hasOwn(actual, key) &&
        equal((recorded as Record<string, unknown>)[key], (actual as Record<string, unknown>)[key]),
    )
  );
}
