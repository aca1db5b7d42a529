/**
 * Checks of what comes in from elsewhere, field by field. A library for this would be a tenth of the worker's size, and
 * it needs few kinds of fields: each check throws an error that says where, and what was to be there.
 */

/** @throws TypeError, RangeError, InvalidNameError unless the value is what it must be */
export type Check = (value: unknown, path: string) => void;

/** A check for each field of `T`: one that is added to the type is missing here until it has one. */
export type Fields<T> = { readonly [K in keyof T]-?: Check };

/** The last moment that a Date can be, in milliseconds since 1970. */
const lastMs = 8.64e15;

function must(what: string, holds: (value: unknown) => boolean): Check {
  return (value, path) => {
    if (!holds(value)) throw new TypeError(`${path} must be ${what}, not ${kindOf(value)}`);
  };
}

export const anything: Check = () => {};
export const nothing = must('absent', (value) => value === undefined);
export const text = must('a string', (value) => typeof value === 'string');
export const flag = must('true or false', (value) => typeof value === 'boolean');
export const yes = must('true', (value) => value === true);
export const number = must('a finite number', Number.isFinite);
export const amount = must('a number from 0 on', (value) => typeof value === 'number' && value >= 0);
export const duration = must('a finite number from 0 on', (value) => Number.isFinite(value) && (value as number) >= 0);
export const count = must('a whole number from 0 on', (value) => Number.isSafeInteger(value) && (value as number) >= 0);
export const time = must('a time', (value) => typeof value === 'number' && value >= 0 && value <= lastMs);
export const date = must('a valid Date', (value) => value instanceof Date && !Number.isNaN(value.getTime()));

export function oneOf(...known: readonly unknown[]): Check {
  return must(`one of ${known.join(', ')}`, (value) => known.includes(value));
}

/** It may be absent. */
export function maybe(check: Check): Check {
  return (value, path) => {
    if (value !== undefined) check(value, path);
  };
}

export function listOf(item: Check): Check {
  return (value, path) => {
    if (!Array.isArray(value)) throw new TypeError(`${path} must be a list, not ${kindOf(value)}`);
    for (let i = 0; i < value.length; i++) item(value[i], `${path}[${i}]`);
  };
}

/** With these fields and no others: whoever wrote another one meant something by it that would be passed over. */
export function object<T>(fields: Fields<T>): Check {
  const known = Object.entries<Check>(fields);
  return (value, path) => {
    checkObject(value, path);
    for (const key of Object.keys(value)) {
      if (!Object.hasOwn(fields, key))
        throw new TypeError(`${path} has a field that is not known: '${key.slice(0, 40)}'`);
    }
    for (const [key, check] of known) check(value[key], `${path}.${key}`);
  };
}

/** One of several kinds of objects, by the value of a field. */
export function variant(field: string, kinds: Readonly<Record<string, Check>>): Check {
  return (value, path) => {
    checkObject(value, path);
    const kind = value[field];
    if (typeof kind !== 'string' || !Object.hasOwn(kinds, kind)) {
      throw new TypeError(
        `${path}.${field} is none that is known: ${typeof kind === 'string' ? `'${kind.slice(0, 40)}'` : kindOf(kind)}`,
      );
    }
    kinds[kind]?.(value, path);
  };
}

function checkObject(value: unknown, path: string): asserts value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TypeError(`${path} must be an object, not ${kindOf(value)}`);
  }
}

function kindOf(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean' || value == null) return String(value);
  if (typeof value === 'object') return Array.isArray(value) ? 'a list' : 'an object';
  return `a ${typeof value}`;
}
