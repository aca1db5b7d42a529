import { type FormEvent, useState } from 'react';
import { useAction } from './action';
import { ActionError } from './action-error';
import type { StatusClient } from './client';
import { valueSource } from './source';

interface ImportFormProps {
  client: StatusClient;
  onCall: (code: string) => void;
  onSelect: (id: string) => void;
}

/** Takes in an instance that was exported, and shows it. */
export function ImportForm({ client, onCall, onSelect }: ImportFormProps) {
  const [file, setFile] = useState<File>();
  const [instanceId, setInstanceId] = useState('');
  const { isBusy, error, run } = useAction();

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!file) return;
    const options = instanceId === '' ? [] : [{ instanceId }];
    onCall(`client.importInstance(${['json', ...options.map(valueSource)].join(', ')})`);
    void run(async () => onSelect(await client.importInstance(await file.text(), ...options)));
  };

  return (
    <form className="pd-form" onSubmit={submit} aria-label="Import">
      <label className="pd-field pd-grow">
        <span>File</span>
        <input
          className="pd-input"
          type="file"
          accept=".json,application/json"
          required
          onChange={(event) => setFile(event.target.files?.[0])}
        />
      </label>
      <label className="pd-field pd-grow">
        <span>Id</span>
        <input
          className="pd-input"
          maxLength={256}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          placeholder="As in the file"
          value={instanceId}
          onChange={(event) => setInstanceId(event.target.value)}
        />
      </label>
      <button type="submit" className="pd-button pd-primary" disabled={isBusy}>
        Import
      </button>
      <ActionError error={error} />
    </form>
  );
}
