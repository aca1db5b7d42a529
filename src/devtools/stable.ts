import { useCallback, useEffect, useRef } from 'react';

/** The same function each time, which calls the newest: what depends on it need not begin anew with each rendering. */
export function useStable<T>(fn: (value: T) => void): (value: T) => void {
  const newest = useRef(fn);
  useEffect(() => {
    newest.current = fn;
  });
  return useCallback((value: T) => newest.current(value), []);
}
