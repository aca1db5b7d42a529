import { type ActionProps, useAction } from './action';
import { ActionError } from './action-error';
import { callSource } from './source';

/** Saves an instance as a file, with all that it needs to go on elsewhere. */
export function ExportButton({ client, instance, onCall }: ActionProps) {
  const { isBusy, error, run } = useAction();
  const { instanceId } = instance;

  const save = () => {
    onCall(callSource('exportInstance', instanceId));
    void run(async () => download(await client.exportInstance(instanceId), `${fileName(instanceId)}.json`));
  };

  return (
    <>
      <button type="button" className="pd-button" disabled={isBusy} onClick={save}>
        Export
      </button>
      <ActionError error={error} />
    </>
  );
}

function download(json: string, name: string): void {
  const url = URL.createObjectURL(new Blob([json], { type: 'application/json' }));
  Object.assign(document.createElement('a'), { href: url, download: name }).click();
  // Some browsers begin to read it only after this task.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** An id may hold anything, a file's name may not. */
function fileName(id: string): string {
  return id.replaceAll(/[^\w.@-]+/g, '-').slice(0, 100);
}
