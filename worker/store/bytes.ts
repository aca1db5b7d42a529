/** About how many bytes are written for a value: the Blobs in it, its buffers and strings. The rest hardly counts. */
export function bytesOf(value: unknown, seen = new Set<object>()): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null || seen.has(value)) return 0;
  seen.add(value);
  if (value instanceof Blob) return value.size;
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return value.byteLength;
  const parts = value instanceof Map ? [...value.keys(), ...value.values()] : value instanceof Set ? value : undefined;
  let bytes = 0;
  for (const part of parts ?? Object.values(value)) bytes += bytesOf(part, seen);
  return bytes;
}
