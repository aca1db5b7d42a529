import type { RuntimeStatus } from 'perdure';

/** A status at a glance; its word stands beside it or in its title. */
export function StatusDot({ status }: { status: RuntimeStatus }) {
  return <span className={`dot dot-${status.toLowerCase()}`} role="img" aria-label={status} title={status} />;
}
