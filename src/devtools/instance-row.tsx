import { memo } from 'react';
import type { RuntimeStatus } from '../core/types/instance';
import { formatExact } from './format';
import { StatusIcon, statusText } from './status-badge';

// The list is read anew at each change, and all its objects are new: what is given here is compared by value, so that
// of a thousand rows only those are rendered that look different.
interface InstanceRowProps {
  id: string;
  name: string;
  status: RuntimeStatus;
  isParked: boolean;
  /** In milliseconds since 1970. */
  createdAt: number;
  /** How long ago that was. */
  age: string;
  isSelected: boolean;
  /** One row of the list is reached by Tab, the others by the arrow keys. */
  isTabStop: boolean;
  onSelect: (id: string) => void;
}

export const InstanceRow = memo(function InstanceRow(props: InstanceRowProps) {
  const { id, name, status, isParked, createdAt, age, isSelected, isTabStop, onSelect } = props;
  const created = new Date(createdAt);
  return (
    <li className="pd-row">
      <button
        type="button"
        data-id={id}
        tabIndex={isTabStop ? 0 : -1}
        aria-current={isSelected}
        onClick={() => onSelect(id)}
      >
        <StatusIcon status={status} />
        <span className="pd-row-name">{name}</span>
        <time className="pd-row-age" dateTime={created.toISOString()} title={formatExact(created)}>
          {age}
        </time>
        <span className="pd-row-id" title={id}>
          {id}
        </span>
        <span className={`pd-row-status pd-is-${status.toLowerCase()}`}>{statusText(status, isParked)}</span>
      </button>
    </li>
  );
});
