/**
 * Within a turn `setTimeout` makes a durable timer. What was handed to a timer or queue outside of turns may come to run
 * while a turn waits for its hop; it is not the orchestrator's, so it runs outside then too.
 */
import { outside } from './guard';
import { type Inside, replace } from './replace';

export function guardTimers(): void {
  replace(globalThis, 'setTimeout', setTimeout, withCallbackOutside);
  // Browsers take the number of a timer in either.
  for (const name of ['clearTimeout', 'clearInterval']) {
    replace(globalThis, name, (turn, [timer]) => {
      if (typeof timer === 'number') turn.clearTimeout(timer);
    });
  }
  replace(globalThis, 'queueMicrotask', (_turn, args, original) => original(args), withCallbackOutside);
}

const setTimeout: Inside = (turn, [callback, ms, ...args]) => {
  if (typeof callback !== 'function') throw turn.forbid('setTimeout without a function', 'pass it a function');
  const delay = Math.trunc(Number(ms));
  return turn.setTimeout(
    () => {
      Reflect.apply(callback, globalThis, args);
    },
    Number.isFinite(delay) ? Math.max(0, delay) : 0,
  );
};

/** Of a call whose first argument is a callback. */
export function withCallbackOutside(args: readonly unknown[]): readonly unknown[] {
  const [callback, ...others] = args;
  if (typeof callback !== 'function') return args;
  function callOutside(this: unknown, ...given: unknown[]): unknown {
    return outside(() => Reflect.apply(callback as () => unknown, this, given));
  }
  return [callOutside, ...others];
}
