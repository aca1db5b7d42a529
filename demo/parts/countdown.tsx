import type { Instance } from '../client';
import { formatDuration } from './format';
import { useNow } from './use-now';

/** How long it is until a time. */
function Until({ time }: { time: Date }) {
  const now = useNow(250);
  const left = time.getTime() - now;
  return (
    <time dateTime={time.toISOString()} title={time.toLocaleString()}>
      {left > 0 ? `in ${formatDuration(Math.ceil(left / 1_000) * 1_000)}` : 'now'}
    </time>
  );
}

/** When the next timer of an instance is due; nothing if it waits for none. */
export function NextTimer({ instance: { waitsFor } }: { instance: Instance }) {
  const timer = waitsFor.find((wait) => wait.kind === 'timer');
  return timer ? <Until time={timer.fireAt} /> : null;
}
