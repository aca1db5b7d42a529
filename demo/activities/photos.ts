import type { ActivityContext } from 'perdure';

/** The file's SHA-256, in hexadecimal. */
export async function hash(file: File, ctx: ActivityContext) {
  ctx.log(file.name);
  const bytes = await file.arrayBuffer();
  const digest = await crypto.subtle.digest('SHA-256', bytes);
  const hex = (byte: number) => byte.toString(16).padStart(2, '0');
  return Array.from(new Uint8Array(digest), hex).join('');
}

/** A picture's size in pixels. */
export function measure(file: File, ctx: ActivityContext) {
  ctx.log(file.name);
  return decoded(file, async ({ width, height }) => ({ width, height }));
}

/** A small JPEG of a picture, at most 240 by 180 pixels. */
export function thumbnail(file: File, ctx: ActivityContext): Promise<Blob> {
  ctx.log(file.name);
  return decoded(file, async (picture) => {
    const scale = Math.min(240 / picture.width, 180 / picture.height, 1);
    const width = Math.ceil(picture.width * scale);
    const height = Math.ceil(picture.height * scale);
    const canvas = new OffscreenCanvas(width, height);
    const pen = canvas.getContext('2d')!;
    pen.imageSmoothingQuality = 'high';
    pen.drawImage(picture, 0, 0, width, height);
    return canvas.convertToBlob({ type: 'image/jpeg', quality: 0.85 });
  });
}

let last: Promise<unknown> = Promise.resolve();

/** Decodes a picture. It is large then: each worker has one at a time. */
function decoded<T>(file: File, use: (bitmap: ImageBitmap) => Promise<T>) {
  const turn = last.then(async () => {
    const picture = await createImageBitmap(file).catch((cause) => {
      throw new Error(`This browser cannot read ${file.name}.`, { cause });
    });
    try {
      return await use(picture);
    } finally {
      picture.close();
    }
  });
  last = turn.catch(() => {});
  return turn;
}
