/** What activities give: made of their input alone, so that whoever knows the plan knows what must come out. */

/** The result of a step: another one for each instance and step. */
export function resultOf(nonce: string, step: number): number {
  let hash = 0x811c9dc5 ^ step;
  for (let i = 0; i < nonce.length; i++) hash = Math.imul(hash ^ nonce.charCodeAt(i), 0x01000193);
  return (hash >>> 0) % 1_000_000;
}

/** What a chain or a fan of so many steps comes to. */
export function sumOf(nonce: string, steps: number): number {
  let sum = 0;
  for (let step = 0; step < steps; step++) sum += resultOf(nonce, step);
  return sum;
}

export function bytesOf(seed: number, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let state = seed | 1;
  for (let i = 0; i < length; i++) {
    state = Math.imul(state, 1_664_525) + 1_013_904_223;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

export function checksum(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
