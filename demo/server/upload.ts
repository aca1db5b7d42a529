/**
 * One file as it comes in. Each part is written to its own place in one temporary file, so at the end there is nothing
 * to be put together. That file loses its name as soon as it is open: whatever ends this process, nothing is left.
 */
import { createHash, randomUUID } from 'node:crypto';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Arrival, partBytes, type Received, type UploadStatus } from './protocol';
import { Refusal } from './refusal';

/** More than any upload needs, unless somebody sends one part for ever. */
const mostArrivals = 20_000;

interface Part {
  readonly key: string;
  readonly bytes: number;
}

export class Upload {
  readonly #arrivals: Arrival[] = [];
  /** How often each part came, by number. */
  readonly #times = new Map<number, number>();
  /** Those that are here, by number. */
  readonly #parts = new Map<number, Part>();
  #file: Promise<FileHandle> | undefined;
  #finishing: Promise<Received> | undefined;
  #received: Received | undefined;

  get status(): UploadStatus {
    return { arrivals: this.#arrivals, received: this.#received };
  }

  /** A part comes. @returns how often it has come by now */
  announce(part: number, key: string): number {
    if (this.#arrivals.length >= mostArrivals) throw new Refusal(409, 'This upload has sent too much.');
    const known = this.#parts.get(part);
    if (known && known.key !== key) throw new Refusal(409, `Part ${part} came with another key before.`);
    if (!known && this.#finishing) throw new Refusal(409, 'This upload has ended.');
    this.#arrivals.push({ part, key, at: Date.now() });
    const times = (this.#times.get(part) ?? 0) + 1;
    this.#times.set(part, times);
    return times;
  }

  /** Keeps a part. One that is here already is not written again: its key says that it is the same. */
  async keep(part: number, key: string, content: Buffer): Promise<void> {
    if (this.#parts.has(part)) return;
    const file = await this.#open();
    await file.write(content, 0, content.length, part * partBytes);
    this.#parts.set(part, { key, bytes: content.length });
  }

  /** Measures and hashes the file, once all of its parts are here. Asked again, it gives the same. */
  finish(count: number): Promise<Received> {
    this.#checkWhole(count);
    this.#finishing ??= this.#finish();
    return this.#finishing;
  }

  /** Lets go of what is stored. */
  async close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await (await file)?.close();
  }

  #checkWhole(count: number): void {
    const parts = Array.from({ length: count }, (_, part) => this.#parts.get(part));
    const here = parts.filter((part) => part !== undefined).length;
    if (here < count) {
      throw new Refusal(
        409,
        `The server has ${here} of ${count} parts. It was started anew meanwhile: upload it again.`,
      );
    }
    const isShort = parts.some((part, i) => i < count - 1 && part?.bytes !== partBytes);
    if (isShort || this.#parts.size > count) throw new Refusal(409, 'These parts are of no one file.');
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
    const repeated = [...this.#times.values()].filter((times) => times > 1).length;
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
