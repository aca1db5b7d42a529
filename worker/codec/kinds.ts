/**
 * What binary values are made of: bytes, and what else is to be known of them. Objects that the browser keeps by other
 * means have no bytes, or hide them; those are refused, with what to pass instead.
 *
 * `about` lies in users' databases, encoded. Add to it; never change what is there.
 */
import { PayloadError } from '../../src/core/errors';
import type { Bytes } from './codec';

/** What is to be known of a binary value besides its bytes. */
export type About =
  | { kind: 'Blob'; type: string }
  | { kind: 'File'; type: string; name: string; lastModified: number }
  | { kind: 'bytes'; type: string }
  | { kind: 'ImageData'; pixels: string; width: number; height: number; settings: ImageDataSettings }
  | { kind: 'DOMException'; name: string; message: string; stack?: string }
  | { kind: 'geometry'; type: string; init: object };

export interface Dismantled {
  about: About;
  content: Blob | Uint8Array;
}

/** They have no bytes that anybody could read, and lie in the storage as they are. */
const opaque = /^(CryptoKey|FileSystem(File|Directory)?Handle)$/;

export function isOpaque(value: object): boolean {
  return opaque.test(typeOf(value));
}

const instead: Readonly<Record<string, string>> = {
  ImageBitmap: 'draw it on an OffscreenCanvas, and pass the Blob that convertToBlob gives',
  FileList: 'pass an array of its Files',
};

const nothing = new Uint8Array(0);

/** @throws PayloadError when it cannot be taken apart */
export function dismantle(value: object): Dismantled {
  const type = typeOf(value);
  if (value instanceof ArrayBuffer) return { about: { kind: 'bytes', type }, content: new Uint8Array(value) };
  if (ArrayBuffer.isView(value)) return { about: { kind: 'bytes', type }, content: bytesOf(value) };
  switch (type) {
    case 'Blob':
      return { about: { kind: type, type: (value as Blob).type }, content: value as Blob };
    case 'File': {
      const { type: mediaType, name, lastModified } = value as File;
      return { about: { kind: type, type: mediaType, name, lastModified }, content: value as File };
    }
    case 'ImageData': {
      const { data, width, height, colorSpace, pixelFormat } = value as ImageData &
        Pick<ImageDataSettings, 'pixelFormat'>;
      const settings = { colorSpace, ...(pixelFormat !== undefined && { pixelFormat }) };
      return { about: { kind: type, pixels: typeOf(data), width, height, settings }, content: bytesOf(data) };
    }
    case 'DOMException': {
      const { name, message, stack } = value as DOMException;
      return { about: { kind: type, name, message, ...(typeof stack === 'string' && { stack }) }, content: nothing };
    }
  }
  const init = geometryOf(value, type);
  if (init) return { about: { kind: 'geometry', type, init }, content: nothing };
  throw new PayloadError(
    `${type} cannot be encoded; ${instead[type] ?? 'pass its content as a Blob or a plain value'}`,
  );
}

/**
 * The counterpart.
 * @param content of a Blob or a File its parts, of anything else its bytes
 * @throws when it is not what {@link dismantle} gave, or this browser does not have the type
 */
export function assemble(about: About, content: readonly Blob[] | Bytes): object {
  if (about.kind === 'Blob' || about.kind === 'File') {
    if (!Array.isArray(content)) throw new TypeError('its content is no Blob');
    const { type } = about;
    return about.kind === 'Blob'
      ? new Blob(content, { type })
      : new File(content, about.name, { type, lastModified: about.lastModified });
  }
  if (!(content instanceof Uint8Array)) throw new TypeError('its content is a Blob');
  switch (about.kind) {
    case 'bytes':
      return about.type === 'ArrayBuffer' ? content.buffer : viewOf(about.type, content);
    case 'ImageData': {
      const { pixels, width, height, settings } = about;
      return new ImageData(viewOf(pixels, content) as ImageDataArray, width, height, settings);
    }
    case 'DOMException': {
      const exception = new DOMException(about.message, about.name);
      return about.stack === undefined ? exception : Object.assign(exception, { stack: about.stack });
    }
    case 'geometry':
      return geometryFrom(about.type, about.init);
  }
}

function typeOf(value: object): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}

/** Those that it shows: the buffer under it may be larger. */
function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

const views = /^(DataView|(Big)?(Int|Uint|Float)\d+(Clamped)?Array)$/;

function viewOf(type: string, { buffer }: Bytes): ArrayBufferView {
  if (!views.test(type)) throw new TypeError(`${type} is no view of bytes`);
  return new (globalClass<new (buffer: ArrayBuffer) => ArrayBufferView>(type))(buffer);
}

/** Rectangles and the like: each class has a method that makes one of what another says of itself. */
const factories: Readonly<Record<string, string>> = {
  DOMRect: 'fromRect',
  DOMRectReadOnly: 'fromRect',
  DOMPoint: 'fromPoint',
  DOMPointReadOnly: 'fromPoint',
  DOMQuad: 'fromQuad',
  DOMMatrix: 'fromMatrix',
  DOMMatrixReadOnly: 'fromMatrix',
};

function geometryOf(value: object, type: string): object | undefined {
  if (!Object.hasOwn(factories, type)) return undefined;
  const init = (value as DOMRect | DOMQuad).toJSON() as Record<string, unknown>;
  // The corners of a DOMQuad are DOMPoints.
  return Object.fromEntries(
    Object.entries(init).map(([key, part]) => [key, part instanceof DOMPointReadOnly ? part.toJSON() : part]),
  );
}

function geometryFrom(type: string, init: object): object {
  const factory = Object.hasOwn(factories, type) ? factories[type] : undefined;
  if (factory === undefined) throw new TypeError(`${type} is no geometry`);
  return globalClass<Record<string, (init: object) => object>>(type)[factory]!(init);
}

function globalClass<Class>(type: string): Class {
  const found = (globalThis as Record<string, unknown>)[type];
  if (found === undefined) throw new TypeError(`this browser has no ${type}`);
  return found as Class;
}
