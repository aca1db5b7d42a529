import type { ReactNode } from 'react';
import { terminate } from '../actions';
import type { Instance } from '../client';
import { formatDuration, formatTime } from '../parts/format';
import { StatusDot } from '../parts/status-dot';
import { useAction } from '../parts/use-action';
import { selectInstance, showPanel } from '../place';
import { isActive } from './is-active';
import { ReloadHint } from './reload-hint';

/** One instance at work: how it stands, what its process shows of it, and how it ended. */
export function Run({ instance, children }: { instance: Instance; children: ReactNode }) {
  const { instanceId, runtimeStatus, createdTime, lastUpdatedTime } = instance;
  const { act, isBusy, error } = useAction();
  const showDetails = () => {
    selectInstance(instanceId);
    showPanel('instances');
  };
  return (
    <div className="run">
      <div className="run-head">
        <StatusDot status={runtimeStatus} />
        <strong>{instance.parked ? 'Parked' : runtimeStatus}</strong>
        <span className="muted" title={createdTime.toLocaleString()}>
          {isActive(instance)
            ? `since ${formatTime(createdTime)}`
            : `after ${formatDuration(lastUpdatedTime.getTime() - createdTime.getTime())}`}
        </span>
        <code className="run-id only-wide" title={instanceId}>
          {instanceId}
        </code>
        <button type="button" className="quiet only-narrow" onClick={showDetails}>
          Details
        </button>
        {isActive(instance) && (
          <button type="button" className="quiet" disabled={isBusy} onClick={() => act(() => terminate(instanceId))}>
            Terminate
          </button>
        )}
      </div>
      {instance.parked && <p className="problem">{instance.parked.reason}</p>}
      {instance.suspended && <p className="held">Suspended: {instance.suspended.reason ?? 'no reason was given'}.</p>}
      {children}
      {instance.failure && (
        <p className="problem">
          {instance.failure.name}: {instance.failure.message}
        </p>
      )}
      {error && (
        <p className="problem" role="alert">
          {error}
        </p>
      )}
      <ReloadHint instance={instance} />
    </div>
  );
}
