import type { HistoryEvent } from 'perdure';
import type { Hotel } from '../activities/trip';
import type { Instance } from '../client';
import { useInstance, useInstances } from '../client';
import { selectInstance, showPanel } from '../place';
import { type ActivityCall, activityCallsIn } from './activity-calls';
import { isActive } from './is-active';

const parts = { bookFlight: 'Flight', bookHotel: 'Hotel', bookCar: 'Car' } as const;
const undone: Readonly<Record<string, string>> = { cancelFlight: 'Flight', cancelHotel: 'Hotel', cancelCar: 'Car' };

/** What of a trip is booked, and what was undone again: by its scope, or by the hub if it was terminated. */
export function TripLog({ instance }: { instance: Instance<'bookTrip'> }) {
  const { instanceId } = instance;
  const history = useInstance(instanceId, { history: true }).instance?.history ?? [];
  const bookings = activityCallsIn(history);
  return (
    <>
      <p className="statement">A trip to {instance.input.to}</p>
      <ol className="steps">
        {Object.entries(parts).map(([name, part]) => {
          const booking = bookings.findLast((each) => each.name === name);
          return (
            <li key={name} data-state={stateOf(booking, instance)}>
              {part} {booking && <BookingText booking={booking} />}
            </li>
          );
        })}
      </ol>
      <Undone title="Undone, the last one first:" history={history} />
      {instance.runtimeStatus === 'Terminated' && <UndoneByHub parent={instanceId} />}
    </>
  );
}

function BookingText({ booking: { result, attempts, problem } }: { booking: ActivityCall }) {
  if (result !== undefined) return <code>{typeof result === 'string' ? result : (result as Hotel).number}</code>;
  if (problem === undefined) return null;
  return (
    <span className="muted">
      {problem} {attempts > 1 && `Attempt ${attempts}.`}
    </span>
  );
}

/** What was cancelled, in the order in which it was. */
function Undone({ title, history }: { title: string; history: readonly HistoryEvent[] }) {
  const steps = activityCallsIn(history).filter(({ name }) => name in undone);
  if (steps.length === 0) return null;
  return (
    <>
      <p className="muted">{title}</p>
      <ol className="steps">
        {steps.map((step, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a trip that is rewound may undo a step twice
          <li key={i} data-state={step.state}>
            {undone[step.name]} {step.state === 'done' ? 'cancelled' : step.problem && `kept: ${step.problem}`}
          </li>
        ))}
      </ol>
    </>
  );
}

/** An instance that is terminated can undo nothing itself: the hub starts a child that does. */
function UndoneByHub({ parent }: { parent: string }) {
  const [child] = useInstances({ parent, limit: 1 }).instances;
  const history = useInstance(child?.instanceId, { history: true }).instance?.history ?? [];
  if (!child) return null;
  const showChild = () => {
    selectInstance(child.instanceId);
    showPanel('instances');
  };
  return (
    <>
      <Undone title="Undone by a child that the hub has started, the last one first:" history={history} />
      <div className="buttons">
        <button type="button" onClick={showChild}>
          Show the child
        </button>
      </div>
    </>
  );
}

function stateOf(booking: ActivityCall | undefined, instance: Instance): ActivityCall['state'] | 'waiting' {
  if (!booking) return 'waiting';
  // A retry is under way, or waits for its time.
  if (booking.state === 'failed' && isActive(instance)) return 'running';
  return booking.state === 'running' && !isActive(instance) ? 'waiting' : booking.state;
}
