/**
 * Chance that is the same on replay: sfc32, a small generator of good quality, started from the SHA-1 of a text.
 */
import { sha1 } from './sha1';
import { utf8 } from './utf8';

/** Gives numbers of 0 or more and below 1; the same text gives the same ones. */
export function chance(seed: string): () => number {
  const view = new DataView(sha1(Uint8Array.from(utf8(seed))).buffer);
  let [a, b, c, counter] = [view.getInt32(0), view.getInt32(4), view.getInt32(8), view.getInt32(12)];
  return () => {
    const drawn = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + drawn) | 0;
    return (drawn >>> 0) / 2 ** 32;
  };
}
