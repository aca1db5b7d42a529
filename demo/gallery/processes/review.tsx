import type { RuntimeStatus } from 'perdure';
import { useState } from 'react';
import { raiseEvent, resume, startNew, suspend } from '../../actions';
import type { Instance } from '../../client';
import type { Reviewer } from '../../orchestrations/review';
import reviewSource from '../../orchestrations/review.ts?raw';
import oldReviewSource from '../../orchestrations/version-1/review.ts?raw';
import { Field } from '../../parts/field';
import { useAction } from '../../parts/use-action';
import { isActive } from '../is-active';
import { Runs } from '../runs';
import { Sources } from '../sources';
import { StartForm } from '../start-form';

const sources = [
  { file: 'demo/orchestrations/review.ts', text: reviewSource },
  { file: 'demo/orchestrations/version-1/review.ts', text: oldReviewSource },
];

const titles = { editor: 'Editor', lawyer: 'Lawyer', director: 'Director' } satisfies Record<Reviewer, string>;

export function Review() {
  const [document, setDocument] = useState('The annual report');
  const [version, setVersion] = useState('2');
  return (
    <>
      <p className="explanation">
        Asks one person after the other to sign. Version 2 asks a lawyer too; what began as version 1 stays with it, and
        both run side by side. Suspend one and sign meanwhile: it stands still, and plays what has come once you resume
        it.
      </p>
      <StartForm
        problem={document.trim() === '' ? 'Give the document a name.' : undefined}
        start={() => startNew('review', { input: document.trim(), version, tags: { document: document.trim() } })}
      >
        <Field label="Document">
          <input
            value={document}
            onChange={(event) => setDocument(event.target.value)}
            maxLength={80}
            autoComplete="off"
          />
        </Field>
        <Field label="As">
          <select value={version} onChange={(event) => setVersion(event.target.value)}>
            <option value="2">Version 2, with the lawyer</option>
            <option value="1">Version 1, without</option>
          </select>
        </Field>
      </StartForm>
      <Runs name="review">{(instance) => <Signatures instance={instance} />}</Runs>
      <Sources sources={sources} />
    </>
  );
}

function Signatures({ instance }: { instance: Instance<'review'> }) {
  const { input, output, version, customStatus, runtimeStatus } = instance;
  const { asked = [], signed = 0 } = customStatus ?? {};
  return (
    <>
      <p className="statement">
        {input} {version !== undefined && <span className="muted">version {version}</span>}
      </p>
      <ol className="steps">
        {asked.map((reviewer, i) => (
          <li key={reviewer} data-state={stateOf(i - signed, runtimeStatus)}>
            {titles[reviewer]}
          </li>
        ))}
      </ol>
      {output && <p>{output}</p>}
      {isActive(instance) && <Desk instance={instance} waiting={asked.slice(signed)} />}
    </>
  );
}

/** @param ahead how many are asked before */
function stateOf(ahead: number, status: RuntimeStatus): 'done' | 'running' | 'waiting' {
  if (ahead < 0) return 'done';
  return ahead === 0 && status === 'Running' ? 'running' : 'waiting';
}

/** Signs for whoever is asked, now or later, and holds all of it. */
function Desk({ instance, waiting }: { instance: Instance<'review'>; waiting: readonly Reviewer[] }) {
  const { instanceId, suspended } = instance;
  const { act, isBusy, error } = useAction();
  return (
    <>
      <div className="buttons">
        {waiting.map((reviewer) => (
          <button
            key={reviewer}
            type="button"
            disabled={isBusy}
            onClick={() => act(() => raiseEvent(instanceId, reviewer))}
          >
            Sign as {reviewer}
          </button>
        ))}
        {suspended ? (
          <button type="button" className="primary" disabled={isBusy} onClick={() => act(() => resume(instanceId))}>
            Resume
          </button>
        ) : (
          <button
            type="button"
            disabled={isBusy}
            onClick={() => act(() => suspend(instanceId, 'a question has come up'))}
          >
            Suspend
          </button>
        )}
      </div>
      {error && (
        <p className="problem" role="alert">
          {error}
        </p>
      )}
    </>
  );
}
