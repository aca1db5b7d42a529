import { type FormEvent, type ReactNode, useState } from 'react';
import { type ActionProps, useAction } from './action';
import { ActionError } from './action-error';
import { callSource } from './source';

type ReasonArgs = [reason?: string | undefined, options?: { readonly recursive: boolean }];

interface ReasonFormProps extends ActionProps {
  method: 'suspend' | 'resume' | 'rewind' | 'terminate';
  /** What the button says. */
  label: string;
  isDanger?: boolean;
  /** What follows the reason in the call, if anything. */
  options?: { readonly recursive: boolean } | undefined;
  /** What it amounts to, and what else there is to choose. */
  children?: ReactNode;
}

/** An action that takes a reason, which may be left out. */
export function ReasonForm({ client, instance, onCall, method, label, isDanger, options, children }: ReasonFormProps) {
  const [reason, setReason] = useState('');
  const { isBusy, error, run } = useAction();
  const { instanceId } = instance;

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const given = reason || undefined;
    const args: ReasonArgs = options ? [given, options] : given ? [given] : [];
    onCall(callSource(method, instanceId, ...args));
    void run(() => client[method](instanceId, ...args));
  };

  return (
    <form className="pd-form" onSubmit={submit} aria-label={label}>
      {children && <div className="pd-question">{children}</div>}
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
      <button type="submit" className={`pd-button ${isDanger ? 'pd-danger' : 'pd-primary'}`} disabled={isBusy}>
        {label}
      </button>
      <ActionError error={error} />
    </form>
  );
}
