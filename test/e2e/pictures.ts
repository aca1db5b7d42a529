/** Picture files, made here: real PNGs of different sizes, each with a colour of its own in its middle. */
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';

export interface Picture {
  readonly path: string;
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly bytes: number;
  readonly sha256: string;
  /** Red, green and blue in its middle. */
  readonly color: readonly [number, number, number];
}

export async function makePictures(folder: string, count: number): Promise<Picture[]> {
  await mkdir(folder, { recursive: true });
  return Promise.all(
    Array.from({ length: count }, async (_, i) => {
      const name = `photo ${String(i + 1).padStart(2, '0')}.png`;
      const path = join(folder, name);
      const width = 1_500 + 37 * i;
      const height = 2_000 - 23 * i;
      const color = [70 * (i % 4), 70 * (Math.floor(i / 4) % 4), 100 * Math.floor(i / 16)] as const;
      const png = encode(width, height, color);
      await writeFile(path, png);
      const sha256 = createHash('sha256').update(png).digest('hex');
      return { path, name, width, height, bytes: png.length, sha256, color };
    }),
  );
}

/** A plain middle within diagonal stripes. */
function encode(width: number, height: number, [red, green, blue]: readonly [number, number, number]): Buffer {
  const rows = Buffer.alloc((1 + 3 * width) * height);
  let at = 0;
  for (let y = 0; y < height; y++) {
    at++; // The row's filter: none.
    for (let x = 0; x < width; x++) {
      const isMiddle = Math.abs(x / width - 0.5) < 0.25 && Math.abs(y / height - 0.5) < 0.25;
      const shade = isMiddle ? 0 : (x + y) % 64;
      rows[at++] = red + shade;
      rows[at++] = green + shade;
      rows[at++] = blue + shade;
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2], 8); // Eight bits each of red, green and blue.
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows, { level: 1 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}
