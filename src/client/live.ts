/**
 * Values that follow the hub. Each is a small zustand store; it is fed as long as somebody is subscribed, and several
 * subscribers share one watch.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Live } from './types';

/**
 * @param initial what is shown before anything is known
 * @param follow begins to feed the value when the first subscriber comes, and gives what ends it
 */
export function createLive<T>(
  initial: T,
  follow: (set: (value: T) => void) => () => void,
): Live<T> & { set(value: T): void } {
  const store: StoreApi<{ value: T }> = createStore(() => ({ value: initial }));
  const set = (value: T) => {
    if (value !== store.getState().value) store.setState({ value });
  };
  let subscribers = 0;
  let end: (() => void) | undefined;
  return {
    get: () => store.getState().value,
    set,
    subscribe(listener) {
      const unsubscribe = store.subscribe(listener);
      subscribers++;
      end ??= follow(set);
      let isSubscribed = true;
      return () => {
        if (!isSubscribed) return;
        isSubscribed = false;
        unsubscribe();
        subscribers--;
        // React takes a subscription down and up again in one go; the watch should not notice.
        queueMicrotask(() => {
          if (subscribers > 0) return;
          end?.();
          end = undefined;
        });
      };
    },
  };
}
