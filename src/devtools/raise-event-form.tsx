import { type FormEvent, useId, useState } from 'react';
import { type ActionProps, useAction } from './action';
import { ActionError } from './action-error';
import { callSource } from './source';

/** Sends an event; the names that the instance waits for are offered. */
export function RaiseEventForm({ client, instance, onCall }: ActionProps) {
  const { instanceId, waitsFor } = instance;
  const awaited = [...new Set(waitsFor.flatMap((wait) => (wait.kind === 'event' ? [wait.name] : [])))];
  const [name, setName] = useState<string>();
  const [data, setData] = useState('');
  const [sent, setSent] = useState<string>();
  const { isBusy, error, run, setError } = useAction();
  const listId = useId();
  const shownName = name ?? awaited[0] ?? '';

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setSent(undefined);
    const parsed = parseData(data);
    if ('problem' in parsed) return setError(parsed.problem);
    onCall(callSource('raiseEvent', instanceId, shownName, ...parsed.args));
    if (!(await run(() => client.raiseEvent(instanceId, shownName, ...parsed.args)))) return;
    setSent(shownName);
    setName(undefined);
    setData('');
  };

  return (
    <form className="pd-form" onSubmit={submit}>
      <label className="pd-field">
        <span>Event</span>
        <input
          className="pd-input"
          list={listId}
          required
          maxLength={256}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          placeholder="Name"
          value={shownName}
          onChange={(event) => setName(event.target.value)}
        />
        <datalist id={listId}>
          {awaited.map((each) => (
            <option key={each} value={each} />
          ))}
        </datalist>
      </label>
      <label className="pd-field pd-grow">
        <span>Data</span>
        <input
          className="pd-input pd-mono"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          placeholder={'JSON, such as "Ada" or {"ok": true}'}
          value={data}
          onChange={(event) => setData(event.target.value)}
        />
      </label>
      <button type="submit" className="pd-button pd-primary" disabled={isBusy}>
        Raise event
      </button>
      {awaited.length > 1 && (
        <p className="pd-offers">
          It waits for
          {awaited.map((each) => (
            <button key={each} type="button" className="pd-chip" onClick={() => setName(each)}>
              {each}
            </button>
          ))}
        </p>
      )}
      <ActionError error={error} />
      <p className="pd-done" role="status">
        {sent !== undefined && `Raised ${sent}.`}
      </p>
    </form>
  );
}

/** No text is no data. */
function parseData(text: string): { args: [data?: unknown] } | { problem: string } {
  if (text.trim() === '') return { args: [] };
  try {
    return { args: [JSON.parse(text)] };
  } catch (error) {
    const hint = /^\s*["[{]/.test(text)
      ? (error as Error).message
      : `To send it as a text, write ${JSON.stringify(text)}.`;
    return { problem: `The data is not JSON. ${hint}` };
  }
}
