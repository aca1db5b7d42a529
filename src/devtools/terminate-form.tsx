import { type FormEvent, useState } from 'react';
import { type ActionProps, useAction } from './action';
import { ActionError } from './action-error';
import { callSource } from './source';

/** Ends an instance, after asking for a reason. */
export function TerminateForm({ client, instance, onCall }: ActionProps) {
  const [reason, setReason] = useState('');
  const { isBusy, error, run } = useAction();
  const { instanceId } = instance;

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const args = reason === '' ? [] : [reason];
    onCall(callSource('terminate', instanceId, ...args));
    void run(() => client.terminate(instanceId, ...args));
  };

  return (
    <details className="pd-disclosure">
      <summary className="pd-button">Terminate…</summary>
      <form className="pd-form" onSubmit={submit}>
        <label className="pd-field pd-grow">
          <span>Reason</span>
          <input
            className="pd-input"
            autoComplete="off"
            placeholder="Optional"
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
        </label>
        <button type="submit" className="pd-button pd-danger" disabled={isBusy}>
          Terminate
        </button>
        <ActionError error={error} />
      </form>
    </details>
  );
}
