/** Within a turn all randomness comes from the execution, which draws the same again on replay. */
import type { Guarded } from './guard';
import { replace } from './replace';

export function guardRandom(): void {
  replace(Math, 'random', (turn) => turn.random());
  replace(globalThis.crypto, 'randomUUID', randomUUID);
  replace(globalThis.crypto, 'getRandomValues', (turn, args, original) => {
    // The original knows best what it refuses, and with which error.
    const filled = original(args) as ArrayBufferView;
    fill(new Uint8Array(filled.buffer, filled.byteOffset, filled.byteLength), turn);
    return filled;
  });
}

/** The bytes are in the same order on every machine. */
function fill(bytes: Uint8Array, turn: Guarded): void {
  let word = 0;
  for (let i = 0; i < bytes.length; i++) {
    word = i % 4 === 0 ? Math.floor(turn.random() * 2 ** 32) : word >>> 8;
    bytes[i] = word & 0xff;
  }
}

/** Version 4, as RFC 9562 has it. */
function randomUUID(turn: Guarded): string {
  const bytes = new Uint8Array(16);
  fill(bytes, turn);
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
