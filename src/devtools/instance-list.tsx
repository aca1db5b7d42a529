import { type FocusEvent, type KeyboardEvent, useMemo, useState } from 'react';
import type { InstanceFilter, Live, WatchInstancesOptions } from '../client/types';
import { still, useLive } from '../react/live';
import { type AnyInstance, type AnyInstancesView, loadingInstances, type StatusClient } from './client';
import { useNow } from './clock';
import { useCount } from './count';
import { formatAgo, formatCount } from './format';
import { HubNote } from './hub-note';
import { ImportForm } from './import-form';
import { InstanceRow } from './instance-row';
import { ListFilter } from './list-filter';

const pageSize = 100;
/** A list is read anew at each change. */
const longestList = 1_000;
const everything: InstanceFilter = {};

interface InstanceListProps {
  client: StatusClient;
  selected: string | undefined;
  onSelect: (id: string) => void;
  onCall: (code: string) => void;
}

/** The live list, newest first, with its filter. */
export function InstanceList({ client, selected, onSelect, onCall }: InstanceListProps) {
  const [filter, setFilter] = useState(everything);
  const [limit, setLimit] = useState(pageSize);
  const live = useMemo(() => watchList(client, { ...filter, limit }), [client, filter, limit]);
  const view = useLive(live, loadingInstances);
  const { instances, hasMore, error } = useLast(view, view.state !== 'loading');
  const names = useNamesSeen(instances);
  const total = useCount(client, filter, hasMore ? view : undefined);
  const [isImporting, setImporting] = useState(false);

  const changeFilter = (next: InstanceFilter) => {
    setFilter(next);
    setLimit(pageSize);
  };

  return (
    <section className="pd-pane pd-list" aria-label="Instances">
      <div className="pd-list-header">
        <div className="pd-title-row">
          <h2>Instances</h2>
          <span className="pd-count">{view.state !== 'loading' && countText(instances.length, hasMore, total)}</span>
          <HubNote hub={client.hub} />
          <button
            type="button"
            className="pd-button pd-small"
            aria-expanded={isImporting}
            onClick={() => setImporting(!isImporting)}
          >
            Import…
          </button>
        </div>
        {isImporting && <ImportForm client={client} onCall={onCall} onSelect={onSelect} />}
        <ListFilter filter={filter} names={names} onChange={changeFilter} />
      </div>
      <div className="pd-scroll" aria-busy={view.state === 'loading'}>
        {error && (
          <p className="pd-notice pd-bad" role="alert">
            The list cannot be read: {error.message}
          </p>
        )}
        <Rows instances={instances} selected={selected} onSelect={onSelect} />
        {hasMore && limit < longestList && (
          <button type="button" className="pd-button pd-show-more" onClick={() => setLimit(limit + pageSize)}>
            Show more
          </button>
        )}
        {hasMore && limit >= longestList && <p className="pd-empty">Narrow the filter to see the others.</p>}
        {view.state === 'ready' && instances.length === 0 && (
          <Empty isFiltered={Object.keys(filter).length > 0} onClear={() => changeFilter(everything)} />
        )}
      </div>
    </section>
  );
}

/** A filter may hold what somebody has typed: what the client makes of it shows as an error in the list's place. */
function watchList(client: StatusClient, options: WatchInstancesOptions): Live<AnyInstancesView> {
  try {
    return client.watchInstances(options);
  } catch (error) {
    return still({ ...loadingInstances, state: 'error', error: error as Error });
  }
}

function Rows({
  instances,
  selected,
  onSelect,
}: Pick<InstanceListProps, 'selected' | 'onSelect'> & { instances: readonly AnyInstance[] }) {
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

/** `7`, `100+`, `100 of 1,050` */
function countText(shown: number, hasMore: boolean, total: number | undefined): string {
  if (!hasMore) return formatCount(shown);
  // The count is not as new as the list, and not always a little behind it.
  return total !== undefined && total > shown
    ? `${formatCount(shown)} of ${formatCount(total)}`
    : `${formatCount(shown)}+`;
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
