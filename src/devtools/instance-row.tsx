import { memo } from 'react';
import type { AnyInstance } from './client';
import { formatExact } from './format';
import { StatusIcon } from './status-badge';

interface InstanceRowProps {
  instance: AnyInstance;
  /** How long ago it was created; given as text, so that a row is rendered anew only when it changes. */
  age: string;
  isSelected: boolean;
  /** One row of the list is reached by Tab, the others by the arrow keys. */
  isTabStop: boolean;
  onSelect: (id: string) => void;
}

export const InstanceRow = memo(function InstanceRow({
  instance,
  age,
  isSelected,
  isTabStop,
  onSelect,
}: InstanceRowProps) {
  const { instanceId, name, runtimeStatus, createdTime, parked } = instance;
  return (
    <li className="pd-row">
      <button
        type="button"
        data-id={instanceId}
        tabIndex={isTabStop ? 0 : -1}
        aria-current={isSelected}
        onClick={() => onSelect(instanceId)}
      >
        <StatusIcon status={runtimeStatus} />
        <span className="pd-row-name">{name}</span>
        <time className="pd-row-age" dateTime={createdTime.toISOString()} title={formatExact(createdTime)}>
          {age}
        </time>
        <span className="pd-row-id" title={instanceId}>
          {instanceId}
        </span>
        <span className={`pd-row-status pd-is-${runtimeStatus.toLowerCase()}`}>
          {parked ? 'Parked' : runtimeStatus}
        </span>
      </button>
    </li>
  );
});
