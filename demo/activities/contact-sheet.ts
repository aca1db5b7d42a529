const cell = { width: 264, height: 232, padding: 12 };

/** Draws thumbnails onto one sheet, with their names. */
export async function contactSheet(pictures: { thumbnail: Blob; name: string }[]): Promise<Blob> {
  const columns = Math.min(Math.ceil(Math.sqrt(pictures.length)), 8);
  const rows = Math.ceil(pictures.length / columns);
  const sheet = new OffscreenCanvas(columns * cell.width, rows * cell.height);
  const pen = sheet.getContext('2d')!;
  pen.fillStyle = '#fff';
  pen.fillRect(0, 0, sheet.width, sheet.height);
  pen.fillStyle = '#333';
  pen.font = '14px system-ui, sans-serif';
  pen.textAlign = 'center';

  for (const [i, { thumbnail, name }] of pictures.entries()) {
    const picture = await createImageBitmap(thumbnail);
    const left = (i % columns) * cell.width;
    const bottom = (Math.floor(i / columns) + 1) * cell.height - 40;
    pen.drawImage(picture, left + (cell.width - picture.width) / 2, bottom - picture.height);
    pen.fillText(shorten(name), left + cell.width / 2, bottom + 24, cell.width - 2 * cell.padding);
    picture.close();
  }
  return sheet.convertToBlob({ type: 'image/jpeg', quality: 0.9 });
}

function shorten(name: string): string {
  return name.length > 32 ? `${name.slice(0, 20)}…${name.slice(-10)}` : name;
}
