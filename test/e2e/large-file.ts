/** A large file of random bytes, made here. */
import { createHash, randomFillSync } from 'node:crypto';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface LargeFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  delete(): Promise<void>;
}

const pieceBytes = 4_000_000;

export async function makeLargeFile(name: string, bytes: number): Promise<LargeFile> {
  const folder = await mkdtemp(join(tmpdir(), 'perdure-e2e-file-'));
  const path = join(folder, name);
  const hash = createHash('sha256');
  const file = await open(path, 'w');
  for (let left = bytes; left > 0; left -= pieceBytes) {
    const piece = randomFillSync(Buffer.alloc(Math.min(left, pieceBytes)));
    hash.update(piece);
    await file.write(piece);
  }
  await file.close();
  return { path, bytes, sha256: hash.digest('hex'), delete: () => rm(folder, { recursive: true, force: true }) };
}
