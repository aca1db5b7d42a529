import { useState } from 'react';
import { startNew } from '../../actions';
import sayHelloSource from '../../activities/say-hello.ts?raw';
import type { Instance } from '../../client';
import helloCitiesSource from '../../orchestrations/hello-cities.ts?raw';
import { Field } from '../../parts/field';
import { isActive } from '../is-active';
import { Runs } from '../runs';
import { Sources } from '../sources';
import { StartForm } from '../start-form';

const sources = [
  { file: 'demo/orchestrations/hello-cities.ts', text: helloCitiesSource },
  { file: 'demo/activities/say-hello.ts', text: sayHelloSource },
];

export function HelloCities() {
  const [text, setText] = useState('Tokyo, Seattle, London, Nairobi, Lima');
  const cities = listOf(text);
  return (
    <>
      <p className="explanation">
        Greets one city after the other, each with an activity that takes a second and a half. Every greeting is
        recorded as it comes, so after a reload the next city is greeted, not the first.
      </p>
      <StartForm problem={problemWith(cities)} start={() => startNew('helloCities', { input: cities })}>
        <Field label="Cities, separated by commas">
          <input value={text} onChange={(event) => setText(event.target.value)} autoComplete="off" />
        </Field>
      </StartForm>
      <Runs name="helloCities">{(instance) => <Greetings instance={instance} />}</Runs>
      <Sources sources={sources} />
    </>
  );
}

function Greetings({ instance }: { instance: Instance<'helloCities'> }) {
  const greetings = instance.output ?? instance.customStatus?.greetings ?? [];
  return (
    <ol className="steps">
      {instance.input.map((city, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a city may be there twice, and its place never changes
        <li key={i} data-state={stateOf(i, greetings.length, isActive(instance))}>
          {greetings[i] ?? city}
        </li>
      ))}
    </ol>
  );
}

function stateOf(step: number, done: number, isActive: boolean): 'done' | 'running' | 'waiting' {
  if (step < done) return 'done';
  return step === done && isActive ? 'running' : 'waiting';
}

function listOf(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function problemWith(cities: readonly string[]): string | undefined {
  if (cities.length === 0) return 'Name at least one city.';
  if (cities.length > 20) return 'Twenty cities are enough: it would take half a minute.';
  return undefined;
}
