/** What durabletask-js takes from Node's `util/types`. */
/** @param {unknown} value */
export const isPromise = (value) => value instanceof Promise;
