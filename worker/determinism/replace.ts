/**
 * Puts a wrapper in the place of a global function. It stays there for good, so whoever takes hold of it, at whatever
 * moment, holds the wrapper; what it does is decided at each call. It is a proxy, so in all that can be seen of it
 * (name, length, statics, prototype, what it says of itself) it is the original.
 */
import { current, type Guarded } from './guard';

type Callable = (...args: unknown[]) => unknown;

/** What a call does within a turn. `original` is the function itself, with the call's `this`. */
export type Inside = (
  turn: Guarded,
  args: readonly unknown[],
  original: (args: readonly unknown[]) => unknown,
) => unknown;

/**
 * Replaces a function or class; does nothing if there is none.
 * @param argsOutside what to make of the arguments of a call outside of turns
 */
export function replace(
  owner: object | undefined,
  name: string,
  inside: Inside,
  argsOutside: (args: readonly unknown[]) => readonly unknown[] = (args) => args,
): void {
  const holder = holderOf(owner, name);
  const original: unknown = holder && Reflect.get(holder, name, owner);
  if (!holder || typeof original !== 'function') return;
  const wrapper: Callable = new Proxy(original as Callable, {
    apply: (target, self, args) =>
      current
        ? inside(current, args, (given) => Reflect.apply(target, self, given))
        : Reflect.apply(target, self, argsOutside(args)),
    construct(target, args, newTarget): object {
      const construct = (given: readonly unknown[]): object =>
        Reflect.construct(target, given, newTarget === wrapper ? target : newTarget);
      return current ? (inside(current, args, construct) as object) : construct(args);
    },
  });
  put(holder, name, wrapper);
  // Or else every object would lead back to the original.
  const prototype: unknown = Object.hasOwn(original, 'prototype') ? original.prototype : undefined;
  if (isObject(prototype) && prototype.constructor === original) put(prototype, 'constructor', wrapper);
}

/** Replaces what a property's getter gives; does nothing if there is no such getter. */
export function replaceGetter(
  owner: object | undefined,
  name: string,
  get: (original: () => unknown) => unknown,
): void {
  const holder = holderOf(owner, name);
  const descriptor = holder && Object.getOwnPropertyDescriptor(holder, name);
  const original = descriptor?.get;
  if (!holder || !original) return;
  Object.defineProperty(holder, name, {
    ...descriptor,
    get(this: unknown) {
      return get(() => Reflect.apply(original, this, []));
    },
  });
}

/** Gives a property a value, as visible and changeable as it was before. */
export function put(holder: object, name: string, value: unknown): void {
  const { enumerable = false, configurable = true } = Object.getOwnPropertyDescriptor(holder, name) ?? {};
  Object.defineProperty(holder, name, { value, writable: true, enumerable, configurable });
}

/** Where a property lies that an object has: methods of the platform mostly lie on a prototype. */
function holderOf(owner: object | undefined, name: string): object | undefined {
  for (let holder: object | null = owner ?? null; holder; holder = Object.getPrototypeOf(holder) as object | null) {
    if (Object.hasOwn(holder, name)) return holder;
  }
  return undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
