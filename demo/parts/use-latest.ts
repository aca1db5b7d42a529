import { useState } from 'react';

/** A value, or where there is none, the one before: so that what is shown does not come and go. */
export function useLatest<T>(value: T | undefined): T | undefined {
  const [latest, setLatest] = useState(value);
  if (value !== undefined && value !== latest) setLatest(value);
  return value ?? latest;
}
