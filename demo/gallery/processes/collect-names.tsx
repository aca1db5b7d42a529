import { type SubmitEvent, useState } from 'react';
import { raiseEvent, startNew } from '../../actions';
import collectNamesActivitySource from '../../activities/collect-names.ts?raw';
import type { Instance } from '../../client';
import collectNamesSource from '../../orchestrations/collect-names.ts?raw';
import { Field } from '../../parts/field';
import { useAction } from '../../parts/use-action';
import { isActive } from '../is-active';
import { Runs } from '../runs';
import { Sources } from '../sources';
import { StartForm } from '../start-form';

const sources = [
  { file: 'demo/orchestrations/collect-names.ts', text: collectNamesSource },
  { file: 'demo/activities/collect-names.ts', text: collectNamesActivitySource },
];

export function CollectNames() {
  const [first, setFirst] = useState('Ada');
  const names = first.trim() === '' ? [] : [first.trim()];
  return (
    <>
      <p className="explanation">
        Waits for names, each of which comes as an event, until somebody says that these are all. After every third name
        it continues as new with the names so far, so it can go on for years with a short history.
      </p>
      <StartForm problem={problemWith(first)} start={() => startNew('collectNames', { input: { names } })}>
        <Field label="A name to begin with, or none">
          <input value={first} onChange={(event) => setFirst(event.target.value)} autoComplete="off" />
        </Field>
      </StartForm>
      <Runs name="collectNames">{(instance) => <Names instance={instance} />}</Runs>
      <Sources sources={sources} />
    </>
  );
}

function Names({ instance }: { instance: Instance<'collectNames'> }) {
  const names = instance.output ?? instance.customStatus?.names ?? instance.input.names;
  return (
    <>
      {names.length > 0 && (
        <ul className="chips">
          {names.map((name, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a name may be there twice, and its place never changes
            <li key={i}>{name}</li>
          ))}
        </ul>
      )}
      {isActive(instance) && <AddName instance={instance} />}
    </>
  );
}

function AddName({ instance: { instanceId, customStatus } }: { instance: Instance<'collectNames'> }) {
  const { act, isBusy, error } = useAction();
  const [name, setName] = useState('');
  const [hasTried, setTried] = useState(false);
  const problem = name.trim() === '' ? 'Type a name first.' : problemWith(name);

  const add = (event: SubmitEvent) => {
    event.preventDefault();
    setTried(problem !== undefined);
    if (problem !== undefined) return;
    setName('');
    void act(() => raiseEvent(instanceId, 'addname', name.trim()));
  };
  const shown = (hasTried && problem) || error;

  return (
    <form onSubmit={add} noValidate>
      <p className="question">{customStatus?.prompt ?? 'Who is next?'}</p>
      <div className="fields">
        <Field label="Name">
          <input value={name} onChange={(event) => setName(event.target.value)} autoComplete="off" />
        </Field>
        <button type="submit">Add the name</button>
        <button type="button" disabled={isBusy} onClick={() => act(() => raiseEvent(instanceId, 'done'))}>
          These are all
        </button>
      </div>
      {shown && (
        <p className="problem" role="alert">
          {shown}
        </p>
      )}
    </form>
  );
}

function problemWith(name: string): string | undefined {
  return name.trim().length > 80 ? 'Names of up to 80 letters, please.' : undefined;
}
