import { type AnyInstance, isEnded } from './client';
import { Ago } from './clock';
import { CopyButton } from './copy-button';
import { formatDuration } from './format';
import { IdLink } from './id-link';
import { StatusBadge } from './status-badge';

/** What the instance is, who started it, and when. */
export function InstanceHeader({ instance, onSelect }: { instance: AnyInstance; onSelect: (id: string) => void }) {
  const { name, instanceId, runtimeStatus, createdTime, lastUpdatedTime, parent, version, tags = {} } = instance;
  return (
    <div className="pd-details-header">
      <div className="pd-title-row">
        <h2>{name}</h2>
        <StatusBadge status={runtimeStatus} isParked={instance.parked !== undefined} />
      </div>
      <div className="pd-id-row">
        <span className="pd-id">{instanceId}</span>
        <CopyButton text={instanceId} what="id" />
      </div>
      <dl className="pd-facts">
        {version !== undefined && (
          <div>
            <dt>Version</dt>
            <dd>{version}</dd>
          </div>
        )}
        <div>
          <dt>Created</dt>
          <dd>
            <Ago time={createdTime} />
          </dd>
        </div>
        <div>
          <dt>{isEnded(instance) ? 'Ended' : 'Updated'}</dt>
          <dd>
            <Ago time={lastUpdatedTime} />
          </dd>
        </div>
        {isEnded(instance) && (
          <div>
            <dt>Took</dt>
            <dd>{formatDuration(Math.max(0, lastUpdatedTime.getTime() - createdTime.getTime()))}</dd>
          </div>
        )}
        {parent && (
          <div>
            <dt>Started by</dt>
            <dd>
              {parent.name} <IdLink id={parent.instanceId} onSelect={onSelect} />
            </dd>
          </div>
        )}
        {Object.entries(tags).map(([key, value]) => (
          <div key={key} className="pd-tag">
            <dt>{key}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
