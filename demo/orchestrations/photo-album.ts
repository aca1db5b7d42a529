import type { OrchestrationContext } from 'perdure';
import type * as activities from '../activities';

type Context = OrchestrationContext<
  typeof activities,
  { customStatus: { hashed: number; measured: number; thumbnails: number } }
>;

/** Fans out over pictures, and composes their thumbnails into one sheet. */
export async function photoAlbum(ctx: Context, files: File[]) {
  const counts = { hashed: 0, measured: 0, thumbnails: 0 };
  async function count<T>(what: keyof typeof counts, task: Promise<T>) {
    const result = await task;
    counts[what]++;
    ctx.setCustomStatus(counts);
    return result;
  }

  // All at once: the worker pool runs as many as the machine has use for.
  const pictures = await ctx.all(
    files.map(async (file) => {
      const [sha256, size, thumbnail] = await ctx.all([
        count('hashed', ctx.callActivity('hash', file)),
        count('measured', ctx.callActivity('measure', file)),
        count('thumbnails', ctx.callActivity('thumbnail', file)),
      ]);
      const { name, size: bytes } = file;
      return { photo: { name, sha256, ...size, bytes }, thumbnail };
    }),
  );
  const photos = pictures.map(({ photo }) => photo);
  const thumbnails = pictures.map(({ thumbnail }) => thumbnail);
  const names = photos.map(({ name }) => name);
  const sheet = await ctx.callActivity('contactSheet', {
    thumbnails,
    names,
  });
  return { sheet, photos };
}
