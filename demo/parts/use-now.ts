import { useEffect, useState } from 'react';

/** The time, which goes on while the component is mounted. */
export function useNow(stepMs = 500): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), stepMs);
    return () => clearInterval(timer);
  }, [stepMs]);
  return now;
}
