/**
 * What a command asks for, as it lies in the inbox: encoded as a whole. Its binary values are encoded apart and referred
 * to, as those of an event are, but lie beside it: the record is gone as soon as the owner has taken it.
 */
import { isEncoded, mapValue, type PayloadRef, payloadKey } from '../../src/core';
import type { Coding } from '../codec';

interface Sealed {
  sealed: unknown;
  binaries: readonly unknown[];
}

/** @throws PayloadError, CodecError */
export async function seal(request: unknown, coding: Coding): Promise<unknown> {
  if (!coding.isOn) return request;
  const binaries: object[] = [];
  const plain = mapValue(request, 'a command', {
    binary: (binary): PayloadRef => {
      const number = binaries.push(binary) - 1;
      return { [payloadKey]: { execution: 0, number, kind: 'binary', size: 0, type: '' } };
    },
  });
  const sealed: Sealed = {
    sealed: await coding.encode(plain),
    binaries: await Promise.all(binaries.map((binary) => coding.encodePayload(binary, true))),
  };
  return sealed;
}

/** @throws PayloadError, CodecError */
export async function open(stored: unknown, coding: Coding): Promise<unknown> {
  const { sealed, binaries = [] } = (typeof stored === 'object' && stored !== null ? stored : {}) as Partial<Sealed>;
  if (!isEncoded(sealed)) return stored;
  const opened = await Promise.all(binaries.map((binary) => coding.decodePayload(binary)));
  return mapValue(await coding.decode(sealed), 'a command', {
    reference: (ref) => opened[ref[payloadKey].number],
  });
}
