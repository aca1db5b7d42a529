import { Upload } from './upload';

/** With at most 2 GB each. */
const mostUploads = 8;

/** The uploads that the server knows. The one that nobody has asked for the longest makes room for a new one. */
export class Uploads {
  /** The one that was asked for last stands at the end. */
  readonly #uploads = new Map<string, Upload>();

  find(id: string): Upload | undefined {
    return this.#uploads.get(id);
  }

  /** One that is not known begins. */
  get(id: string): Upload {
    const upload = this.#uploads.get(id) ?? new Upload();
    this.#uploads.delete(id);
    this.#uploads.set(id, upload);
    const [oldest] = this.#uploads.keys();
    if (this.#uploads.size > mostUploads && oldest !== undefined) {
      void this.#uploads.get(oldest)?.close();
      this.#uploads.delete(oldest);
    }
    return upload;
  }

  async close(): Promise<void> {
    const uploads = [...this.#uploads.values()];
    this.#uploads.clear();
    await Promise.all(uploads.map((upload) => upload.close()));
  }
}
