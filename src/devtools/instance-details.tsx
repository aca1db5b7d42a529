import { type ReactNode, useMemo } from 'react';
import { useLive, watchSafely } from '../react/live';
import { type AnyInstance, isEnded, loadingInstance, type StatusClient } from './client';
import { Failure } from './failure';
import { formatCount } from './format';
import { HistoryTable } from './history-table';
import { InstanceHeader } from './instance-header';
import { PurgeForm } from './purge-form';
import { RaiseEventForm } from './raise-event-form';
import { TerminateForm } from './terminate-form';
import { Value } from './value';
import { Waits } from './waits';

interface InstanceDetailsProps {
  client: StatusClient;
  id: string;
  onSelect: (id: string) => void;
  onClose: () => void;
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

function Sections({ client, instance, onSelect, onClose, onCall }: SectionsProps) {
  const { runtimeStatus, input, customStatus, history, parked, output, failure, reason } = instance;
  const action = { client, instance, onCall };
  return (
    <>
      <InstanceHeader instance={instance} onSelect={onSelect} />
      {parked && (
        <div className="pd-notice pd-parked" role="alert">
          <p>
            <strong>Parked:</strong> {parked.reason}
          </p>
          <p>
            Its history is untouched. Put back the code that wrote it and reload, and the instance goes on; or terminate
            it.
          </p>
        </div>
      )}
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
      {isEnded(instance) ? (
        <Section title="Actions">
          <PurgeForm {...action} onPurged={onClose} />
        </Section>
      ) : (
        <>
          <Section title="Waits for">
            <Waits instance={instance} onSelect={onSelect} />
          </Section>
          <Section title="Actions">
            <RaiseEventForm {...action} />
            <TerminateForm {...action} />
          </Section>
        </>
      )}
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

function Section({ title, note, children }: { title: string; note?: string; children: ReactNode }) {
  return (
    <section className="pd-section">
      <h3>
        {title}
        {note !== undefined && <span className="pd-note">{note}</span>}
      </h3>
      <div className="pd-body">{children}</div>
    </section>
  );
}
