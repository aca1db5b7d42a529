import { useSyncExternalStore } from 'react';
import type { Live } from '../client/types';

/**
 * A live value as a component sees it: subscribed while it is mounted.
 *
 * @param onServer what is shown where there is no hub: on a server, and until what it has rendered is hydrated
 */
export function useLive<T>(live: Live<T>, onServer: T): T {
  return useSyncExternalStore(live.subscribe, live.get, () => onServer);
}

/** A value that does not change. */
export function still<T>(value: T): Live<T> {
  return { get: () => value, subscribe: () => () => {} };
}

interface Unwatchable {
  readonly state: 'error';
  readonly instance?: undefined;
  readonly error: Error;
}

/**
 * What `watch` gives, or what it throws as a view. An id may come from the address bar: one that is too long should
 * show as an error in its place, and not unmount the page.
 */
export function watchSafely<T>(watch: () => Live<T>): Live<T | Unwatchable> {
  try {
    return watch();
  } catch (error) {
    return still({ state: 'error', error: error as Error });
  }
}
