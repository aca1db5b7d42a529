/**
 * The JSON of an exported instance: an envelope that says what it is, and the copies, in the form of `devalue`, which
 * keeps dates, Maps, Sets, buffers, references and cycles. What that does not know, a Blob and an error, is told here.
 *
 * Exports lie in users' files. Add to the format; never change what is there.
 */
import { PayloadError } from '../../core/errors';
import { readError, writeError } from '../../core/written-error';
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
  Error: writeError,
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
  Error: readError,
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
