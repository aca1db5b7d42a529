/**
 * Checks what callers give before it travels: here the error has the caller's stack, and says what was meant. Types
 * catch most of it, but not in plain JavaScript, and not what comes from a form or an address.
 */
import { type Duration, durationMs } from '../core/duration';
import { checkName, checkTags } from '../core/names';
import { closest } from '../core/suggest';
import type { RuntimeStatus } from '../core/types/instance';
import type { Filter, OnExisting } from '../protocol';

/** What is read at once lies in memory, in the worker and on the page. */
const maxAtOnce = 10_000;
/** The last moment that a Date can be, in milliseconds since 1970. */
const lastMs = 8.64e15;

/** @throws TypeError unless it is a date */
export function checkDate(date: unknown, what: string): asserts date is Date {
  if (!(date instanceof Date)) throw new TypeError(`${what} must be a Date, not ${describe(date)}`);
  if (Number.isNaN(date.getTime())) throw new TypeError(`${what} is an invalid Date`);
}

/** A date, or the one that lies so far ahead. @throws TypeError, RangeError */
export function startDate(startAt: Date | Duration): Date {
  if (startAt instanceof Date) {
    checkDate(startAt, 'startAt');
    return startAt;
  }
  const ms = Date.now() + durationMs(startAt);
  if (ms > lastMs) throw new RangeError(`startAt lies too far ahead: ${startAt}`);
  return new Date(ms);
}

/** @throws TypeError */
export function checkOnExisting(value: unknown): asserts value is OnExisting {
  checkOneOf(value, ['replaceTerminal', 'reject', 'replace', 'return'], 'onExisting');
}

/** @throws TypeError */
export function checkOrder(value: unknown): asserts value is 'newest' | 'oldest' {
  checkOneOf(value, ['newest', 'oldest'], 'order');
}

/** @throws TypeError */
export function checkText(value: unknown, what: string): asserts value is string {
  if (typeof value !== 'string') throw new TypeError(`${what} must be a string, not ${describe(value)}`);
}

/** @throws RangeError unless it is a whole number that fits into memory */
export function checkAmount(value: unknown, what: 'pageSize' | 'limit'): asserts value is number {
  if (!Number.isInteger(value) || (value as number) < 1 || (value as number) > maxAtOnce) {
    throw new RangeError(
      `${what} must be a whole number from 1 to ${maxAtOnce.toLocaleString('en')}, not ${describe(value)}`,
    );
  }
}

const runtimeStatuses: readonly RuntimeStatus[] = [
  'Pending',
  'Running',
  'Suspended',
  'Completed',
  'Failed',
  'Terminated',
];

const checks: { readonly [K in keyof Filter]-?: (value: unknown, what: K) => void } = {
  name: checkText,
  idPrefix: checkText,
  parent: (value) => checkName(value, 'an instance id'),
  tags: checkTags,
  createdTimeFrom: checkDate,
  createdTimeTo: checkDate,
  lastUpdatedTimeFrom: checkDate,
  lastUpdatedTimeTo: checkDate,
  runtimeStatus(value) {
    if (!Array.isArray(value)) throw new TypeError(`runtimeStatus must be a list of statuses, not ${describe(value)}`);
    for (const each of value) checkOneOf(each, runtimeStatuses, 'a runtimeStatus');
  },
};

/**
 * What a filter says, without what it leaves open.
 * @throws TypeError also for what no filter has: a misspelt one would match far too much
 */
export function checkedFilter(given: object): Filter {
  const filter: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(given)) {
    if (!Object.hasOwn(checks, key)) {
      const suggestion = closest(key, Object.keys(checks));
      throw new TypeError(`there is no filter '${key}'${suggestion ? `; did you mean '${suggestion}'?` : ''}`);
    }
    if (value === undefined) continue;
    (checks[key as keyof Filter] as (value: unknown, what: string) => void)(value, key);
    filter[key] = value;
  }
  return filter;
}

function checkOneOf(value: unknown, known: readonly string[], what: string): void {
  if (known.includes(value as string)) return;
  const names = known.map((each) => `'${each}'`).join(', ');
  throw new TypeError(`${what} must be one of ${names}, not ${describe(value)}`);
}

function describe(value: unknown): string {
  if (typeof value === 'string') return `'${value.slice(0, 40)}'`;
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return String(value);
  return Array.isArray(value) ? 'an array' : value === undefined ? 'undefined' : `a ${typeof value}`;
}
