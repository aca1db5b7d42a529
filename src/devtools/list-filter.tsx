import { useEffect, useState } from 'react';
import type { InstanceFilter } from '../client/types';
import type { RuntimeStatus } from '../core/types/instance';
import { StatusIcon, statuses } from './status-badge';

/** After the last keystroke, in milliseconds. */
const searchDelayMs = 150;

interface ListFilterProps {
  filter: InstanceFilter;
  /** The orchestrations to choose from. */
  names: readonly string[];
  onChange: (filter: InstanceFilter) => void;
}

/** Which instances to list: by the beginning of their id, by orchestration, by status. */
export function ListFilter({ filter, names, onChange }: ListFilterProps) {
  const { name = '', runtimeStatus = [] } = filter;

  const toggle = (status: RuntimeStatus) => {
    const { runtimeStatus: _, ...rest } = filter;
    const chosen = statuses.filter((each) => runtimeStatus.includes(each) !== (each === status));
    onChange(chosen.length === 0 ? rest : { ...rest, runtimeStatus: chosen });
  };
  const chooseName = (chosen: string) => {
    const { name: _, ...rest } = filter;
    onChange(chosen === '' ? rest : { ...rest, name: chosen });
  };

  return (
    <search className="pd-filter">
      <div className="pd-filter-row">
        <IdSearch filter={filter} onChange={onChange} />
        <label className="pd-filter-name">
          <span className="pd-hidden">Orchestration</span>
          <select className="pd-input" value={name} onChange={(event) => chooseName(event.target.value)}>
            <option value="">All orchestrations</option>
            {names.map((each) => (
              <option key={each}>{each}</option>
            ))}
          </select>
        </label>
      </div>
      <fieldset className="pd-chips">
        <legend className="pd-hidden">Status</legend>
        {statuses.map((status) => (
          <button
            key={status}
            type="button"
            className="pd-chip"
            aria-pressed={runtimeStatus.includes(status)}
            onClick={() => toggle(status)}
          >
            <StatusIcon status={status} />
            {status}
          </button>
        ))}
      </fieldset>
    </search>
  );
}

function IdSearch({ filter, onChange }: Pick<ListFilterProps, 'filter' | 'onChange'>) {
  const { idPrefix = '' } = filter;
  const [text, setText] = useState(idPrefix);
  const [shown, setShown] = useState(idPrefix);
  // The filter was changed from elsewhere, as by "Clear the filter".
  if (shown !== idPrefix) {
    setShown(idPrefix);
    setText(idPrefix);
  }

  useEffect(() => {
    if (text === idPrefix) return;
    const timer = setTimeout(() => {
      const { idPrefix: _, ...rest } = filter;
      setShown(text);
      onChange(text === '' ? rest : { ...rest, idPrefix: text });
    }, searchDelayMs);
    return () => clearTimeout(timer);
  }, [text, idPrefix, filter, onChange]);

  return (
    <label className="pd-filter-id">
      <span className="pd-hidden">Search by id</span>
      <input
        className="pd-input"
        type="search"
        placeholder="Id starts with…"
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
    </label>
  );
}
