/**
 * Large and binary values do not lie in the history: a reference stands in their place, and the value itself in the
 * store's payloads. The reference is a plain object under a reserved key, so that it survives storage and shows in any
 * viewer; nobody else's values may use the key.
 */

/** The key under which a value stands that a codec has encoded: its bytes. */
export const encodedKey = 'perdure:encoded';

/** What stands in the place of an encoded value. */
export interface EncodedValue {
  [encodedKey]: Uint8Array<ArrayBuffer>;
}

export function isEncoded(value: unknown): value is EncodedValue {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, encodedKey);
}

export const payloadKey = 'perdure:payload';

export interface PayloadRef {
  [payloadKey]: {
    execution: number;
    number: number;
    /** `binary` stands for a Blob, a buffer and the like; `value` for any value that is large. */
    kind: 'binary' | 'value';
    size: number;
    /** A Blob's media type, or else what kind of object it is. */
    type: string;
  };
}

export function isPayloadRef(value: unknown): value is PayloadRef {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, payloadKey);
}

/** What can be told of a binary value without reading it. */
export function describeBinary(value: object): { size: number; type: string } {
  const { size, byteLength, type } = value as { size?: unknown; byteLength?: unknown; type?: unknown };
  const bytes = typeof size === 'number' ? size : typeof byteLength === 'number' ? byteLength : 0;
  const tag = Object.prototype.toString.call(value).slice(8, -1);
  return { size: bytes, type: typeof type === 'string' && type !== '' ? type : tag };
}
