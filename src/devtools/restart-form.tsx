import { type FormEvent, useState } from 'react';
import { type ActionProps, useAction } from './action';
import { ActionError } from './action-error';
import { callSource } from './source';

/** Starts an ended instance again with the same input, in its place or beside it. */
export function RestartForm({ client, instance, onCall, onSelect }: ActionProps) {
  const [isNew, setNew] = useState(false);
  const { isBusy, error, run } = useAction();
  const { instanceId } = instance;

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const options = isNew ? [{ newInstanceId: true }] : [];
    onCall(callSource('restart', instanceId, ...options));
    void run(async () => onSelect(await client.restart(instanceId, ...options)));
  };

  return (
    <form className="pd-form" onSubmit={submit} aria-label="Restart">
      <div className="pd-question">
        It starts again with the same input. {isNew ? 'This one stays as it is.' : 'Its history is replaced.'}
        <label className="pd-check">
          <input type="checkbox" checked={isNew} onChange={(event) => setNew(event.target.checked)} />
          under a new id
        </label>
      </div>
      <button type="submit" className="pd-button pd-primary" disabled={isBusy}>
        Restart
      </button>
      <ActionError error={error} />
    </form>
  );
}
