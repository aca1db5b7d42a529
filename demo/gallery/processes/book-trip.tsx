import { useState } from 'react';
import { raiseEvent, startNew } from '../../actions';
import type { Trip } from '../../activities/trip';
import tripSource from '../../activities/trip.ts?raw';
import type { Instance } from '../../client';
import bookTripSource from '../../orchestrations/book-trip.ts?raw';
import { NextTimer } from '../../parts/countdown';
import { Field } from '../../parts/field';
import { useAction } from '../../parts/use-action';
import { Runs } from '../runs';
import { Sources } from '../sources';
import { StartForm } from '../start-form';
import { TripLog } from '../trip-log';

const sources = [
  { file: 'demo/orchestrations/book-trip.ts', text: bookTripSource },
  { file: 'demo/activities/trip.ts', text: tripSource },
];

const troubles = {
  none: 'Nothing',
  'slow hotel': 'The hotel fails twice',
  'no car': 'There is no car',
  'no refund': 'No car, and no refund',
} satisfies Record<Trip['trouble'], string>;

export function BookTrip() {
  const [to, setTo] = useState('Lisbon');
  const [trouble, setTrouble] = useState<Trip['trouble']>('no car');
  return (
    <>
      <p className="explanation">
        Books a flight, a hotel and a car, or none of them: each step says how it is undone, and when a later one fails,
        or nobody pays in time, or you terminate it, what was booked is cancelled in reverse order.
      </p>
      <StartForm
        action="Book"
        problem={to.trim() === '' ? 'Say where to.' : undefined}
        start={() => startNew('bookTrip', { input: { to: to.trim(), trouble }, tags: { to: to.trim() } })}
      >
        <Field label="To">
          <input value={to} onChange={(event) => setTo(event.target.value)} maxLength={40} autoComplete="off" />
        </Field>
        <Field label="What goes wrong">
          <select value={trouble} onChange={(event) => setTrouble(event.target.value as Trip['trouble'])}>
            {Object.entries(troubles).map(([value, title]) => (
              <option key={value} value={value}>
                {title}
              </option>
            ))}
          </select>
        </Field>
      </StartForm>
      <Runs name="bookTrip">
        {(instance) => (
          <>
            <TripLog instance={instance} />
            <Payment instance={instance} />
          </>
        )}
      </Runs>
      <Sources sources={sources} />
    </>
  );
}

function Payment({ instance }: { instance: Instance<'bookTrip'> }) {
  const { instanceId, waitsFor } = instance;
  const { act, isBusy, error } = useAction();
  if (!waitsFor.some(({ kind }) => kind === 'event')) return null;
  return (
    <>
      <div className="buttons">
        <button type="button" disabled={isBusy} onClick={() => act(() => raiseEvent(instanceId, 'paid'))}>
          Pay
        </button>
        <span className="muted">
          It is cancelled <NextTimer instance={instance} />.
        </span>
      </div>
      {error && (
        <p className="problem" role="alert">
          {error}
        </p>
      )}
    </>
  );
}
