/*
 * Everything that an orchestration takes, gives and passes on is stored as a structured clone. What cannot be cloned
 * should be an error while typing, with the path to it, and not a failure next week. Checked once, at `serve`: as a
 * constraint on each call it would reject every type parameter.
 */

type From<Name extends string> = typeof globalThis extends { [K in Name]: { prototype: infer T } } ? T : never;

// Those of the DOM by name only: the engine compiles without it, and where it is missing there are none.
type Builtin =
  | string
  | number
  | bigint
  | boolean
  | null
  | undefined
  // biome-ignore lint/suspicious/noConfusingVoidType: what a function without result returns
  | void
  | Date
  | RegExp
  | Error
  | ArrayBuffer
  | ArrayBufferView
  | From<'Blob'>
  | From<'FileList'>
  | From<'ImageData'>
  | From<'ImageBitmap'>
  | From<'CryptoKey'>
  | From<'FileSystemHandle'>
  | From<'DOMRectReadOnly'>
  | From<'DOMMatrixReadOnly'>
  | From<'DOMPointReadOnly'>
  | From<'DOMQuad'>;

type IsAny<T> = 0 extends 1 & T ? true : false;
type Callable = ((...args: never) => unknown) | (abstract new (...args: never) => unknown);

/** T, with `never` where the structured clone algorithm would refuse or lose something. */
// Arrays are named, not left to the mapped type, which would go into their elements at once: JSON's type has no end.
export type Cloneable<T> =
  IsAny<T> extends true
    ? T
    : unknown extends T
      ? T
      : T extends Builtin
        ? T
        : T extends symbol | Callable
          ? never
          : T extends ReadonlyMap<infer K, infer V>
            ? ReadonlyMap<Cloneable<K>, Cloneable<V>>
            : T extends ReadonlySet<infer V>
              ? ReadonlySet<Cloneable<V>>
              : T extends readonly (infer V)[]
                ? readonly Cloneable<V>[]
                : { [K in keyof T]: Cloneable<T[K]> };

/** `never` if T can be cloned, or else what is wrong, to a depth of five: `"output.list[].onClick is a function"`. */
export type Check<T, Path extends string, Depth extends 0[] = []> = [T] extends [Cloneable<T>]
  ? never
  : Depth['length'] extends 5
    ? `${Path} holds something that cannot be cloned`
    : Problem<T, Path, [...Depth, 0]>;

type Problem<T, Path extends string, Depth extends 0[]> = T extends Builtin
  ? never
  : T extends symbol
    ? `${Path} is a symbol`
    : T extends Callable
      ? `${Path} is a function`
      : T extends PromiseLike<unknown>
        ? `${Path} is a promise`
        : T extends ReadonlyMap<infer K, infer V>
          ? Check<K, `${Path}.keys`, Depth> | Check<V, `${Path}.values`, Depth>
          : T extends ReadonlySet<infer V>
            ? Check<V, `${Path}.values`, Depth>
            : T extends readonly (infer V)[]
              ? Check<V, `${Path}[]`, Depth>
              : [Methods<T>] extends [never]
                ? { [K in keyof T & string]-?: Check<T[K], `${Path}.${K}`, Depth> }[keyof T & string]
                : `${Path}.${Methods<T>} is a function`;

// An object with methods is told by them alone: a DOM element leads to the whole document.
type Methods<T> = { [K in keyof T & string]-?: Extract<T[K], Callable> extends never ? never : K }[keyof T & string];
