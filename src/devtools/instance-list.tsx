import { type FocusEvent, type KeyboardEvent, useMemo, useState } from 'react';
import type { InstanceFilter } from '../client/types';
import { useLive } from '../react/live';
import { type AnyInstance, loadingInstances, type StatusClient } from './client';
import { useNow } from './clock';
import { formatAgo, formatCount } from './format';
import { HubNote } from './hub-note';
import { InstanceRow } from './instance-row';
import { ListFilter } from './list-filter';

const pageSize = 100;
const everything: InstanceFilter = {};

interface InstanceListProps {
  client: StatusClient;
  selected: string | undefined;
  onSelect: (id: string) => void;
}

/** The live list, newest first, with its filter. */
export function InstanceList({ client, selected, onSelect }: InstanceListProps) {
  const [filter, setFilter] = useState(everything);
  const [limit, setLimit] = useState(pageSize);
  const live = useMemo(() => client.watchInstances({ ...filter, limit }), [client, filter, limit]);
  const view = useLive(live, loadingInstances);
  const { instances, hasMore, error } = useLast(view, view.state !== 'loading');
  const names = useNamesSeen(instances);

  const changeFilter = (next: InstanceFilter) => {
    setFilter(next);
    setLimit(pageSize);
  };

  return (
    <section className="pd-pane pd-list" aria-label="Instances">
      <div className="pd-list-header">
        <div className="pd-title-row">
          <h2>Instances</h2>
          <span className="pd-count">
            {view.state !== 'loading' && `${formatCount(instances.length)}${hasMore ? '+' : ''}`}
          </span>
          <HubNote hub={client.hub} />
        </div>
        <ListFilter filter={filter} names={names} onChange={changeFilter} />
      </div>
      <div className="pd-scroll" aria-busy={view.state === 'loading'}>
        {error && (
          <p className="pd-notice pd-bad" role="alert">
            The list cannot be read: {error.message}
          </p>
        )}
        <Rows instances={instances} selected={selected} onSelect={onSelect} />
        {hasMore && (
          <button type="button" className="pd-button pd-show-more" onClick={() => setLimit(limit + pageSize)}>
            Show more
          </button>
        )}
        {view.state === 'ready' && instances.length === 0 && (
          <Empty isFiltered={filter !== everything} onClear={() => changeFilter(everything)} />
        )}
      </div>
    </section>
  );
}

function Rows({
  instances,
  selected,
  onSelect,
}: Omit<InstanceListProps, 'client'> & { instances: readonly AnyInstance[] }) {
  const now = useNow();
  const [focused, setFocused] = useState<string>();
  if (instances.length === 0) return null;
  const has = (id: string | undefined) => id !== undefined && instances.some(({ instanceId }) => instanceId === id);
  const tabStop = [focused, selected].find(has) ?? instances[0]?.instanceId;

  const rememberFocus = (event: FocusEvent<HTMLElement>) => setFocused(event.target.dataset.id);
  return (
    <ul className="pd-rows" onKeyDown={moveFocus} onFocus={rememberFocus}>
      {instances.map((instance) => (
        <InstanceRow
          key={instance.instanceId}
          id={instance.instanceId}
          name={instance.name}
          status={instance.runtimeStatus}
          isParked={instance.parked !== undefined}
          createdAt={instance.createdTime.getTime()}
          age={formatAgo(instance.createdTime, now)}
          isSelected={instance.instanceId === selected}
          isTabStop={instance.instanceId === tabStop}
          onSelect={onSelect}
        />
      ))}
    </ul>
  );
}

function moveFocus(event: KeyboardEvent<HTMLElement>) {
  const rows = [...event.currentTarget.querySelectorAll('button')];
  const at = rows.indexOf(event.target as HTMLButtonElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  rows[to]?.focus();
}

function Empty({ isFiltered, onClear }: { isFiltered: boolean; onClear: () => void }) {
  if (!isFiltered) return <p className="pd-empty">No instances yet. What is started shows up here.</p>;
  return (
    <div className="pd-empty">
      <p>No instance matches.</p>
      <button type="button" className="pd-button" onClick={onClear}>
        Clear the filter
      </button>
    </div>
  );
}

/** The value as it last was when it counted: the old list stays in sight until the new one has been read. */
function useLast<T>(value: T, counts: boolean): T {
  const [last, setLast] = useState(value);
  if (!counts || last === value) return last;
  setLast(value);
  return value;
}

/** All orchestrations that the list has shown so far: one does not vanish from the filter because it was filtered. */
function useNamesSeen(instances: readonly AnyInstance[]): readonly string[] {
  const [names, setNames] = useState<readonly string[]>([]);
  const seen = new Set(names);
  for (const { name } of instances) seen.add(name);
  if (seen.size > names.length) setNames([...seen].sort());
  return names;
}
