import type { FormEvent } from 'react';
import { type ActionProps, useAction } from './action';
import { ActionError } from './action-error';
import { callSource } from './source';

/** Deletes an ended instance, after asking. */
export function PurgeForm({ client, instance, onCall, onSelect }: ActionProps) {
  const { isBusy, error, run } = useAction();
  const { instanceId } = instance;

  const purge = async (event: FormEvent) => {
    event.preventDefault();
    onCall(callSource('purge', instanceId));
    if (await run(() => client.purge(instanceId))) onSelect(undefined);
  };

  return (
    <form className="pd-form" onSubmit={purge} aria-label="Purge">
      <p className="pd-question">Delete it with its history and its children, for good?</p>
      <button type="submit" className="pd-button pd-danger" disabled={isBusy}>
        Purge
      </button>
      <ActionError error={error} />
    </form>
  );
}
