/** Functions that run in the page: they make large values there, start what takes them, and hash what comes out. */

declare global {
  interface Window {
    /** In hexadecimal. */
    sha256(data: BlobPart): Promise<string>;
  }
}

/** What the others need, in every page anew. */
export function addSha256(): void {
  window.sha256 = async (data) => {
    const digest = await crypto.subtle.digest('SHA-256', await new Blob([data]).arrayBuffer());
    return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
  };
}

/** A text of a megabyte, which an activity takes and gives, and the output holds. */
export async function makeLongName(): Promise<{ id: string; sha256: string }> {
  const name = Array.from({ length: 25_000 }, () => crypto.randomUUID()).join(' and ä ');
  const id = await window.durable.startNew('collectNames', { input: { names: [name] } });
  return { id, sha256: await window.sha256(name) };
}

export async function sha256OfName(id: string): Promise<{ inInput: string; inOutput: string }> {
  const { output } = await window.durable.waitForCompletion<'collectNames'>(id);
  const { input } = await window.durable.getStatus<'collectNames'>(id);
  return { inInput: await window.sha256(input!.names[0]!), inOutput: await window.sha256(output[0]!) };
}

/** A file of random bytes, sent to the demo's server. */
export async function makeUpload(): Promise<{ id: string; bytes: number; sha256: string }> {
  const bytes = new Uint8Array(6_000_000);
  // It gives so many at a time.
  for (let at = 0; at < bytes.length; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  const file = new File([bytes], 'random.bin');
  const server = new URL('uploads/', document.baseURI).href;
  const id = await window.durable.startNew('uploadFile', { input: { file, server, network: 'good' } });
  return { id, bytes: bytes.length, sha256: await window.sha256(bytes) };
}

/** Of the file that an upload was given, as it lies in the storage. */
export async function sha256OfFile(id: string): Promise<string> {
  const { input } = await window.durable.getStatus<'uploadFile'>(id);
  return window.sha256(input!.file);
}

/** Pictures of noise, which do not get smaller by being packed. */
export async function makeAlbum(): Promise<{ id: string; sha256: string[] }> {
  const files: File[] = [];
  for (let i = 0; i < 3; i++) {
    const canvas = new OffscreenCanvas(1_000, 700);
    const pen = canvas.getContext('2d')!;
    const picture = pen.createImageData(canvas.width, canvas.height);
    for (let at = 0; at < picture.data.length; at += 65_536) {
      crypto.getRandomValues(picture.data.subarray(at, at + 65_536));
    }
    pen.putImageData(picture, 0, 0);
    files.push(new File([await canvas.convertToBlob({ type: 'image/png' })], `noise ${i}.png`));
  }
  const id = await window.durable.startNew('photoAlbum', { input: files });
  return { id, sha256: await Promise.all(files.map(window.sha256)) };
}

/** Of an album's sheet: as the last activity gave it, and as it is the output. */
export async function sha256OfSheet(id: string): Promise<{ inHistory: string; inOutput: string }> {
  const { history = [], output } = await window.durable.getStatus<'photoAlbum'>(id, { showHistory: true });
  const last = history.findLast((event) => event.type === 'TaskCompleted');
  if (last?.type !== 'TaskCompleted') throw new Error('no activity was completed');
  return { inHistory: await window.sha256(last.result as Blob), inOutput: await window.sha256(output!.sheet) };
}
