import { useState } from 'react';
import { startNew } from '../../actions';
import crunchSource from '../../activities/crunch.ts?raw';
import countPrimesSource from '../../orchestrations/count-primes.ts?raw';
import { Field } from '../../parts/field';
import { Primes } from '../primes';
import { Runs } from '../runs';
import { Sources } from '../sources';
import { StartForm } from '../start-form';

const sources = [
  { file: 'demo/orchestrations/count-primes.ts', text: countPrimesSource },
  { file: 'demo/activities/crunch.ts', text: crunchSource },
];

/** With more, their bars would not be seen at a glance. */
const mostChunks = 32;

export function Crunch() {
  const [below, setBelow] = useState(10_000_000_000);
  const chunks = Math.min(4 * navigator.hardwareConcurrency, mostChunks);
  return (
    <>
      <p className="explanation">
        Counts primes on all cores, in {chunks} chunks. Each tells how far it is, and hears at once when you terminate
        it. Kill a worker, and only the chunk that it ran is tried again, from where it stood.
      </p>
      <StartForm
        action="Count"
        problem={undefined}
        start={() => startNew('countPrimes', { input: { below, chunks }, tags: { below: below.toLocaleString() } })}
      >
        <Field label="Primes below">
          <select value={below} onChange={(event) => setBelow(Number(event.target.value))}>
            <option value={1_000_000_000}>1 billion, a few seconds</option>
            <option value={10_000_000_000}>10 billion</option>
            <option value={100_000_000_000}>100 billion, some minutes</option>
          </select>
        </Field>
      </StartForm>
      <Runs name="countPrimes">{(instance) => <Primes instance={instance} />}</Runs>
      <Sources sources={sources} />
    </>
  );
}
