import { useState } from 'react';
import { startNew } from '../../actions';
import { stages } from '../../activities/check-order';
import checkOrderSource from '../../activities/check-order.ts?raw';
import type { Instance } from '../../client';
import monitorSource from '../../orchestrations/monitor.ts?raw';
import { NextTimer } from '../../parts/countdown';
import { Field } from '../../parts/field';
import { counted } from '../../parts/format';
import { isActive } from '../is-active';
import { Runs } from '../runs';
import { Sources } from '../sources';
import { StartForm } from '../start-form';

const sources = [
  { file: 'demo/orchestrations/monitor.ts', text: monitorSource },
  { file: 'demo/activities/check-order.ts', text: checkOrderSource },
];

export function Monitor() {
  const [number, setNumber] = useState('A-1042');
  const [takesMs, setTakesMs] = useState(20_000);
  return (
    <>
      <p className="explanation">
        Asks after an order, waits, and asks again, each time twice as long, until it is delivered. Between two
        questions nothing runs at all: there is only a timer in the database.
      </p>
      <StartForm
        problem={number.trim() === '' ? 'Give the order a number.' : undefined}
        start={() => startNew('monitor', { input: { number: number.trim(), takesMs }, tags: { order: number.trim() } })}
      >
        <Field label="Order">
          <input value={number} onChange={(event) => setNumber(event.target.value)} maxLength={40} autoComplete="off" />
        </Field>
        <Field label="Delivered after">
          <select value={takesMs} onChange={(event) => setTakesMs(Number(event.target.value))}>
            <option value={20_000}>20 seconds</option>
            <option value={60_000}>1 minute</option>
            <option value={600_000}>10 minutes</option>
          </select>
        </Field>
      </StartForm>
      <Runs name="monitor">{(instance) => <Delivery instance={instance} />}</Runs>
      <Sources sources={sources} />
    </>
  );
}

function Delivery({ instance }: { instance: Instance<'monitor'> }) {
  const { input, customStatus } = instance;
  const reached = customStatus ? stages.indexOf(customStatus.stage) : -1;
  return (
    <>
      <p className="statement">Order {input.number}</p>
      <ol className="track">
        {stages.map((stage, i) => (
          <li key={stage} data-state={i <= reached ? 'done' : 'waiting'}>
            {stage}
          </li>
        ))}
      </ol>
      <p className="muted">
        Asked {counted(customStatus?.checks ?? 0, 'time')}.
        {isActive(instance) && instance.waitsFor.some(({ kind }) => kind === 'timer') && (
          <>
            {' '}
            The next time is <NextTimer instance={instance} />.
          </>
        )}
      </p>
    </>
  );
}
