/**
 * Lists of small objects as text. To clone many of them, into the storage or to another worker, takes a browser several
 * times as long as to write them as JSON and clone that. What JSON would change (a Date, a Blob, NaN, an object that is met
 * twice) goes beside the text as it is, and the text has its number there.
 */

export type Packed<T> = string | { text: string; apart: readonly T[] } | readonly T[];

/** What is nested deeper than this is not written as text. */
const mostNesting = 100;

export function pack<T extends object>(items: readonly T[]): Packed<T> {
  if (items.every((item) => isPlain(item))) return JSON.stringify(items);
  const apart: T[] = [];
  const told = items.map((item) => (isPlain(item) ? item : apart.push(item) - 1));
  return { text: JSON.stringify(told), apart };
}

/** Undefined if it was not stored by {@link pack}. */
export function unpack<T extends object>(packed: Packed<T> | undefined): T[] | undefined {
  try {
    if (Array.isArray(packed)) return packed;
    const { text, apart = [] } =
      typeof packed === 'string' ? { text: packed } : (packed as { text: string; apart: T[] });
    const told: unknown = JSON.parse(text);
    if (!Array.isArray(told)) return undefined;
    return apart.length === 0 ? told : told.map((item: T | number) => (typeof item === 'number' ? apart[item]! : item));
  } catch {
    return undefined;
  }
}

/**
 * Whether JSON gives it back as it is. It is asked of all that is written, so it makes no objects but where there are
 * objects in objects.
 * @param met the objects around it and beside it, none of which may come again
 */
export function isPlain(value: object, met?: Set<object>, depth = 0): boolean {
  // A list that was damaged can hold anything.
  if (typeof value !== 'object' || value === null) return false;
  let known = met;
  if (Array.isArray(value)) {
    // A hole is read as undefined.
    for (let i = 0; i < value.length; i++) {
      const item: unknown = value[i];
      if (isPlainPrimitive(item)) continue;
      if (typeof item !== 'object') return false;
      known ??= new Set([value]);
      if (!isPlainPart(item as object, known, depth)) return false;
    }
    return Object.keys(value).length === value.length;
  }
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  for (const key in value) {
    const item: unknown = value[key as keyof typeof value];
    if (isPlainPrimitive(item)) continue;
    if (typeof item !== 'object') return false;
    known ??= new Set([value]);
    if (!isPlainPart(item as object, known, depth)) return false;
  }
  return true;
}

function isPlainPart(item: object, met: Set<object>, depth: number): boolean {
  if (met.has(item) || depth >= mostNesting) return false;
  met.add(item);
  return isPlain(item, met, depth + 1);
}

function isPlainPrimitive(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value) && (value !== 0 || 1 / value > 0);
  return typeof value === 'string' || typeof value === 'boolean' || value === null;
}
