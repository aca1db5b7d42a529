/** A call as one would write it, to be shown and copied: `client.raiseEvent('order-7', 'addname', 'Edsger')`. */
export function callSource(method: string, ...args: unknown[]): string {
  return `client.${method}(${args.map(valueSource).join(', ')})`;
}

const identifier = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

/** A JSON value in JavaScript. */
export function valueSource(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return `[${value.map(valueSource).join(', ')}]`;
  // In a literal, this key alone would set the prototype instead.
  const name = (key: string) => (key === '__proto__' ? "['__proto__']" : identifier.test(key) ? key : quoted(key));
  const properties = Object.entries(value).map(([key, item]) => `${name(key)}: ${valueSource(item)}`);
  return properties.length === 0 ? '{}' : `{ ${properties.join(', ')} }`;
}

function quoted(text: string): string {
  const inner = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'");
  return `'${inner}'`;
}
