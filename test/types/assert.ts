/*
 * The tests in this folder are compiled and never run: `npm run typecheck` is their runner. A line below
 * `@ts-expect-error` must not compile.
 */

/** Whether two types are the same, to the last modifier. */
export type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Compiles for `true` only: `holds<Same<typeof x, string>>()`. */
export declare function holds<T extends true>(): T;
