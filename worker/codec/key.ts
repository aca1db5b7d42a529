/**
 * A key may be there at once, or come from a database, a server or a page, later or not at all. It is asked for when it
 * is first needed; a failure is not remembered, since a user who had not signed in may have done so since.
 */
import { CodecError, toFailure } from '../../src/core/errors';
import { outside } from '../determinism';

/** An AES-GCM key, or what gives it. */
export type KeySource = CryptoKey | (() => CryptoKey | Promise<CryptoKey>);

/** Gives the key, and asks for it once; again, when that failed. @param id names it in errors */
export function remembered(source: KeySource, id: string): () => Promise<CryptoKey> {
  let asked: Promise<CryptoKey> | undefined;
  return () => {
    asked ??= ask(source).catch((cause: unknown) => {
      asked = undefined;
      throw new CodecError(`${nameOf(id)} is not to be had: ${toFailure(cause).message}`, { cause });
    });
    return asked;
  };
}

async function ask(source: KeySource): Promise<CryptoKey> {
  const key: unknown = typeof source === 'function' ? await outside(source) : source;
  if (!(key instanceof CryptoKey)) throw new TypeError('what was supplied is no CryptoKey');
  return key;
}

/** A key as errors name it. */
export function nameOf(id: string): string {
  return id === '' ? 'the key' : `the key '${id}'`;
}
