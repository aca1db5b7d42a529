import type { Duration } from 'perdure';
import { useState } from 'react';
import { raiseEvent, startNew } from '../../actions';
import bookSource from '../../activities/book.ts?raw';
import type { Instance } from '../../client';
import approvalSource from '../../orchestrations/approval.ts?raw';
import { NextTimer } from '../../parts/countdown';
import { Field } from '../../parts/field';
import { useAction } from '../../parts/use-action';
import { isActive } from '../is-active';
import { Runs } from '../runs';
import { Sources } from '../sources';
import { StartForm } from '../start-form';

const sources = [
  { file: 'demo/orchestrations/approval.ts', text: approvalSource },
  { file: 'demo/activities/book.ts', text: bookSource },
];

const deadlines = { '30s': '30 seconds', '2m': '2 minutes', '1d': '1 day' } satisfies Partial<Record<Duration, string>>;

export function Approval() {
  const [what, setWhat] = useState('A train to Lisbon');
  const [within, setWithin] = useState<Duration>('30s');
  return (
    <>
      <p className="explanation">
        Waits for a decision, with a deadline: whichever comes first settles it. The deadline is a row in the database,
        so it is kept even if the tab is closed for the day.
      </p>
      <StartForm
        action="Ask"
        problem={what.trim() === '' ? 'Say what is to be approved.' : undefined}
        start={() => startNew('approval', { input: { what: what.trim(), within }, tags: { within: `${within}` } })}
      >
        <Field label="What">
          <input value={what} onChange={(event) => setWhat(event.target.value)} maxLength={120} autoComplete="off" />
        </Field>
        <Field label="Within">
          <select value={within} onChange={(event) => setWithin(event.target.value as Duration)}>
            {Object.entries(deadlines).map(([duration, title]) => (
              <option key={duration} value={duration}>
                {title}
              </option>
            ))}
          </select>
        </Field>
      </StartForm>
      <Runs name="approval">{(instance) => <Decision instance={instance} />}</Runs>
      <Sources sources={sources} />
    </>
  );
}

function Decision({ instance }: { instance: Instance<'approval'> }) {
  const { instanceId, input, output } = instance;
  const { act, isBusy, error } = useAction();
  const isOpen = isActive(instance) && instance.waitsFor.some(({ kind }) => kind === 'event');
  return (
    <>
      <p className="statement">{input.what}</p>
      {output && <p>{output}</p>}
      {isOpen && (
        <div className="buttons">
          <button
            type="button"
            disabled={isBusy}
            onClick={() => act(() => raiseEvent(instanceId, 'decision', 'approved'))}
          >
            Approve
          </button>
          <button
            type="button"
            disabled={isBusy}
            onClick={() => act(() => raiseEvent(instanceId, 'decision', 'rejected'))}
          >
            Reject
          </button>
          <span className="muted">
            The time is up <NextTimer instance={instance} />.
          </span>
        </div>
      )}
      {error && (
        <p className="problem" role="alert">
          {error}
        </p>
      )}
    </>
  );
}
