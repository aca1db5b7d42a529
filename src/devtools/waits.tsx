import { useState } from 'react';
import type { RunCondition } from '../core/history';
import type { ActivityProgress, RuntimeStatus, Wait } from '../core/types/instance';
import type { AnyInstance } from './client';
import { useNow } from './clock';
import { formatCount, formatDuration, formatExact, formatMoment } from './format';
import { IdLink } from './id-link';

const shown = 10;

const nothing: { readonly [S in RuntimeStatus]?: string } = {
  Pending: 'Nothing yet: it has not run so far.',
  Suspended: 'Nothing but to be resumed.',
  Running: 'Nothing that perdure knows of. If this stays, the orchestrator awaits a promise that is no task.',
};

/** What an instance waits for, in words. */
export function Waits({ instance, onSelect }: { instance: AnyInstance; onSelect: (id: string) => void }) {
  const [all, setAll] = useState(false);
  const { waitsFor, runtimeStatus } = instance;
  if (waitsFor.length === 0) {
    return <p className="pd-muted">{nothing[runtimeStatus]}</p>;
  }
  const rest = waitsFor.length - shown;
  return (
    <ul className="pd-waits">
      {(all ? waitsFor : waitsFor.slice(0, shown)).map((wait, index) => (
        <li key={'taskId' in wait ? wait.taskId : `${wait.kind} ${index}`}>
          <WaitText wait={wait} onSelect={onSelect} />
        </li>
      ))}
      {rest > 0 && !all && (
        <li>
          <button type="button" className="pd-link" onClick={() => setAll(true)}>
            and {formatCount(rest)} more
          </button>
        </li>
      )}
    </ul>
  );
}

function WaitText({ wait, onSelect }: { wait: Wait; onSelect: (id: string) => void }) {
  switch (wait.kind) {
    case 'activity':
      return (
        <>
          activity <b>{wait.name}</b> <span className="pd-muted">(task {wait.taskId})</span>
          {wait.waitsUntil && <span> {conditions[wait.waitsUntil]}</span>}
          {wait.progress && <Progress {...wait.progress} />}
        </>
      );
    case 'event':
      return (
        <>
          event <b>{wait.name}</b>
        </>
      );
    case 'timer':
      return <Moment what="timer, fires" time={wait.fireAt} />;
    case 'start':
      return <Moment what="its start" time={wait.startAt} />;
    case 'subOrchestration':
      return (
        <>
          sub-orchestration <b>{wait.name}</b> <IdLink id={wait.instanceId} onSelect={onSelect} />
        </>
      );
  }
}

const conditions: { readonly [C in RunCondition]: string } = {
  online: 'waits for the network',
  visible: 'waits until the page is seen',
  idle: 'waits until nobody uses the page',
};

/** How far an activity says it is. */
function Progress({ fraction, message }: ActivityProgress) {
  const percent = Math.floor(fraction * 100);
  return (
    <span className="pd-progress">
      <progress value={fraction} aria-label="Progress" />
      <span className="pd-muted">
        {percent} %{message && `, ${message}`}
      </span>
    </span>
  );
}

/** Something that is due at a time. */
function Moment({ what, time }: { what: string; time: Date }) {
  const now = useNow();
  const left = time.getTime() - now;
  return (
    <>
      {what} {left > 0 ? `in ${formatDuration(Math.ceil(left / 1_000) * 1_000)}` : 'now'}{' '}
      <time className="pd-muted" dateTime={time.toISOString()} title={formatExact(time)}>
        ({formatMoment(time, now)})
      </time>
    </>
  );
}
