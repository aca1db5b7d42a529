import type { InstanceFilter } from '../client/types';
import type { RuntimeStatus } from '../core/types/instance';
import { formatForInput } from './format';
import { SearchField } from './search-field';
import { StatusIcon, statuses } from './status-badge';

interface ListFilterProps {
  filter: InstanceFilter;
  /** The orchestrations to choose from. */
  names: readonly string[];
  onChange: (filter: InstanceFilter) => void;
}

/** What becomes of a filter; undefined takes a part away. */
type Change = { readonly [K in keyof InstanceFilter]?: InstanceFilter[K] | undefined };

/** Which instances to list: by the beginning of their id, by orchestration, by status, and by what is seldom asked. */
export function ListFilter({ filter, names, onChange }: ListFilterProps) {
  const { name = '', runtimeStatus = [], idPrefix = '' } = filter;
  const change = (part: Change) => {
    const entries = Object.entries({ ...filter, ...part }).filter(([, value]) => value !== undefined);
    onChange(Object.fromEntries(entries));
  };
  const toggle = (status: RuntimeStatus) => {
    const chosen = statuses.filter((each) => runtimeStatus.includes(each) !== (each === status));
    change({ runtimeStatus: chosen.length === 0 ? undefined : chosen });
  };

  return (
    <search className="pd-filter">
      <div className="pd-filter-row">
        <SearchField
          label="Search by id"
          placeholder="Id starts with…"
          value={idPrefix}
          onChange={(text) => change({ idPrefix: text || undefined })}
        />
        <label>
          <span className="pd-hidden">Orchestration</span>
          <select
            className="pd-input"
            value={name}
            onChange={(event) => change({ name: event.target.value || undefined })}
          >
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
      <MoreFilters filter={filter} change={change} />
    </search>
  );
}

function MoreFilters({ filter, change }: { filter: InstanceFilter; change: (part: Change) => void }) {
  const { tags, parent = '', createdTimeFrom, createdTimeTo } = filter;
  const used = [tags, filter.parent, createdTimeFrom, createdTimeTo].filter((each) => each !== undefined).length;
  const changeTag = (text: string) => {
    const next = parseTag(text);
    if (tagText(next) !== tagText(tags)) change({ tags: next });
  };
  return (
    <details className="pd-branch">
      <summary>Tag, parent, time{used > 0 && ` (${used} set)`}</summary>
      <div className="pd-filter-more">
        <SearchField label="Tag" isLabelShown placeholder="name=value" value={tagText(tags)} onChange={changeTag} />
        <SearchField
          label="Parent"
          isLabelShown
          placeholder="Id"
          value={parent}
          onChange={(text) => change({ parent: text || undefined })}
        />
        <TimeField label="Created from" time={createdTimeFrom} onChange={(time) => change({ createdTimeFrom: time })} />
        <TimeField label="and before" time={createdTimeTo} onChange={(time) => change({ createdTimeTo: time })} />
      </div>
    </details>
  );
}

interface TimeFieldProps {
  label: string;
  time: Date | undefined;
  onChange: (time: Date | undefined) => void;
}

function TimeField({ label, time, onChange }: TimeFieldProps) {
  return (
    <label className="pd-field">
      <span>{label}</span>
      <input
        className="pd-input"
        type="datetime-local"
        value={time ? formatForInput(time) : ''}
        onChange={(event) => onChange(parseTime(event.target.value))}
      />
    </label>
  );
}

function parseTime(text: string): Date | undefined {
  const time = new Date(text);
  return Number.isNaN(time.getTime()) ? undefined : time;
}

function tagText(tags: InstanceFilter['tags'] = {}): string {
  const [first] = Object.entries(tags);
  return first ? first.join('=') : '';
}

/** Until there is a value, it filters nothing. */
function parseTag(text: string): InstanceFilter['tags'] | undefined {
  const at = text.indexOf('=');
  if (at < 1 || at === text.length - 1) return undefined;
  return { [text.slice(0, at)]: text.slice(at + 1) };
}
