import { useState } from 'react';
import { startNew } from '../../actions';
import noopSource from '../../activities/noop.ts?raw';
import experimentsSource from '../../orchestrations/experiments.ts?raw';
import { Field } from '../../parts/field';
import { Runs } from '../runs';
import { Sources } from '../sources';
import { StartForm } from '../start-form';

const sources = [
  { file: 'demo/orchestrations/experiments.ts', text: experimentsSource },
  { file: 'demo/activities/noop.ts', text: noopSource },
];

export function Experiments() {
  return (
    <>
      <p className="explanation">
        Activities that do nothing, in a row or all at once, show what a step costs. The sleeper shows that waiting
        costs nothing.
      </p>
      <Experiment name="chain" label="Activities in a row" initial="100" most={10_000} />
      <Experiment name="fanOut" label="Activities at once" initial="1000" most={10_000} />
      <Experiment name="sleep" label="Milliseconds of sleep" initial="5000" most={365 * 86_400_000} />
      <Sources sources={sources} />
    </>
  );
}

interface ExperimentProps {
  name: 'chain' | 'fanOut' | 'sleep';
  label: string;
  initial: string;
  most: number;
}

function Experiment({ name, label, initial, most }: ExperimentProps) {
  const [text, setText] = useState(initial);
  const number = Number(text);
  const isFit = /^\d+$/.test(text.trim()) && number <= most;
  return (
    <div className="experiment">
      <StartForm
        action={`Start ${name}`}
        problem={isFit ? undefined : `Give a whole number from 0 to ${most.toLocaleString()}.`}
        start={() => startNew(name, { input: number })}
      >
        <Field label={label}>
          <input
            value={text}
            onChange={(event) => setText(event.target.value)}
            inputMode="numeric"
            autoComplete="off"
          />
        </Field>
      </StartForm>
      <Runs name={name} />
    </div>
  );
}
