import type { OrchestrationContext } from 'perdure';
import type * as activities from '../activities';
import type { Trip } from '../activities/trip';

type Context = OrchestrationContext<
  typeof activities,
  { events: { paid: undefined } }
>;

const retry = {
  maxAttempts: 4,
  firstRetryInterval: '1s',
  backoffCoefficient: 2,
} as const;

/** Books all of a trip or nothing: what fails undoes what went before. */
export async function bookTrip(ctx: Context, trip: Trip) {
  return ctx.scope(async (scope) => {
    const flight = await scope.callActivity('bookFlight', trip);
    scope.addCompensation('cancelFlight', flight);

    const hotel = await scope.callActivity('bookHotel', trip, { retry });
    scope.addCompensation('cancelHotel', hotel);

    const car = await scope.callActivity('bookCar', trip);
    scope.addCompensation('cancelCar', car);

    // Nobody pays in time: that undoes all three.
    await scope.waitForExternalEvent('paid', { timeout: '2m' });
    return [flight, hotel.number, car];
  });
}
