/**
 * The JSON of an exported instance: an envelope that says what it is, and the copies, in the form of `devalue`, which
 * keeps dates, Maps, Sets, buffers, references and cycles. What that does not know, a Blob and an error, is told here.
 *
 * Exports lie in users' files. Add to the format; never change what is there.
 */
import { PayloadError } from '../../core/errors';
import type { InstanceCopy } from '../../protocol';

export const formatName = 'perdure/instance';
/** Rises when an older perdure would misread it. */
export const formatVersion = 1;

export interface Envelope {
  format: typeof formatName;
  version: number;
  /** What `devalue` makes of the copies. */
  instances: unknown;
}

export type Copies = readonly InstanceCopy[];

const errorTypes = [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError] as const;

interface WrittenError {
  type: string;
  message: string;
  stack?: string;
  cause?: unknown;
}

interface WrittenBlob {
  type: string;
  bytes: ArrayBuffer;
}

interface WrittenFile extends WrittenBlob {
  name: string;
  lastModified: number;
}

/** What stands in JSON for each kind of value; false for values of any other kind. */
export const reducers = {
  Error(value: unknown): WrittenError | false {
    const type = value instanceof Error && errorTypes.find((each) => each.prototype === Object.getPrototypeOf(value));
    if (!type) return false;
    const { message, stack } = value;
    return {
      type: type.name,
      message,
      ...(stack !== undefined && { stack }),
      ...('cause' in value && { cause: value.cause }),
    };
  },
  File(value: unknown): Promise<WrittenFile> | false {
    if (!(value instanceof File)) return false;
    const { name, lastModified } = value;
    return readBlob(value).then((blob) => ({ ...blob, name, lastModified }));
  },
  Blob(value: unknown): Promise<WrittenBlob> | false {
    return value instanceof Blob && readBlob(value);
  },
};

async function readBlob(blob: Blob): Promise<WrittenBlob> {
  try {
    return { type: blob.type, bytes: await blob.arrayBuffer() };
  } catch (cause) {
    throw new PayloadError(`a Blob of ${blob.size} bytes cannot be read`, { cause });
  }
}

/** The counterparts. What they get may be anything; what they throw, the reader turns into its own error. */
export const revivers = {
  Error(written: unknown): Error {
    const { type, message, stack, cause } = fieldsOf(written);
    const Type = errorTypes.find((each) => each.name === type);
    if (!Type || typeof message !== 'string') throw new TypeError('no error');
    const error = new Type(message);
    if (stack !== undefined) {
      if (typeof stack !== 'string') throw new TypeError('an error without a stack');
      error.stack = stack;
    }
    if (Object.hasOwn(written as object, 'cause')) {
      Object.defineProperty(error, 'cause', { value: cause, writable: true, enumerable: false, configurable: true });
    }
    return error;
  },
  File(written: unknown): File {
    const { name, lastModified } = fieldsOf(written);
    if (typeof name !== 'string' || typeof lastModified !== 'number') throw new TypeError('no file');
    const { type, bytes } = blobOf(written);
    return new File([bytes], name, { type, lastModified });
  },
  Blob(written: unknown): Blob {
    const { type, bytes } = blobOf(written);
    return new Blob([bytes], { type });
  },
};

function blobOf(written: unknown): WrittenBlob {
  const { type, bytes } = fieldsOf(written);
  if (typeof type !== 'string' || !(bytes instanceof ArrayBuffer)) throw new TypeError('no blob');
  return { type, bytes };
}

function fieldsOf(written: unknown): Record<string, unknown> {
  if (typeof written !== 'object' || written === null) throw new TypeError('no object');
  return written as Record<string, unknown>;
}
