/** A value as one would write it in JavaScript. Files have no source; they stand there as a variable of that name. */
export function sourceOf(value: unknown): string {
  if (typeof value === 'string') return quote(value);
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) {
    if (value.some((item) => item instanceof File)) return 'files';
    return `[${value.map(sourceOf).join(', ')}]`;
  }
  if (value instanceof File) return 'file';
  const properties = Object.entries(value).map(([key, item]) => `${key}: ${sourceOf(item)}`);
  return properties.length === 0 ? '{}' : `{ ${properties.join(', ')} }`;
}

function quote(text: string): string {
  return `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}
