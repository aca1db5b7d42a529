import type { ActivityContext } from 'perdure';

/** The room for one thumbnail and its name. */
const width = 264;
const height = 232;

/** Draws thumbnails onto one sheet, with their names below. */
export async function contactSheet(
  input: { thumbnails: Blob[]; names: string[] },
  ctx: ActivityContext,
): Promise<Blob> {
  ctx.log(`${input.thumbnails.length} pictures`);
  const columns = Math.ceil(Math.sqrt(input.thumbnails.length));
  const rows = Math.ceil(input.thumbnails.length / columns);
  const sheet = new OffscreenCanvas(columns * width, rows * height);
  const pen = sheet.getContext('2d')!;
  pen.fillStyle = '#fff';
  pen.fillRect(0, 0, sheet.width, sheet.height);
  pen.fillStyle = '#333';
  pen.font = '16px Arial, sans-serif';
  pen.textAlign = 'center';

  for (const [i, thumbnail] of input.thumbnails.entries()) {
    const picture = await createImageBitmap(thumbnail);
    const middle = ((i % columns) + 0.5) * width;
    const bottom = Math.floor(i / columns) * height + 192;
    const left = Math.round(middle - picture.width / 2);
    pen.drawImage(picture, left, bottom - picture.height);
    const name = input.names[i]?.slice(0, 40) ?? '';
    pen.fillText(name, middle, bottom + 24, width - 24);
    picture.close();
  }
  return sheet.convertToBlob({ type: 'image/jpeg', quality: 0.9 });
}
