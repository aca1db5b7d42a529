/** What of a value can be moved to another worker instead of being copied. */
import { mapValue } from '../../src/core/values';

/** Each once, as `postMessage` wants them. */
export function transferablesIn(value: unknown): Transferable[] {
  const found = new Set<Transferable>();
  mapValue(value, 'a value to transfer', {
    binary(binary) {
      if (ArrayBuffer.isView(binary)) {
        if (binary.buffer instanceof ArrayBuffer) found.add(binary.buffer);
      } else if (binary instanceof ArrayBuffer || isImageBitmap(binary)) {
        found.add(binary);
      }
      return binary;
    },
  });
  return [...found];
}

/** Not every place that runs activities has them. */
function isImageBitmap(value: object): value is ImageBitmap {
  return typeof ImageBitmap !== 'undefined' && value instanceof ImageBitmap;
}
