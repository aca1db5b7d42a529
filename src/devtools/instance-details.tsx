import { useMemo } from 'react';
import { useLive, watchSafely } from '../react/live';
import { Children } from './children';
import { type AnyInstance, isEnded, loadingInstance, type StatusClient } from './client';
import { Failure } from './failure';
import { formatCount } from './format';
import { HistoryTable } from './history-table';
import { InstanceActions } from './instance-actions';
import { InstanceHeader } from './instance-header';
import { Section } from './section';
import { Standing } from './standing';
import { Value } from './value';
import { Waits } from './waits';

interface InstanceDetailsProps {
  client: StatusClient;
  id: string;
  /** Leads to another instance, or with none back to the list. */
  onSelect: (id: string | undefined) => void;
  onCall: (code: string) => void;
}

/** One instance, as it stands now, and what can be done with it. */
export function InstanceDetails({ client, id, ...actions }: InstanceDetailsProps) {
  const live = useMemo(() => watchSafely(() => client.watchInstance(id, { history: true })), [client, id]);
  const { state, instance, error } = useLive(live, loadingInstance);
  return (
    <>
      {error && (
        <p className="pd-notice pd-bad" role="alert">
          It cannot be read: {error.message}
        </p>
      )}
      {state === 'loading' && <p className="pd-empty pd-late">Loading…</p>}
      {state === 'missing' && (
        <div className="pd-empty">
          <p>There is no instance with this id.</p>
          <p className="pd-id">{id}</p>
        </div>
      )}
      {instance && <Sections client={client} instance={instance} {...actions} />}
    </>
  );
}

type SectionsProps = Omit<InstanceDetailsProps, 'id'> & { instance: AnyInstance };

function Sections({ client, instance, onSelect, onCall }: SectionsProps) {
  const { runtimeStatus, input, customStatus, history, output, failure, reason } = instance;
  return (
    <>
      <InstanceHeader instance={instance} onSelect={onSelect} />
      <Standing instance={instance} />
      {failure && (
        <Section title="Failure">
          <Failure failure={failure} />
        </Section>
      )}
      {runtimeStatus === 'Terminated' && (
        <Section title="Reason">{reason ?? <span className="pd-muted">None was given.</span>}</Section>
      )}
      {runtimeStatus === 'Completed' && (
        <Section title="Output">
          <Value value={output} open />
        </Section>
      )}
      {!isEnded(instance) && (
        <Section title="Waits for">
          <Waits instance={instance} onSelect={onSelect} />
        </Section>
      )}
      <Section title="Actions">
        <InstanceActions client={client} instance={instance} onSelect={onSelect} onCall={onCall} />
      </Section>
      <Children client={client} parent={instance.instanceId} onSelect={onSelect} />
      {customStatus !== undefined && (
        <Section title="Custom status">
          <Value value={customStatus} open />
        </Section>
      )}
      <Section title="Input">
        <Value value={input} open />
      </Section>
      {history && (
        <Section title="History" note={`${formatCount(history.length)} ${history.length === 1 ? 'event' : 'events'}`}>
          <HistoryTable history={history} onSelect={onSelect} />
        </Section>
      )}
    </>
  );
}
