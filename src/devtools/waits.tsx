import { useState } from 'react';
import type { Wait } from '../core/types/instance';
import type { AnyInstance } from './client';
import { useNow } from './clock';
import { formatCount, formatDuration, formatExact, formatMoment } from './format';

const shown = 10;

/** What an instance waits for, in words. */
export function Waits({ instance, onSelect }: { instance: AnyInstance; onSelect: (id: string) => void }) {
  const [all, setAll] = useState(false);
  const { waitsFor, runtimeStatus } = instance;
  if (waitsFor.length === 0) {
    return (
      <p className="pd-muted">
        {runtimeStatus === 'Pending'
          ? 'Nothing yet: it has not run so far.'
          : 'Nothing that perdure knows of. If this stays, the orchestrator awaits a promise that is no task.'}
      </p>
    );
  }
  const rest = waitsFor.length - shown;
  return (
    <ul className="pd-waits">
      {(all ? waitsFor : waitsFor.slice(0, shown)).map((wait, index) => (
        <li key={'taskId' in wait ? wait.taskId : `${wait.name} ${index}`}>
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
        </>
      );
    case 'event':
      return (
        <>
          event <b>{wait.name}</b>
        </>
      );
    case 'timer':
      return <TimerText fireAt={wait.fireAt} />;
    case 'subOrchestration':
      return (
        <>
          sub-orchestration <b>{wait.name}</b>{' '}
          <button type="button" className="pd-link pd-id" onClick={() => onSelect(wait.instanceId)}>
            {wait.instanceId}
          </button>
        </>
      );
  }
}

function TimerText({ fireAt }: { fireAt: Date }) {
  const now = useNow();
  const left = fireAt.getTime() - now;
  return (
    <>
      timer, {left > 0 ? `fires in ${formatDuration(Math.ceil(left / 1_000) * 1_000)}` : 'due'}{' '}
      <time className="pd-muted" dateTime={fireAt.toISOString()} title={formatExact(fireAt)}>
        ({formatMoment(fireAt, now)})
      </time>
    </>
  );
}
