/** The file's SHA-256, in hexadecimal. */
export async function hash(file: File): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', await file.arrayBuffer());
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** A picture's size in pixels. */
export async function measure(file: File): Promise<{ width: number; height: number }> {
  const picture = await decode(file);
  const { width, height } = picture;
  picture.close();
  return { width, height };
}

/** A small JPEG of a picture, at most 240 by 180 pixels. */
export async function thumbnail(file: File): Promise<Blob> {
  const picture = await decode(file);
  const scale = Math.min(240 / picture.width, 180 / picture.height, 1);
  const canvas = new OffscreenCanvas(Math.ceil(picture.width * scale), Math.ceil(picture.height * scale));
  const pen = canvas.getContext('2d')!;
  pen.imageSmoothingQuality = 'high';
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  return canvas.convertToBlob({ type: 'image/jpeg', quality: 0.85 });
}

async function decode(file: File): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(file);
  } catch (cause) {
    throw new Error(`${file.name} is no picture that this browser can read`, { cause });
  }
}
