/**
 * One file as it comes in. Each part is written to its own place in one temporary file, so at the end there is nothing
 * to be put together. That file has lost its name as soon as it is open: whatever ends this process, nothing is left.
 */
import { createHash, randomUUID } from 'node:crypto';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Arrival, partBytes, type Received, type UploadStatus } from './protocol';
import { Refusal } from './refusal';

/** More than any upload needs, unless somebody sends the same part for ever. */
const mostArrivals = 50_000;

interface Part {
  readonly key: string;
  readonly bytes: number;
}

export class Upload {
  readonly #arrivals: Arrival[] = [];
  /** Those that are here, by number. */
  readonly #parts = new Map<number, Part>();
  #file: Promise<FileHandle> | undefined;
  #finishing: Promise<Received> | undefined;
  #received: Received | undefined;

  get status(): UploadStatus {
    return { arrivals: this.#arrivals, received: this.#received };
  }

  /** Counts a part that comes. @returns how often it has come by now */
  announce(part: number, key: string): number {
    if (this.#arrivals.length >= mostArrivals) throw new Refusal(409, 'This upload has sent too much.');
    const known = this.#parts.get(part);
    if (known && known.key !== key) throw new Refusal(409, `Part ${part} came with another key before.`);
    if (!known && this.#finishing) throw new Refusal(409, 'This upload is complete.');
    this.#arrivals.push({ part, key, at: Date.now() });
    return this.#arrivals.filter((arrival) => arrival.part === part).length;
  }

  /** Takes a part. One that is here already is not written again: its key says that it is the same. */
  async take(part: number, key: string, body: AsyncIterable<Buffer>): Promise<void> {
    const start = part * partBytes;
    let bytes = 0;
    for await (const piece of body) {
      if (bytes + piece.length > partBytes) throw new Refusal(413, `A part has ${partBytes} bytes at most.`);
      if (!this.#parts.has(part)) await (await this.#open()).write(piece, 0, piece.length, start + bytes);
      bytes += piece.length;
    }
    if (!this.#parts.has(part)) this.#parts.set(part, { key, bytes });
  }

  /** Hashes the file, once all of its parts are here. Asked again, it answers the same. */
  async finish(count: number): Promise<Received> {
    this.#checkWhole(count);
    this.#finishing ??= this.#finish();
    return this.#finishing;
  }

  /** Lets go of what is stored. */
  async close(): Promise<void> {
    await (await this.#file)?.close();
    this.#file = undefined;
  }

  #checkWhole(count: number): void {
    const parts = Array.from({ length: count }, (_, part) => this.#parts.get(part));
    const here = parts.filter((part) => part !== undefined).length;
    if (here < count || this.#parts.size > count) {
      throw new Refusal(409, `The server has ${here} of ${count} parts. It was started anew meanwhile: upload it again.`);
    }
    const isShort = parts.some((part, i) => i < count - 1 && part?.bytes !== partBytes);
    if (isShort) throw new Refusal(409, `Every part but the last must have ${partBytes} bytes.`);
  }

  async #finish(): Promise<Received> {
    const hash = createHash('sha256');
    let bytes = 0;
    const file = await this.#open();
    for await (const piece of file.createReadStream({ start: 0, autoClose: false })) {
      hash.update(piece);
      bytes += piece.length;
    }
    await this.close();
    const times = Map.groupBy(this.#arrivals, ({ part }) => part);
    const repeated = [...times.values()].filter(({ length }) => length > 1).length;
    this.#received = { bytes, sha256: hash.digest('hex'), repeated };
    return this.#received;
  }

  #open(): Promise<FileHandle> {
    this.#file ??= openUnnamed();
    return this.#file;
  }
}

async function openUnnamed(): Promise<FileHandle> {
  const path = join(tmpdir(), `perdure-upload-${randomUUID()}`);
  const file = await open(path, 'wx+');
  await unlink(path);
  return file;
}
