import type { OrchestrationContext } from 'perdure';
import type * as activities from '../activities';

export interface Photo {
  name: string;
  sha256: string;
  width: number;
  height: number;
  bytes: number;
}

type Context = OrchestrationContext<
  typeof activities,
  { customStatus: { hashed: number; measured: number; thumbnails: number } }
>;

/** Fans out over pictures, three activities for each, and composes what comes back into one sheet. */
export async function photoAlbum(ctx: Context, files: File[]): Promise<{ sheet: Blob; photos: Photo[] }> {
  const counts = { hashed: 0, measured: 0, thumbnails: 0 };
  async function counted<T>(what: keyof typeof counts, task: Promise<T>): Promise<T> {
    const result = await task;
    counts[what]++;
    ctx.setCustomStatus(counts);
    return result;
  }

  // All are called at once. The pool of workers runs as many at a time as the machine has use for.
  const pictures = await ctx.all(
    files.map(async (file) => {
      const [sha256, { width, height }, thumbnail] = await ctx.all([
        counted('hashed', ctx.callActivity('hash', file)),
        counted('measured', ctx.callActivity('measure', file)),
        counted('thumbnails', ctx.callActivity('thumbnail', file)),
      ]);
      return { thumbnail, photo: { name: file.name, sha256, width, height, bytes: file.size } };
    }),
  );
  const photos = pictures.map(({ photo }) => photo);
  const sheet = await ctx.callActivity(
    'contactSheet',
    pictures.map(({ thumbnail, photo }) => ({ thumbnail, name: photo.name })),
  );
  return { sheet, photos };
}
