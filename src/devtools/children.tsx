import { useMemo, useState } from 'react';
import { useLive } from '../react/live';
import { loadingInstances, type StatusClient } from './client';
import { IdLink } from './id-link';
import { Section } from './section';
import { StatusBadge } from './status-badge';

const pageSize = 10;

interface ChildrenProps {
  client: StatusClient;
  parent: string;
  onSelect: (id: string) => void;
}

/** What an instance has started, newest first; no section where it has started nothing. */
export function Children({ client, parent, onSelect }: ChildrenProps) {
  const [limit, setLimit] = useState(pageSize);
  const live = useMemo(() => client.watchInstances({ parent, limit }), [client, parent, limit]);
  const { instances, hasMore } = useLive(live, loadingInstances);
  if (instances.length === 0) return null;
  return (
    <Section title="Children">
      <ul className="pd-kin">
        {instances.map(({ instanceId, name, runtimeStatus, parked }) => (
          <li key={instanceId}>
            <StatusBadge status={runtimeStatus} isParked={parked !== undefined} />
            {name}
            <IdLink id={instanceId} onSelect={onSelect} />
          </li>
        ))}
      </ul>
      {hasMore && (
        <button type="button" className="pd-link" onClick={() => setLimit(limit + 10 * pageSize)}>
          Show more
        </button>
      )}
    </Section>
  );
}
