import type { ActivityContext } from 'perdure';
import { Sha256 } from './sha256';

/** So much is read at a time. */
const pieceBytes = 4_194_304;

/** The SHA-256 of a file of any size, in hexadecimal. */
export async function hashFile(file: File, ctx: ActivityContext) {
  const hash = new Sha256();
  for (let at = 0; at < file.size; at += pieceBytes) {
    ctx.signal.throwIfAborted();
    const piece = file.slice(at, at + pieceBytes);
    hash.update(new Uint8Array(await piece.arrayBuffer()));
    ctx.progress((at + piece.size) / file.size);
  }
  return hash.digest();
}
