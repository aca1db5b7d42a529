/**
 * SHA-256, piece by piece. The browser's own takes all bytes at once, and
 * those of a large file have no room in memory.
 */
const blockBytes = 64;

function firstPrimes(count: number) {
  const primes: number[] = [];
  for (let n = 2; primes.length < count; n++) {
    if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  }
  return primes;
}

/** As the standard has it: 32 bits of what follows the point. */
const bitsOf = (root: number) => (root % 1) * 2 ** 32;
const constants = Int32Array.from(
  firstPrimes(64).map((prime) => bitsOf(Math.cbrt(prime))),
);
const beginning = firstPrimes(8).map((prime) => bitsOf(Math.sqrt(prime)));

export class Sha256 {
  readonly #state = Int32Array.from(beginning);
  readonly #words = new Int32Array(64);
  /** Bytes that do not fill a block yet. */
  readonly #rest = new Uint8Array(blockBytes);
  #bytes = 0;

  update(bytes: Uint8Array): void {
    const filled = this.#bytes % blockBytes;
    this.#bytes += bytes.length;
    let at = 0;
    if (filled > 0) {
      at = Math.min(blockBytes - filled, bytes.length);
      this.#rest.set(bytes.subarray(0, at), filled);
      if (filled + at < blockBytes) return;
      this.#mix(this.#rest, 0);
    }
    for (; at + blockBytes <= bytes.length; at += blockBytes) {
      this.#mix(bytes, at);
    }
    this.#rest.set(bytes.subarray(at));
  }

  /** In hexadecimal. Nothing can be added after it. */
  digest(): string {
    const bits = BigInt(this.#bytes) * 8n;
    const filled = this.#bytes % blockBytes;
    // A one, zeros, and the length at the end of a block.
    const end = new Uint8Array(filled < 56 ? 64 - filled : 128 - filled);
    end[0] = 0x80;
    new DataView(end.buffer).setBigUint64(end.length - 8, bits);
    this.update(end);
    const hex = (word: number) =>
      (word >>> 0).toString(16).padStart(8, '0');
    return Array.from(this.#state, hex).join('');
  }

  #mix(bytes: Uint8Array, start: number): void {
    const words = this.#words;
    for (let i = 0, at = start; i < 16; i++, at += 4) {
      words[i] =
        (bytes[at]! << 24) |
        (bytes[at + 1]! << 16) |
        (bytes[at + 2]! << 8) |
        bytes[at + 3]!;
    }
    for (let i = 16; i < 64; i++) {
      const early = words[i - 15]!;
      const late = words[i - 2]!;
      words[i] =
        words[i - 16]! +
        (turn(early, 7) ^ turn(early, 18) ^ (early >>> 3)) +
        words[i - 7]! +
        (turn(late, 17) ^ turn(late, 19) ^ (late >>> 10));
    }
    const state = this.#state;
    // One by one: this is where the time goes.
    let a = state[0]!;
    let b = state[1]!;
    let c = state[2]!;
    let d = state[3]!;
    let e = state[4]!;
    let f = state[5]!;
    let g = state[6]!;
    let h = state[7]!;
    for (let i = 0; i < 64; i++) {
      const first =
        (h +
          (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) +
          ((e & f) ^ (~e & g)) +
          constants[i]! +
          words[i]!) |
        0;
      const second =
        (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) +
        ((a & b) ^ (a & c) ^ (b & c));
      h = g;
      g = f;
      f = e;
      e = (d + first) | 0;
      d = c;
      c = b;
      b = a;
      a = (first + second) | 0;
    }
    state[0]! += a;
    state[1]! += b;
    state[2]! += c;
    state[3]! += d;
    state[4]! += e;
    state[5]! += f;
    state[6]! += g;
    state[7]! += h;
  }
}

/** To the right, and round. */
function turn(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by));
}
