import { useEffect, useState } from 'react';
import { formatAgo, formatExact } from './format';

/** The time, which goes on while the component is mounted. */
export function useNow(stepMs = 1_000): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), stepMs);
    return () => clearInterval(timer);
  }, [stepMs]);
  return now;
}

/** How long ago it was; the exact time is in its title. */
export function Ago({ time }: { time: Date }) {
  // What has just happened is later than the last tick.
  const now = Math.max(useNow(), time.getTime());
  return (
    <time dateTime={time.toISOString()} title={formatExact(time)}>
      {formatAgo(time, now)}
    </time>
  );
}
