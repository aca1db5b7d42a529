/**
 * Values as text. What an instance takes and gives are structured clones, so beside JSON there are dates, maps, files
 * and bytes, and circles; all of it is shown by name and size, and none of it is ever read as markup.
 */
import { describeBinary, isPayloadRef, payloadKey } from '../core/payload';
import { formatBytes, formatCount, formatExact } from './format';

/** What a value holds, if it is one that can be opened. */
export interface Container {
  /** `Array(3)` */
  readonly title: string;
  readonly brackets: readonly [string, string];
  readonly size: number;
  /** The entries from `start` on, `count` at most. Of a set or an array in a preview, only the value is shown. */
  entries(start: number, count: number): (readonly [key: string, value: unknown])[];
  readonly keyed: boolean;
}

export function containerOf(value: unknown): Container | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value)) {
    return {
      title: `Array(${formatCount(value.length)})`,
      brackets: ['[', ']'],
      size: value.length,
      keyed: false,
      entries: (start, count) => value.slice(start, start + count).map((item, i) => [String(start + i), item]),
    };
  }
  if (value instanceof Map) {
    return {
      title: `Map(${formatCount(value.size)})`,
      brackets: ['Map {', '}'],
      size: value.size,
      keyed: true,
      entries: (start, count) => [...value].slice(start, start + count).map(([key, item]) => [preview(key, 40), item]),
    };
  }
  if (value instanceof Set) {
    return {
      title: `Set(${formatCount(value.size)})`,
      brackets: ['Set {', '}'],
      size: value.size,
      keyed: false,
      entries: (start, count) => [...value].slice(start, start + count).map((item, i) => [String(start + i), item]),
    };
  }
  if (Object.prototype.toString.call(value) !== '[object Object]' || isPayloadRef(value)) return undefined;
  const keys = Object.keys(value);
  return {
    title: `Object, ${formatCount(keys.length)} ${keys.length === 1 ? 'key' : 'keys'}`,
    brackets: ['{', '}'],
    size: keys.length,
    keyed: true,
    entries: (start, count) =>
      keys.slice(start, start + count).map((key) => [key, (value as Record<string, unknown>)[key]]),
  };
}

/** The text of what cannot be opened. */
export function describeLeaf(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (Object.is(value, -0)) return '-0';
  if (typeof value !== 'object' || value === null) return String(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : formatExact(value);
  if (value instanceof RegExp) return String(value);
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (isPayloadRef(value)) {
    const { size, type } = value[payloadKey];
    return `stored payload, ${formatBytes(size)}${type ? `, ${type}` : ''}`;
  }
  const tag = Object.prototype.toString.call(value).slice(8, -1);
  const { name, width, height } = value as { name?: unknown; width?: unknown; height?: unknown };
  const title = typeof name === 'string' && name !== '' ? `${tag} ${name}` : tag;
  if (value instanceof Blob || value instanceof ArrayBuffer || ArrayBuffer.isView(value)) {
    const { size, type } = describeBinary(value);
    return [title, formatBytes(size), ...(type === tag ? [] : [type])].join(', ');
  }
  return typeof width === 'number' && typeof height === 'number' ? `${title}, ${width} × ${height}` : title;
}

/** One line of at most about `budget` characters. */
export function preview(value: unknown, budget = 80, depth = 0): string {
  const container = containerOf(value);
  if (!container) return shorten(describeLeaf(value), budget);
  const [open, close] = container.brackets;
  if (container.size === 0) return `${open}${close}`;
  if (depth >= 2) return `${open} … ${close}`;
  const parts: string[] = [];
  let left = budget;
  for (const [key, item] of container.entries(0, 20)) {
    const part = `${container.keyed ? `${key}: ` : ''}${preview(item, Math.max(12, left), depth + 1)}`;
    left -= part.length + 2;
    if (left < 0 && parts.length > 0) break;
    parts.push(part);
  }
  if (parts.length < container.size) parts.push('…');
  return open === '[' ? `[${parts.join(', ')}]` : `${open} ${parts.join(', ')} ${close}`;
}

function shorten(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}
