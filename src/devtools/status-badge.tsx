import type { RuntimeStatus } from '../core/types/instance';

export const statuses: readonly RuntimeStatus[] = [
  'Pending',
  'Running',
  'Suspended',
  'Completed',
  'Failed',
  'Terminated',
];

/** What is drawn within the circle, so that the status is told by shape as well as by colour and word. */
const shapes: Record<RuntimeStatus, string> = {
  Pending: 'M8 5v3.2l2 1.3',
  Running: 'M6.6 5.4v5.2L10.8 8z',
  Suspended: 'M6.5 5.7v4.6M9.5 5.7v4.6',
  Completed: 'M5.2 8.2 7.2 10.2 10.9 6',
  Failed: 'M5.9 5.9l4.2 4.2M10.1 5.9l-4.2 4.2',
  Terminated: 'M6 6h4v4H6z',
};

export function StatusIcon({ status }: { status: RuntimeStatus }) {
  return (
    <svg className={`pd-icon pd-is-${status.toLowerCase()}`} viewBox="0 0 16 16" aria-hidden="true">
      <circle cx="8" cy="8" r="6.75" />
      <path d={shapes[status]} />
    </svg>
  );
}

/** What holds a suspended instance, its code or its user: the word is another one. */
export function statusText(status: RuntimeStatus, isParked: boolean): string {
  return status === 'Suspended' && isParked ? 'Parked' : status;
}

export function StatusBadge({ status, isParked }: { status: RuntimeStatus; isParked: boolean }) {
  return (
    <span className={`pd-badge pd-is-${status.toLowerCase()}`}>
      <StatusIcon status={status} />
      {statusText(status, isParked)}
    </span>
  );
}
