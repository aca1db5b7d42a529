import { type ActionProps, useAction } from './action';
import { ActionError } from './action-error';
import { callSource } from './source';

/** Deletes an ended instance, after asking. */
export function PurgeForm({ client, instance, onCall, onPurged }: ActionProps & { onPurged: () => void }) {
  const { isBusy, error, run } = useAction();
  const { instanceId } = instance;

  const purge = async () => {
    onCall(callSource('purge', instanceId));
    if (await run(() => client.purge(instanceId))) onPurged();
  };

  return (
    <details className="pd-disclosure">
      <summary className="pd-button">Purge…</summary>
      <div className="pd-form">
        <p className="pd-question">Delete it with its history, for good?</p>
        <button type="button" className="pd-button pd-danger" disabled={isBusy} onClick={purge}>
          Purge
        </button>
        <ActionError error={error} />
      </div>
    </details>
  );
}
