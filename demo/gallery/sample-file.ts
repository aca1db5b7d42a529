/** A file for those who have none at hand: of random bytes, as those of a video are. */
export function makeSampleFile(): File {
  const mostAtOnce = 65_536;
  const pieces = Array.from({ length: 306 }, () => crypto.getRandomValues(new Uint8Array(mostAtOnce)));
  return new File(pieces, 'sample.bin', { lastModified: 0 });
}
